"""Writes a session into the database while it happens: sets, movements, form, corrections.

What a human trainer corrects is kept beside what was counted. What cannot be written, because the
disk is full, is kept in memory and written with the next thing that can.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from sqlite3 import Connection
from typing import Any, TypeAlias

from trainer_core.database import Database, wall_time
from trainer_core.errors import UserError

REP, PARTIAL = 'rep', 'partial'  # verdicts; the others are those of Movement.msg in lower case

_HOLD_STEP = 5  # s of a hold after which it is written again

_Write: TypeAlias = Callable[[Connection], None]


@dataclass(frozen=True)
class Moved:
    """A finished movement; stamps in ns, range in rad; NaN = not measured."""

    verdict: str
    count: int  # repetitions in the set after it
    started: int
    ended: int
    reason: str = ''
    side: str = 'both'
    range: float = float('nan')
    seconds_out: float = 0.0
    seconds_back: float = 0.0


@dataclass(frozen=True)
class Hint:
    """One correction, as in trainer_msgs/Hint."""

    part: str
    direction: str
    amount: float
    moment: str


@dataclass(frozen=True)
class Formed:
    """Form of the repetition that made the count `rep`; median, threshold and parts in rad."""

    rep: int
    median: float
    threshold: float
    correct: bool
    range: float = float('nan')
    tempo: float = float('nan')
    asymmetry: float = float('nan')
    parts: Mapping[str, float] = field(default_factory=dict)
    hints: Sequence[Hint] = ()


class Log:
    """The way into the database; several sessions may run side by side."""

    def __init__(self, db: Database):
        self._db = db
        self._pending: list[_Write] = []
        self.fault = ''  # why nothing is written at the moment; for /diagnostics and to be said

    def begin(
        self, person_id: str, name: str, items: Iterable[Any], now: int,
    ) -> 'SessionLog':
        """A session begins. person_id: '' = a guest; items: dataclasses as in PlanItem; now: ns."""
        return SessionLog(self, person_id, name, items, now)

    def flush(self) -> bool:
        """Try to write what waits; False when it still cannot be, and `fault` says why."""
        return self.write()

    @property
    def waiting(self) -> int:
        """How many things could not be written yet."""
        return len(self._pending)

    def write(self, *writes: _Write) -> bool:
        """Do these after what waits, all or nothing."""
        self._pending += writes
        if not self._pending:
            return True
        try:
            with self._db.transaction() as c:
                for pending in self._pending:
                    pending(c)
        except UserError as error:
            self.fault = str(error)
            return False
        self._pending, self.fault = [], ''
        return True


class SessionLog:
    """A session that runs."""

    def __init__(self, log: Log, person_id: str, name: str, items: Iterable[Any], now: int):
        self.log, self.id = log, 0  # 0: not written yet
        workout = json.dumps({'name': name, 'items': [asdict(item) for item in items]})

        def insert(c: Connection) -> None:
            self.id = _inserted(
                c, 'INSERT INTO sessions (person_id, started, workout) VALUES (?, ?, ?)',
                person_id or None, wall_time(now), workout)
        log.write(insert)

    def begin_set(
        self, exercise: str, number: int, now: int, target_reps: int = 0,
        target_seconds: float = 0.0,
    ) -> 'SetLog':
        """A set begins. number: of this exercise, from 1; now: wall time, ns."""
        return SetLog(self, exercise, number, now, target_reps, target_seconds)

    def belongs_to(self, person_id: str) -> None:
        """The guest has a name now."""
        self.log.write(lambda c: _do(
            c, 'UPDATE sessions SET person_id = ? WHERE id = ?', person_id, self.id))

    def end(self, now: int) -> None:
        """The session is over."""
        self.log.write(lambda c: _do(
            c, 'UPDATE sessions SET ended = ? WHERE id = ?', wall_time(now), self.id))


class SetLog:
    """A set that runs."""

    def __init__(
        self, session: SessionLog, exercise: str, number: int, now: int, target_reps: int,
        target_seconds: float,
    ):
        self._log, self.id = session.log, 0
        self._exercise, self._wanted = exercise, target_reps
        self._reps = 0  # the count as it stands, corrections included
        self._offset: int | None = None  # what corrections have added; None: there was none
        self._held, self._timed = 0.0, target_seconds > 0
        self._forms: dict[int, list[int]] = {}  # count: the ids of the movement that made it
        self._newest: list[int] = []  # the id of the newest movement
        self._newest_was = ''

        def insert(c: Connection) -> None:
            self.id = _inserted(
                c, 'INSERT INTO sets (session_id, exercise, number, target_reps, target_seconds, '
                'started) VALUES (?, ?, ?, ?, ?, ?)',
                session.id, exercise, number, target_reps, target_seconds, wall_time(now))
        self._log.write(insert)

    def moved(self, movement: Moved) -> None:
        """A movement has been judged."""
        if movement.verdict == REP:
            self._reps = movement.count
        self._newest, self._newest_was = [], movement.verdict
        if movement.verdict == REP:
            self._forms[movement.count] = self._newest
        made = self._newest

        def insert(c: Connection) -> None:
            made[:] = [_inserted(
                c, 'INSERT INTO movements (set_id, verdict, reason, count, started, ended, side, '
                'range, seconds_out, seconds_back) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                self.id, movement.verdict, movement.reason, movement.count, movement.started,
                movement.ended, movement.side, _known(movement.range),
                _known(movement.seconds_out), _known(movement.seconds_back))]
        self._log.write(insert, self._counted())

    def formed(self, form: Formed) -> bool:
        """The form of a repetition; False when no movement of this set made that count."""
        made = self._forms.get(form.rep)
        if made is None:
            return False
        self._log.write(lambda c: _do(
            c, 'INSERT OR REPLACE INTO forms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            made[0], _known(form.median), _known(form.threshold), int(form.correct),
            _known(form.range), _known(form.tempo), _known(form.asymmetry),
            json.dumps({part: round(score, 4) for part, score in form.parts.items()
                        if math.isfinite(score)}),
            json.dumps([asdict(hint) for hint in form.hints])))
        return True

    def held(self, seconds: float) -> None:
        """So long in pose by now; written every few seconds."""
        before, self._held, self._timed = self._held, seconds, self._timed or seconds > 0
        if seconds // _HOLD_STEP > before // _HOLD_STEP:
            self._log.write(lambda c: _do(
                c, 'UPDATE sets SET seconds = ? WHERE id = ?', seconds, self.id))

    def corrected(self, reps: int) -> None:
        """A human trainer says how many there were up to now."""
        if reps == self._reps:
            return
        self._offset = (self._offset or 0) + reps - self._reps
        self._reps = reps
        self._log.write(self._counted())

    def judged(self, accept: bool) -> bool:
        """A human trainer accepts or rejects the newest movement; False when there is none. How
        many that makes is told by `corrected`, before or after.
        """
        if not self._newest_was:
            return False
        made, was = self._newest, self._newest_was
        # A repetition that is taken back was at least too little of one.
        verdict = self._newest_was = REP if accept else (PARTIAL if was == REP else was)
        self._log.write(lambda c: _do(
            c, 'UPDATE movements SET corrected_verdict = ? WHERE id = ?', verdict, made[0]))
        return True

    def target(self, reps: int, seconds: float) -> None:
        """The target was changed while it runs."""
        self._log.write(lambda c: _do(
            c, 'UPDATE sets SET target_reps = ?, target_seconds = ? WHERE id = ?', reps, seconds,
            self.id))

    def end(self, reps: int, seconds: float, outcome: str, now: int) -> None:
        """The set is over. reps: the result, corrections included.

        seconds: in pose; only kept for holds, which are known by a target in seconds, by held(),
        or by their exercise file.
        """
        self._reps = reps
        timed = self._timed or (not self._wanted and not self._newest_was and _is_hold(
            self._exercise))
        in_pose = (_known(seconds) or 0.0) if timed else 0.0
        self._log.write(self._counted(), lambda c: _do(
            c, 'UPDATE sets SET seconds = ?, outcome = ?, ended = ? WHERE id = ?', in_pose, outcome,
            wall_time(now), self.id))

    def _counted(self) -> _Write:
        corrected = None if self._offset is None else self._reps
        counted = self._reps - (self._offset or 0)
        return lambda c: _do(
            c, 'UPDATE sets SET reps = ?, corrected_reps = ? WHERE id = ?', max(0, counted),
            corrected, self.id)


def _is_hold(exercise: str) -> bool:
    """By its file; one that is not here is counted."""
    from trainer_counter import exercises  # takes half a second, which most sets are spared
    try:
        return exercises.load(exercise).counts == 'seconds'
    except UserError:
        return False


def _inserted(c: Connection, sql: str, *values: Any) -> int:
    return int(c.execute(sql, values).lastrowid or 0)


def _do(c: Connection, sql: str, *values: Any) -> None:
    c.execute(sql, values)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
