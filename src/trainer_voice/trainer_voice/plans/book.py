"""Where a person's workouts are: the file, the database, and plans made from words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from statistics import median

from trainer_core.database import Database
from trainer_core.errors import UserError
from trainer_voice.dialogue.events import Item
from trainer_voice.history.records import SessionRecord, sessions
from trainer_voice.plans import workouts_file
from trainer_voice.plans.planner import Past, Planned, Reason, as_planned, change, explain, plan
from trainer_voice.plans.progression import SAME, progress
from trainer_voice.plans.request import DAILY, TODAY, TOMORROW
from trainer_voice.plans.vocabulary import vocabulary
from trainer_voice.plans.workout import Library, Workout, library
from trainer_voice.plans.workouts_file import EVERYBODY, GUEST, REST_DAY, Shelf

_LOOKED_AT = 10  # sessions of a person that progression and plans look back at
_USUAL = 3       # of an exercise


@dataclass(frozen=True)
class Loaded:
    """The workout of the day, or by name; none is given on a rest day or where nothing fits."""

    workout: Workout | None
    reasons: tuple[Reason, ...] = ()
    explanation: str = ''  # the reasons as sentences in the language; '' = nothing to say
    source: str = ''       # where it is from: words (kept for the day), the file, the examples
    rest_day: bool = False


class Book:
    """Loads, makes, changes and keeps workouts. Pure: no clock but the day that is given."""

    def __init__(self, db: Database, file: str = '', dirs: Iterable[str] = ()):
        """file: workouts.yaml, '' = the user's, which need not be there; dirs: exercise folders.

        Raises UserError where the file is wrong; it is read again whenever it has changed.
        """
        self._db, self._file, self._dirs = db, file, tuple(d for d in dirs if d)
        self._stamp: tuple[object, ...] = ()
        self._shelf: Shelf | None = None
        self._own()

    def load(
        self, person_id: str = '', name: str = '', today: date | None = None,
        language: str = 'en', now: datetime | None = None,
    ) -> Loaded:
        """The workout `name`, '' = the one of the day, of a person, '' = a guest.

        Where it is looked for: what the person asked to be kept for that day or weekday; their days
        in the file; what is kept for everybody; everybody's days in the file; the examples. Targets
        follow the person's history. today, now: None is the real time. Raises UserError for a
        workout that is not there, and for a wrong file.
        """
        now = now or datetime.now(timezone.utc)
        today = today or now.astimezone().date()
        found, source = self._by_name(person_id, name, language) if name else self._of_day(
            person_id, today)
        reasons: list[Reason] = []
        if found is None:
            reasons.append(('rest_day' if source else 'nothing_today', {}))
            return self._loaded(None, reasons, language, source, bool(source))
        if not person_id and not name:
            reasons.append(('guest', {}))
        if person_id and self._own().progression:
            found, why = self._progressed(found, person_id, now)
            reasons += why
        return self._loaded(found, reasons, language, source)

    def plan(self, text: str, language: str = 'en', person_id: str = '') -> Planned:
        """A plan from words; it is not kept."""
        return plan(text, language, self.past(person_id), self._dirs, self._own().equipment)

    def change(
        self, planned: Planned, text: str, language: str = 'en', person_id: str = '',
    ) -> Planned:
        """The plan as it is wanted now."""
        return change(
            planned, text, language, self.past(person_id), self._dirs, self._own().equipment)

    def as_planned(self, workout: Workout, language: str = 'en') -> Planned:
        """A loaded workout, so that it can be changed by words."""
        return as_planned(workout, language, (), self._dirs)

    def store(
        self, person_id: str, workout: Workout, keep: str | int = TODAY, today: date | None = None,
    ) -> str:
        """Keep a workout for a day, or every week (keep = weekday, 0 = Monday).

        keep: 'today', 'tomorrow', 'daily' or a weekday; today: None is the real one. What was kept
        for the same day before is replaced. Returns the name it is kept under. person_id: '' =
        everybody. Raises UserError when there is nothing to keep, or the disk is full.
        """
        if not workout.items:
            raise UserError('there is nothing in this plan to be kept')
        today = today or datetime.now().astimezone().date()
        every = isinstance(keep, int) or keep == DAILY
        name = workout.name if every else _name_of(today + timedelta(keep == TOMORROW))
        weekdays = (range(7) if keep == DAILY else [keep]) if every else [None]
        with self._db.transaction() as c:
            for weekday in weekdays:
                c.execute(
                    'DELETE FROM workouts WHERE person_id IS ? AND '
                    + ('name = ?' if weekday is None else 'weekday = ?'),
                    (person_id or None, name if weekday is None else weekday))
                c.execute(
                    'INSERT INTO workouts (person_id, name, weekday, plan) VALUES (?, ?, ?, ?)',
                    (person_id or None, name, weekday, workout.to_json()))
            # Days that have passed are of no use any more.
            c.execute(
                "DELETE FROM workouts WHERE weekday IS NULL AND name LIKE 'on ____-__-__' "
                'AND name < ?', (_name_of(today),))
        return name

    def past(self, person_id: str) -> Past:
        """What the person usually does, by the last sessions; nothing is known of a guest."""
        usual: dict[str, list[float]] = {}
        for session in self._sessions(person_id):
            for exercise in session.exercises:
                done = [s.seconds if s.timed else float(s.reps) for s in session.of(exercise)]
                if max(done) > 0:
                    usual.setdefault(exercise, []).append(median(done))
        return Past({name: median(amounts[-_USUAL:]) for name, amounts in usual.items()})

    @property
    def faults(self) -> tuple[str, ...]:
        """Exercise files that could not be read."""
        return self._library.faults

    # Looking.

    @property
    def _library(self) -> Library:
        return library(self._dirs)

    @cached_property
    def _examples(self) -> Shelf:
        return workouts_file.shipped(self._library)

    def _own(self) -> Shelf:
        """The user's file as it is now."""
        path = Path(self._file) if self._file else workouts_file.default_path()
        try:
            status = path.expanduser().stat()
            stamp: tuple[object, ...] = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = ()
        if self._shelf is None or stamp != self._stamp:
            self._shelf, self._stamp = workouts_file.load(self._file, self._library), stamp
        return self._shelf

    def _of_day(self, person_id: str, today: date) -> tuple[Workout | None, str]:
        """And where it is from; no workout but a source is a rest day."""
        own, kept = self._own(), 'what was asked for'
        if person_id:
            if found := self._kept(person_id, today):
                return found, kept
            person = self._db.person(person_id)
            for who in (person_id, person['name'] if person else ''):
                if who and (name := own.of_day(who, today.weekday())):
                    return self._named(name, own), str(own.path)
        else:
            for shelf in (own, self._examples):
                if name := shelf.of_day(GUEST, today.weekday()):
                    return self._named(name, shelf), str(shelf.path)
        if found := self._kept('', today):
            return found, kept
        for shelf in (own, self._examples):
            if name := shelf.of_day(EVERYBODY, today.weekday()):
                return self._named(name, shelf), str(shelf.path)
            if shelf.weeks.get(EVERYBODY):
                break  # whoever writes down everybody's week has free days in it
        return None, ''

    def _named(self, name: str, shelf: Shelf) -> Workout | None:
        if name.casefold() == REST_DAY:
            return None
        return shelf.workout(name) or self._examples.workout(name)

    def _kept(self, person_id: str, today: date) -> Workout | None:
        rows = self._db.rows(
            'SELECT name, plan FROM workouts WHERE person_id IS ? AND (name = ? OR weekday = ?) '
            'ORDER BY weekday IS NOT NULL, id DESC', person_id or None, _name_of(today),
            today.weekday())
        return Workout.from_json(rows[0]['name'], rows[0]['plan']) if rows else None

    def _by_name(self, person_id: str, name: str, language: str) -> tuple[Workout, str]:
        for row in self._db.rows(
                'SELECT name, plan FROM workouts WHERE person_id IS ? OR person_id IS NULL '
                'ORDER BY person_id IS NULL, id DESC', person_id or None):
            if row['name'].casefold() == name.casefold():
                return Workout.from_json(row['name'], row['plan']), 'what was asked for'
        for shelf in (self._own(), self._examples):
            if found := shelf.workout(name):
                return found, str(shelf.path)
        raise UserError(explain(
            [('no_such', {'name': name})], vocabulary(language, self._dirs)).rstrip('.')
            + '; ' + ', '.join(dict.fromkeys(
                w for s in (self._own(), self._examples) for w in s.workouts)))

    def _sessions(self, person_id: str) -> list[SessionRecord]:
        return sessions(self._db, person_id, _LOOKED_AT) if person_id else []

    def _progressed(
        self, workout: Workout, person_id: str, now: datetime,
    ) -> tuple[Workout, list[Reason]]:
        past = self._sessions(person_id)
        items: list[Item] = []
        reasons: list[Reason] = []
        for item in workout.items:
            made = progress(item, past, now)
            items.append(made.item)
            if made.reason != SAME:
                reasons.append((made.reason, {
                    'exercise': item.exercise, 'reps': made.item.reps,
                    'seconds': made.item.seconds, 'before': made.before}))
        return replace(workout, items=tuple(items)), list(
            {str(r): r for r in reasons}.values())

    def _loaded(
        self, workout: Workout | None, reasons: list[Reason], language: str, source: str,
        rest_day: bool = False,
    ) -> Loaded:
        return Loaded(
            workout, tuple(reasons), explain(reasons, vocabulary(language, self._dirs)), source,
            rest_day)


def another_day(keep: str | int, today: date | None = None) -> bool:
    """Whether a plan that is kept for this (see `store`) is none for today."""
    today = today or datetime.now().astimezone().date()
    return keep == TOMORROW or isinstance(keep, int) and keep != today.weekday()


def _name_of(day: date) -> str:
    """What is kept for one day is found by it."""
    return f'on {day.isoformat()}'
