"""The sets that are open at the same time, one for each trainee."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trainer_core.clock import SECOND
from trainer_core.errors import UserError
from trainer_core.people import People, Person
from trainer_counter.reps.auto import AutoSet
from trainer_counter.reps.movement import Life, Movement, Verdict
from trainer_counter.reps.set import Set, State
from trainer_counter.reps.trainee import in_the_middle

Tracks = set[str]
FORGET = 60.0  # s after which a finished set whose trainee has gone is not shown any more


@dataclass(frozen=True)
class Asked:
    """What somebody wants counted; the same again means to go on."""

    exercise: str
    method: str = 'default'
    target_reps: int = 0
    target_seconds: float = 0.0
    rest: float = 0.0   # s after the set
    track_id: str = ''  # '' = whoever is in the middle


@dataclass(eq=False)
class Open:
    """A set, its trainee, and what became of it."""

    asked: Asked
    set: Set | AutoSet
    person_id: str = ''  # who the trainee is, where that is known
    own: Tracks = field(default_factory=Tracks)  # tracks that are the trainee for sure
    over: bool = False   # nobody waits for it any more
    seen: int | None = None  # stamp of the last image with the trainee
    state: State | None = None
    rest: float = 0.0    # s after it

    def __post_init__(self) -> None:
        self.rest = self.asked.rest

    @property
    def now(self) -> State | None:
        """The newest state with the count as it is; None before the first image."""
        if self.state is None:
            return None
        life = self.state.life
        if self.set.finished:
            life = Life.FINISHED
        elif life == Life.FINISHED:
            life = Life.SETTLING
        return replace(
            self.state, life=life, reps=self.set.reps, reps_left=self.set.reps_left,
            reps_right=self.set.reps_right)

    def correct(self, reps: int) -> str:
        """Put the count right; a sentence with both values. Raises UserError."""
        if reps < 0:
            raise UserError(f'reps is {reps}; give 0 or more')
        counted = self.set.correct(reps)
        self._stay_over()
        return f'{counted} becomes {reps}'

    def judge(self, accept: bool) -> str:
        """A human's word on the newest movement, as a sentence. Raises UserError."""
        before, after = self.set.judge(accept)
        self._stay_over()
        was = before.verdict.name.lower() + (f', {before.reason}' if before.reason else '')
        if after is before:
            return f'it was taken for one already: {was}' if accept else f'it was none: {was}'
        return f'{was}: becomes {after.verdict.name.lower()}, {self.set.reps} in all'

    def adjust(self, reps: int, seconds: float, rest: float) -> str:
        """Other targets, -1 = as it is; a sentence with both values. Raises UserError."""
        changes = []
        for name, new, old in (
                ('target_reps', reps, self.set.target_reps),
                ('target_seconds', seconds, self.set.target_seconds), ('rest', rest, self.rest)):
            if new < 0 and new != -1:
                raise UserError(f'{name} is {new:g}; give 0 or more, or -1 to leave it')
            if new not in (-1, old):
                changes.append(f'{name} {old:g} becomes {new:g}')
        self.rest = self.rest if rest == -1 else rest
        self.set.adjust(
            self.set.target_reps if reps == -1 else reps,
            self.set.target_seconds if seconds == -1 else seconds)
        self._stay_over()
        return ', '.join(changes) or 'nothing has changed'

    def resume(self, snapshot: Mapping[str, Any]) -> None:
        """Go on where the set of a counter that died had been."""
        self.set.resume(dict(snapshot))
        self.person_id = snapshot.get('person_id', '')
        if self.set.track_id:
            self.own.add(self.set.track_id)

    def _stay_over(self) -> None:
        if self.over:
            self.set.stop()  # a set that has been handed over does not begin again

    def away(self, stamp: int) -> float:
        """Seconds since the trainee was in view; 0 for one who has not come yet."""
        return (stamp - self.seen) / SECOND if self.seen is not None else 0.0


class Sets:
    """Gives every set its trainee among the people in view.

    A trainee is a track. Who comes back with another one goes on when the identity says so, or,
    where it says nothing, when nobody else in view can be meant (see `Trainee`).
    """

    def __init__(self) -> None:
        self._open: list[Open] = []
        self._known: dict[str, str] = {}  # person_id by track_id
        self._people: People | None = None

    def __iter__(self) -> Iterator[Open]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def again(self, asked: Asked) -> Open | None:
        """The set that goes on when the same is asked for again."""
        return next((o for o in self._open if o.asked == asked and not o.set.finished), None)

    def open(self, asked: Asked, the_set: Set | AutoSet) -> tuple[Open, list[Open]]:
        """Begin a set; it, and those whose place it takes: of the same trainee."""
        opened, track = Open(asked, the_set), asked.track_id
        if track:
            opened.own.add(track)
        old = [o for o in self._open if o.asked.track_id == track or track in o.own]
        if not track and not old and self._people is not None:
            middle = in_the_middle(self._people)
            if middle is not None:
                old = [o for o in self._open if o.set.track_id == middle.id]
                the_set.follow(middle.id)
        self._open = [o for o in self._open if o not in old] + [opened]
        return opened, old

    def begin_again(self, make: Callable[[Asked], Set | AutoSet]) -> None:
        """Put new sets, which make makes, in the place of those that somebody waits for."""
        self._open = [o for o in self._open if not o.over]
        for opened in self._open:
            track, opened.set = opened.set.track_id, make(opened.asked)
            opened.set.follow(track)

    @property
    def use_points(self) -> bool:
        """Whether an exercise needs points that are not of the body."""
        return any(o.set.exercise.points for o in self._open)

    def know(self, known: Mapping[str, str]) -> None:
        """Take who the people in view are: person_id by track_id, of those that are known."""
        self._known = {**self._known, **known}
        while len(self._known) > 1000:
            del self._known[next(iter(self._known))]

    def update(self, people: People) -> list[tuple[Open, State, list[Movement]]]:
        """Take the people of the next image; where every set is, and its finished movements."""
        self._people = people
        there = {p.id: p for p in people.people}
        for opened in self._open:
            self._find_again(opened, there)
        results = []
        for opened in list(self._open):
            state, movements = opened.set.update(
                replace(people, people=self._candidates(opened, people)))
            opened.state = state
            if state.track_id or (opened.seen is not None and people.stamp < opened.seen):
                opened.seen = people.stamp
            self._sure(opened, movements)
            if opened.set.finished and self._superseded(opened, people.stamp):
                self._open.remove(opened)
                continue
            results.append((opened, state, movements))
        return results

    def of(self, track_id: str) -> Open:
        """The set of a trainee, '' = the only one; raises UserError."""
        if not self._open:
            raise UserError('no set is open; begin one with perform_set')
        if track_id:
            found = [
                o for o in self._open
                if track_id in (o.set.track_id, o.asked.track_id) or track_id in o.own]
        else:
            found = [o for o in self._open if not o.set.finished] or self._open
        if len(found) == 1:
            return found[0]
        trainees = ', '.join(o.set.track_id or 'one not in view' for o in self._open)
        if not found:
            raise UserError(f'nobody called {track_id} is counted; trainees are: {trainees}')
        raise UserError(f'several are counted: {trainees}; say with track_id who is meant')

    def snapshots(self) -> list[dict[str, Any]]:
        """What is needed to go on with the unfinished sets."""
        return [
            {'asked': o.asked.exercise, 'for': o.asked.track_id, 'person_id': o.person_id,
             **o.set.snapshot()}
            for o in self._open if not o.set.finished]

    def _find_again(self, opened: Open, there: Mapping[str, Person]) -> None:
        """Follow who is the trainee for sure, if in view with another track."""
        track, person_id = opened.set.track_id, opened.person_id
        named = [one for one in there if person_id and self._known.get(one) == person_id]
        if named and self._known.get(track, person_id) != person_id:
            # The tracker took one for the other; what was theirs is not theirs any more.
            opened.own = set(named)
        elif track in there and track in opened.own:
            return
        for one in (*named, *opened.own):
            if one in there and one != track and (one in named or one not in self._taken(opened)):
                opened.set.follow(one)
                opened.own.add(one)
                return

    def _candidates(self, opened: Open, people: People) -> list[Person]:
        """Those in view who may be the trainee."""
        if opened.set.finished:
            return [p for p in people.people if p.id == opened.set.track_id]
        taken = self._taken(opened)
        return [p for p in people.people if p.id not in taken and (
            p.id in opened.own or not opened.person_id
            or self._known.get(p.id, opened.person_id) == opened.person_id)]

    def _taken(self, opened: Open) -> set[str]:
        return {o.set.track_id for o in self._open if o is not opened and not o.set.finished}

    def _sure(self, opened: Open, movements: list[Movement]) -> None:
        """Who was found first, or does the repetitions, is the trainee; learn who that is."""
        track = opened.set.track_id
        if track and (not opened.own or any(m.verdict == Verdict.REP for m in movements)):
            opened.own.add(track)
        if track in opened.own:
            opened.person_id = self._known.get(track, opened.person_id)

    def _superseded(self, opened: Open, stamp: int) -> bool:
        """Whether a finished set need not be shown: its trainee does another, or has gone."""
        another = any(
            o.set.track_id == opened.set.track_id for o in self._open
            if o is not opened and not o.set.finished)
        return another or opened.away(stamp) > FORGET
