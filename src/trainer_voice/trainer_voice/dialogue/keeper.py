"""Writes the journal of a session into the history, by way of whoever has the time for it."""

from collections.abc import Callable

from trainer_core.errors import UserError
from trainer_voice.dialogue.archive import Archive
from trainer_voice.dialogue.events import Form, Item, Movement, Outcome, Result, Side, Verdict
from trainer_voice.history.log import Formed, Hint, Moved, SessionLog, SetLog

Do = Callable[[Callable[[], object]], None]  # do this some time soon, in the order of the calls


class Keeper:
    """A `Journal`. Nothing here waits for the disk: all of it is done by `do`, later.

    What cannot be written, because the database cannot be opened, waits and is written with the
    next thing that can. `session_id` is known when the session has been written: ask for it by way
    of `do`, too.
    """

    def __init__(self, archive: Archive, do: Do):
        self._archive, self._later = archive, do
        self._todo: list[Callable[[], object]] = []
        self._session: SessionLog | None = None
        self._set: SetLog | None = None

    @property
    def waiting(self) -> int:
        """How many things could not be written yet."""
        return len(self._todo)

    @property
    def fault(self) -> str:
        """Why nothing can be written down at the moment."""
        return self._archive.fault

    @property
    def session_id(self) -> int:
        """Of the running session, or the last one; 0 when there has been none."""
        return self._session.id if self._session else 0

    def begins(self, person_id: str, name: str, plan: tuple[Item, ...], now: int) -> None:
        def work() -> None:
            log = self._archive.log()
            self._session = log.begin(self._archive.known(person_id), name, plan, now)
            self._set = None
        self._do(work)

    def belongs_to(self, person_id: str) -> None:
        def work() -> None:
            if self._session and self._archive.known(person_id):
                self._session.belongs_to(person_id)
            elif not person_id:  # forgotten, and with the person all that was written
                self._session = self._set = None
        self._do(work)

    def set_begins(self, item: Item, number: int, now: int) -> None:
        def work() -> None:
            if self._session:
                self._set = self._session.begin_set(
                    item.exercise, number, now, item.reps, item.seconds)
        self._do(work)

    def moved(self, movement: Movement) -> None:
        def work() -> None:
            if self._set:
                self._set.moved(Moved(
                    _name(Verdict, movement.verdict), movement.count, movement.start,
                    movement.end, movement.reason, _name(Side, movement.side), movement.range,
                    movement.seconds_out, movement.seconds_back))
        self._do(work)

    def scored(self, form: Form) -> None:
        def work() -> None:
            if self._set:
                self._set.formed(Formed(
                    form.rep, form.median, form.threshold, form.correct, form.range, form.tempo,
                    form.asymmetry,
                    {part: distance for part, judged, distance in form.parts if judged},
                    [Hint(h.part, h.direction, h.amount, h.moment) for h in form.hints]))
        self._do(work)

    def corrected(self, reps: int) -> None:
        self._do(lambda: self._set.corrected(reps) if self._set else None)

    def judged(self, accept: bool) -> None:
        self._do(lambda: self._set.judged(accept) if self._set else None)

    def target(self, item: Item) -> None:
        self._do(lambda: self._set.target(item.reps, item.seconds) if self._set else None)

    def set_ends(self, result: Result, now: int) -> None:
        def work() -> None:
            # The set stays: the form of its last repetition is still to come.
            if self._set:
                self._set.end(
                    result.reps, result.seconds, _name(Outcome, result.outcome), now)
        self._do(work)

    def ends(self, now: int) -> None:
        self._do(lambda: self._session.end(now) if self._session else None)

    def _do(self, work: Callable[[], object]) -> None:
        def run() -> None:
            self._todo.append(work)
            while self._todo:
                try:
                    self._todo[0]()
                except UserError:
                    raise  # the disk may be well again later
                except Exception:  # somebody else has deleted the person or the session
                    self._session = self._set = None
                    self._archive.new_log()
                    self._todo.pop(0)
                    raise
                self._todo.pop(0)
        self._later(run)


def _name(kind: type[Verdict] | type[Side] | type[Outcome], value: int) -> str:
    """As in the history: rep, both, completed; a number that nobody knows is shown as it is."""
    return kind(value).name.lower() if value in list(kind) else str(value)
