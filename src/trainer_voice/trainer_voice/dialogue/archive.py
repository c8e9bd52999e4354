"""What the dialogue knows from earlier days: workouts, plans and facts, from files and database.

Slow, since it is on a disk: to be used in a thread of its own.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from trainer_core.database import MEMORY, Database, open_database
from trainer_core.errors import UserError
from trainer_voice.dialogue.events import (
    Answer,
    Item,
    LoadPlan,
    MakePlan,
    Request,
    StorePlan,
    SumUp,
    TellPlan,
)
from trainer_voice.history.facts import facts
from trainer_voice.history.log import Log
from trainer_voice.history.records import sessions
from trainer_voice.plans.book import Book, another_day
from trainer_voice.plans.planner import Planned

_RECENT = timedelta(minutes=30)  # a session that broke off before is not gone on with


class Archive:
    """Opens the database when it is first needed, and tries again when that did not work."""

    def __init__(
        self, path: str = '', workouts: str = '', dirs: Iterable[str] = (), language: str = 'en',
    ):
        """path: of the database, '' = the default place; workouts: file of workouts by weekday,
        '' = the user's; dirs: folders with more exercise files.
        """
        self._path, self._workouts, self._dirs = path, workouts, tuple(d for d in dirs if d)
        self._language = language
        self._database: Database | None = None
        self._log: Log | None = None
        self._found: tuple[Database, Book] | None = None
        self._fault = ''

    @property
    def fault(self) -> str:
        """Why nothing is read or written at the moment."""
        return self._fault or (self._log.fault if self._log else '')

    def database(self) -> Database:
        """Raises UserError when it cannot be opened."""
        if self._database is None:
            try:
                self._database, self._fault = open_database(self._path), ''
            except UserError as error:
                self._fault = str(error)
                raise
        return self._database

    def log(self) -> Log:
        """Where sessions are written; raises UserError when there is no database."""
        if self._log is None:
            self._log = Log(self.database())
        return self._log

    def new_log(self) -> None:
        """What still waits to be written can never be."""
        self._log = None

    def known(self, person_id: str) -> str:
        """The same when there is somebody with this id, '' otherwise. Raises UserError."""
        row = self.database().row('SELECT id FROM people WHERE id = ?', person_id)
        return person_id if row else ''

    def book(self) -> Book:
        """Workouts; without a database those in files. Raises UserError for a wrong file."""
        try:
            database = self.database()
        except UserError:
            database = self._found[0] if self._found else open_database(MEMORY)
        if self._found is None or self._found[0] is not database:
            self._found = database, Book(database, self._workouts, self._dirs)
        return self._found[1]

    def close(self) -> None:
        """Nothing more can be read or written."""
        if self._log is not None:
            self._log.flush()
        if self._database is not None:
            self._database.close()

    def answer(self, request: Request, session_id: int = 0) -> Answer:
        """Do what a session wants to know or to be kept; faults are answers, too."""
        try:
            match request:
                case LoadPlan(person_id) | TellPlan(person_id):
                    return self._go_on(person_id) or self.load(person_id)
                case MakePlan(text, person_id, before):
                    return self.plan(text, person_id, before=before)
                case StorePlan(person_id, Planned() as plan):
                    self.book().store(person_id, plan.workout, plan.keep or 'today')
                    return Answer(True)
                case SumUp(person_id):
                    return Answer(True, facts=tuple(
                        facts(self.database(), person_id, session_id) if session_id else ()))
        except UserError as error:
            return Answer(False, str(error))
        return Answer(False, f'nobody here does {type(request).__name__}')

    def load(self, person_id: str, name: str = '') -> Answer:
        """The workout of the day, or the one that is called so. Raises UserError."""
        found = self.book().load(person_id, name, language=self._language)
        said = (found.explanation,) if found.explanation else ()
        if found.workout is None:
            return Answer(False, found.explanation, sentences=said)
        return Answer(
            True, found.explanation, found.workout.items, found.workout.name,
            plan=found.workout, sentences=said)

    def _go_on(self, person_id: str) -> Answer | None:
        try:
            return self.unfinished(person_id)
        except UserError:
            return None  # no history, but there are still files with workouts

    def unfinished(self, person_id: str, now: datetime | None = None) -> Answer | None:
        """What is left of a session that broke off a moment ago, as when a process was killed."""
        done = sessions(self.database(), person_id, 1) if person_id else []
        now = now or datetime.now(timezone.utc)
        if not done or done[0].ended or now - done[0].started > _RECENT:
            return None
        items = []
        for planned in done[0].items:
            item = Item(**planned)
            completed = sum(s.outcome == 'completed' for s in done[0].of(item.exercise))
            if completed < item.sets:
                items.append(replace(item, sets=item.sets - completed))
        if not items or len(done[0].sets) == 0:
            return None
        return Answer(True, '', tuple(items), done[0].workout, unfinished=True)

    def plan(
        self, text: str, person_id: str, language: str = '', before: object = None,
    ) -> Answer:
        """A plan from words, or `before` changed by words. Raises UserError."""
        language, book = language or self._language, self.book()
        made = (book.change(before, text, language, person_id) if isinstance(before, Planned)
                else book.plan(text, language, person_id))
        said = (made.explanation,) if made.explanation else ()
        return Answer(
            bool(made), made.explanation, made.workout.items, made.workout.name, plan=made,
            later=another_day(made.keep), sentences=said)
