"""Reads what was done: sessions, personal records, trends per exercise, streaks."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import Any

from trainer_core.database import Database, wall_datetime

GUEST = ''  # as a person id: all guests together
GOOD_FORM = 0.8  # share of correct repetitions from which on the form of a set is good


@dataclass(frozen=True)
class SetRecord:
    """A set that was done."""

    exercise: str
    number: int
    target_reps: int
    target_seconds: float
    counted: int           # repetitions as the counter says
    corrected: int | None  # as a human trainer says
    seconds: float
    outcome: str           # '' = it was not ended: the process was killed
    judged: int = 0        # repetitions with a form result
    correct: int = 0       # of these
    form: float | None = None  # rad, median of the repetitions' medians
    threshold: float | None = None

    @property
    def reps(self) -> int:
        """The right number, as far as anybody knows."""
        return self.counted if self.corrected is None else self.corrected

    @property
    def timed(self) -> bool:
        """It is a hold: only of these the seconds are kept."""
        return self.seconds > 0 or self.target_seconds > 0

    @property
    def reached(self) -> bool:
        """The target was reached; a set without one cannot fail."""
        if self.target_seconds:
            return self.seconds >= self.target_seconds - 0.5
        return self.reps >= self.target_reps

    @property
    def good_form(self) -> bool:
        """Nearly all repetitions were correct, or their form was not judged."""
        return self.correct >= GOOD_FORM * self.judged


@dataclass(frozen=True)
class SessionRecord:
    """A session, with what was done in it."""

    id: int
    person_id: str  # '' = a guest
    started: datetime
    ended: datetime | None  # None: it was not ended
    workout: str
    items: tuple[dict[str, Any], ...]  # as planned
    sets: tuple[SetRecord, ...]

    @property
    def exercises(self) -> list[str]:
        """In the order in which they were begun."""
        return list(dict.fromkeys(s.exercise for s in self.sets))

    @property
    def done(self) -> bool:
        """Something was done at all."""
        return any(s.reps or s.seconds for s in self.sets)

    def of(self, exercise: str) -> list[SetRecord]:
        """The sets of one exercise."""
        return [s for s in self.sets if s.exercise == exercise]


@dataclass(frozen=True)
class Point:
    """One exercise in one session."""

    session_id: int
    started: datetime
    sets: int
    reps: int             # in all sets
    best_reps: int        # in one set
    seconds: float        # in all sets
    best_seconds: float   # in one set
    judged: int
    correct: int
    form: float | None    # rad, median over the repetitions
    threshold: float | None


@dataclass(frozen=True)
class Record:
    """The best that somebody has done in one set of an exercise."""

    exercise: str
    reps: int        # 0: it is measured in seconds
    seconds: float   # 0: in repetitions
    when: datetime


def sessions(db: Database, person_id: str, limit: int = 0) -> list[SessionRecord]:
    """The sessions of a person, GUEST for guests, the oldest first; the newest `limit` of them."""
    rows = db.rows(
        'SELECT * FROM sessions WHERE person_id IS ? ORDER BY started DESC, id DESC LIMIT ?',
        person_id or None, limit or -1)
    return [_session(db, row) for row in reversed(rows)]


def _session(db: Database, row: Any) -> SessionRecord:
    workout = json.loads(row['workout'])
    return SessionRecord(
        row['id'], row['person_id'] or GUEST, wall_datetime(row['started']),
        wall_datetime(row['ended']) if row['ended'] else None, workout.get('name', ''),
        tuple(workout.get('items', ())), tuple(
            _set(db, a_set) for a_set in db.rows(
                'SELECT * FROM sets WHERE session_id = ? ORDER BY id', row['id'])))


def _set(db: Database, row: Any) -> SetRecord:
    forms = db.rows(
        'SELECT median, threshold, correct FROM forms JOIN movements ON movements.id = movement_id '
        "WHERE set_id = ? AND coalesce(corrected_verdict, verdict) = 'rep'", row['id'])
    medians = [f['median'] for f in forms if f['median'] is not None]
    lines = [f['threshold'] for f in forms if f['threshold'] is not None]
    return SetRecord(
        row['exercise'], row['number'], row['target_reps'], row['target_seconds'], row['reps'],
        row['corrected_reps'], row['seconds'], row['outcome'] or '', len(forms),
        sum(f['correct'] for f in forms), median(medians) if medians else None,
        median(lines) if lines else None)


def trends(done: Iterable[SessionRecord]) -> dict[str, list[Point]]:
    """Every exercise with its sessions in the order given."""
    found: dict[str, list[Point]] = {}
    for session in done:
        for exercise in session.exercises:
            found.setdefault(exercise, []).append(_point(session, session.of(exercise)))
    return found


def _point(session: SessionRecord, sets: list[SetRecord]) -> Point:
    forms = [s.form for s in sets if s.form is not None]
    lines = [s.threshold for s in sets if s.threshold is not None]
    held = [s.seconds for s in sets if s.timed]
    return Point(
        session.id, session.started, len(sets), sum(s.reps for s in sets),
        max(s.reps for s in sets), sum(held), max(held, default=0.0), sum(s.judged for s in sets),
        sum(s.correct for s in sets), median(forms) if forms else None,
        median(lines) if lines else None)


def records(done: Iterable[SessionRecord]) -> dict[str, Record]:
    """The best set of every exercise; the first one of equals."""
    best: dict[str, Record] = {}
    for session in done:
        for a_set in session.sets:
            record = Record(
                a_set.exercise, 0 if a_set.timed else a_set.reps,
                a_set.seconds if a_set.timed else 0.0, session.started)
            before = best.get(a_set.exercise)
            if (record.reps or record.seconds) and (
                    not before
                    or (record.reps, round(record.seconds)) > (before.reps, round(before.seconds))):
                best[a_set.exercise] = record
    return best


def days(done: Iterable[SessionRecord], zone: tzinfo | None = None) -> list[date]:
    """The days on which something was done, in order; zone: None is that of this machine."""
    return sorted({s.started.astimezone(zone).date() for s in done if s.done})


def streak(trained: Iterable[date], today: date) -> int:
    """Days in a row up to today or yesterday."""
    there = set(trained)
    day = today if today in there else today - timedelta(1)
    count = 0
    while day in there:
        count, day = count + 1, day - timedelta(1)
    return count


def weeks(trained: Iterable[date], today: date) -> int:
    """Weeks in a row, from Monday on, with a day of training; up to this or the last one."""
    mondays = {_monday(day) for day in trained}
    week = _monday(today) if _monday(today) in mondays else _monday(today) - timedelta(7)
    count = 0
    while week in mondays:
        count, week = count + 1, week - timedelta(7)
    return count


def this_week(
    done: Iterable[SessionRecord], today: date, zone: tzinfo | None = None,
) -> int:
    """Sessions since Monday in which something was done."""
    return sum(
        1 for s in done
        if s.done and _monday(today) <= s.started.astimezone(zone).date() <= today)


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())
