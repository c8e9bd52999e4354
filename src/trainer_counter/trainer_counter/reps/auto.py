"""A set whose exercise is found out from the first one or two repetitions, and again later."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trainer_core.clock import SECOND, Timeline
from trainer_core.people import People
from trainer_counter.exercises.schema import Exercise
from trainer_counter.reps.candidates import Candidates, Sighting
from trainer_counter.reps.likeness import OTHER, Likeness
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.posture import KEPT
from trainer_counter.reps.set import Set, State

AUTO = 'auto'
FINDING_OUT = 'finding out'  # the phase, until the exercise is known
FOUND = 0.8       # repetitions that an exercise must explain to be the one
SILENT = 0.05     # weight of a likely exercise that would have counted what it is not counting
DOUBT = 2         # power of a share: two doubtful repetitions are no certain one
APART = 10.0      # s between two repetitions after which the first says nothing any more
CLEARLY = 2.0     # times as many as the next best
PROBABLE = 0.15   # the same when nothing more will come
UNUSUAL = 0.4     # what the third of repetitions is worth that look unusual, but nobody else claims
PART = 1.3        # times as long as what is a part of it
LIKELY = 0.4      # share of a claim that makes a part of it void
POSSIBLE = 0.05   # likeness of an exercise for which one waits until its movement has ended
OTHERWISE = 1.4   # repetitions that another one must explain before the exercise is changed
EXPLAINED = 0.4   # the same for the present one to be what is still being done
WAIT = 0.5        # s after a repetition in which others may still claim it
BEFORE = 3 * SECOND  # ns before the first repetition that are counted again once it is known

# What is counted before it is known what: a measure that nobody can move.
_UNKNOWN = Exercise.model_validate({
    'name': AUTO, 'spoken': {'en': 'an exercise to be found out'},
    'joints': ['left_elbow', 'right_elbow', 'left_hip', 'right_hip', 'left_knee', 'right_knee'],
    'measures': [{'height': ['hip', 'ankle'], 'rest': 0, 'peak': 100}]})


@dataclass(frozen=True)
class _Claim:
    """A repetition or hold, as one candidate has it; stamps in ns."""

    name: str
    start: int
    end: int
    likeness: dict[str, float]  # probability of every exercise

    def share(self, rivals: set[str]) -> float:
        """How likely it is that exercise, if these claim the same and all others do not."""
        mine = self.likeness.get(self.name, 0.0)
        others = sum(
            p * (1.0 if name in rivals or name == OTHER else SILENT)
            for name, p in self.likeness.items() if name != self.name)
        return mine / (mine + others) if mine else 0.0

    def overlaps(self, other: '_Claim') -> bool:
        """Whether the other one claims much of the same."""
        return min(self.end, other.end) - max(self.start, other.start) > (
            0.3 * (self.end - self.start))

    def holds(self, other: '_Claim') -> bool:
        """Whether the other one is but a part of it."""
        return (self.start <= other.start and other.end <= self.end
                and self.end - self.start > PART * (other.end - other.start))


class AutoSet:
    """A `Set` of whatever is being done; whatever is not said here is that of the `Set` inside.

    All candidates count at once, though with fewer images a second. Each repetition that one of
    them counts is a claim on what was seen, worth as much as the movement looks like that exercise
    (see `likeness`). The exercise whose claims come to FOUND repetitions, and clearly more than
    those of any other, is the one: what was seen so far is counted again as an ordinary set of it.
    From then on nobody else may claim what it explains itself; when another has OTHERWISE
    repetitions, the exercise has changed, and the count begins anew.
    """

    def __init__(
        self, candidates: Mapping[str, Exercise], likeness: Likeness, method: str = 'default', *,
        target_reps: int = 0, target_seconds: float = 0.0, track_id: str = '',
        min_confidence: float = 0.3,
    ):
        """candidates: by name; likeness: of all of them; the rest as for `Set`."""
        self._exercises, self._likeness = dict(candidates), likeness
        self._candidates = Candidates(candidates, min_confidence)
        self._line = min_confidence
        self._set = self.unknown = Set(
            _UNKNOWN, method, target_reps=target_reps, target_seconds=target_seconds,
            track_id=track_id, min_confidence=min_confidence)
        self.sets: list[Set] = []  # of all exercises that were recognised, one after the other
        self._timeline = Timeline()
        self._forget()

    def __getattr__(self, name: str) -> Any:
        if name == '_set':
            raise AttributeError(name)  # not made yet
        return getattr(self._set, name)

    @property
    def known(self) -> bool:
        """Whether it has been found out which exercise it is."""
        return self._set.exercise is not _UNKNOWN

    def update(self, people: People) -> tuple[State, list[Movement]]:
        """As of `Set`; with the image in which the exercise is found come all its repetitions."""
        if self._timeline.jumped(people.stamp):
            self._forget()
        state, movements = self._set.update(people)
        person = next((p for p in people.people if p.id == state.track_id), None)
        self._recent.append(replace(people, people=[person] if person else []))
        while people.stamp - self._recent[0].stamp > KEPT:
            self._recent.popleft()
        sightings = self._candidates.look(person, people.stamp)
        if sightings is not None and not self._set.finished:
            for sighting in sightings:
                self._claim(sighting)
            chosen = self._decided(people.stamp)
            if chosen:
                state, movements = self._begin(chosen, people.stamp)
        return state if self.known else replace(state, phase=FINDING_OUT), movements

    def settle(self) -> list[Movement]:
        """Nothing more will come: take what is likeliest, if it is not known; its movements."""
        worth = {} if self.known else self._worth(set())
        best = max(worth, key=lambda name: worth[name], default='')
        if not best or worth[best] < PROBABLE:
            return []
        return self._begin(best, self._recent[-1].stamp)[1]

    def resume(self, snapshot: dict[str, Any]) -> None:
        """Go on with the count of a snapshot."""
        if snapshot['exercise'] in self._exercises:
            self._set = self._opened(snapshot['exercise'])
        self._set.resume(snapshot)

    def _forget(self) -> None:
        """Time went back: what was seen is not what comes next."""
        self._candidates.reset()
        self._recent: deque[People] = deque()
        self._claims: list[_Claim] = []
        self._explained = -KEPT  # stamp (ns) up to which nobody else may claim anything

    def _claim(self, sighting: Sighting) -> None:
        if sighting.start >= self._explained or sighting.name == self._set.exercise.name:
            self._claims.append(_Claim(
                sighting.name, sighting.start, sighting.end, self._likeness.of(sighting.numbers)))

    def _decided(self, stamp: int) -> str:
        """The exercise that it must be from now on, if it is not yet."""
        latest = max((c.start for c in self._claims), default=0)
        self._claims = [
            c for c in self._claims
            if stamp - c.start <= KEPT and latest - c.end <= APART * SECOND]
        worth = self._worth(set(self._candidates.under_way))
        now = self._set.exercise.name
        ranked = sorted(worth, key=lambda name: -worth[name])
        others = [name for name in ranked if name != now]
        if not worth or self._open(others[0] if others else now, stamp):
            return ''
        best = worth[others[0]] if others else 0.0
        if not self.known:
            second = worth[others[1]] if len(others) > 1 else 0.0
            return others[0] if best >= max(FOUND, CLEARLY * second) else ''
        mine = worth.get(now, 0.0)
        if best >= max(OTHERWISE, CLEARLY * mine):
            return others[0]
        if mine >= EXPLAINED and not self._open(now, stamp):
            self._explained = max(c.end for c in self._claims if c.name == now)
            self._claims = [c for c in self._claims if c.start >= self._explained]
        return ''

    def _worth(self, under_way: set[str]) -> dict[str, float]:
        """How many repetitions every exercise explains; under_way: exercises that may claim yet.

        Those that are but a part of another one that is likely, as the push-up in a burpee, explain
        nothing.
        """
        shares = [
            # Of somebody who keeps still only holds claim anything: silence means nothing.
            c.share(set(c.likeness) if self._exercises[c.name].counts == 'seconds' else
                    under_way | {d.name for d in self._claims if c.overlaps(d)})
            for c in self._claims]
        worth: dict[str, float] = {}
        for claim, share in zip(self._claims, shares, strict=True):
            part = any(
                s >= LIKELY and d.name != claim.name and d.holds(claim)
                for d, s in zip(self._claims, shares, strict=True))
            worth[claim.name] = worth.get(claim.name, 0.0) + (0 if part else share ** DOUBT)
        alone = [
            c.name for c in self._claims
            if self._exercises[c.name].counts == 'reps' and not any(
                c.overlaps(d) or d.overlaps(c) for d in self._claims if d.name != c.name)]
        for name in set(alone):
            worth[name] = max(worth[name], UNUSUAL * (alone.count(name) - 1))
        return worth

    def _open(self, name: str, stamp: int) -> bool:
        """Whether others may yet claim its newest repetition."""
        newest = max(
            (c for c in self._claims if c.name == name), key=lambda c: c.end, default=None)
        if newest is None:
            return False
        return stamp - newest.end < WAIT * SECOND or any(
            since < newest.start and newest.likeness.get(rival, 0.0) >= POSSIBLE
            for rival, since in self._candidates.under_way.items() if rival != name)

    def _begin(self, name: str, stamp: int) -> tuple[State, list[Movement]]:
        """Count what was seen of an exercise again, as a set of its own."""
        since = max(min(c.start for c in self._claims if c.name == name) - BEFORE, self._explained)
        self._set = self._opened(name)
        self._claims, self._explained = [], stamp
        movements: list[Movement] = []
        for people in self._recent:
            if people.stamp >= since:
                state, done = self._set.update(people)
                movements += done
        return state, movements

    def _opened(self, name: str) -> Set:
        old = self._set
        self.sets.append(Set(
            self._exercises[name], old.method, target_reps=old.target_reps,
            target_seconds=old.target_seconds, track_id=old.track_id, min_confidence=self._line))
        return self.sets[-1]
