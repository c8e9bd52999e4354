"""What happens in a real room, and the exact verdicts on it.

R is a repetition, P partial, A abandoned, N not in the set, L person lost, M not measurable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from athletes import NOISE, athlete, camera, count

from trainer_core.clock import SECOND
from trainer_core.people import People
from trainer_core.skeleton import INDEX, MIRROR
from trainer_sim.track import Noise

Change = Callable[[Sequence[People]], Sequence[People]]
BODY = tuple(f'{side}_{part}' for side in ('left', 'right') for part in (
    'shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'))


def _each(change: Callable[[People, int], People]) -> Change:
    return lambda track: [change(people, i) for i, people in enumerate(track)]


def nobody(start: float, end: float) -> Change:
    """Nobody is found from start to end (s)."""
    return _each(lambda p, _: replace(p, people=[]) if start <= p.stamp / SECOND < end else p)


def hidden(start: float, end: float, *sides: str) -> Change:
    """Arms and legs of the sides are not found from start to end (s)."""
    rows = [INDEX[name] for name in BODY if name.startswith(sides)]

    def change(people: People, _: int) -> People:
        if not start <= people.stamp / SECOND < end:
            return people
        def blind(pose):
            pose = pose.copy()
            pose[rows] = 0
            return pose
        return replace(people, people=[
            replace(p, keypoints=blind(p.keypoints)) for p in people.people])
    return _each(change)


def until(end: float) -> Change:
    """The track ends (s)."""
    return lambda track: [p for p in track if p.stamp < end * SECOND]


def lost(start: float, end: float) -> Change:
    """The largest person is not found from start to end (s)."""
    return _each(lambda p, _: p if not start <= p.stamp / SECOND < end else replace(
        p, people=sorted(p.people, key=lambda q: np.ptp(q.keypoints[:, 1]))[:-1]))


def without(*parts: str) -> Change:
    """These parts are never found."""
    rows = [INDEX[f'{side}_{part}'] for side in ('left', 'right') for part in parts]

    def blind(person):
        pose = person.keypoints.copy()
        pose[rows] = 0
        return replace(person, keypoints=pose)
    return _each(lambda p, _: replace(p, people=[blind(q) for q in p.people]))


def guessed(every: int) -> Change:
    """Legs that are out of the picture are found below it for two images, again and again."""
    def guess(person, i):
        pose = person.keypoints.copy()
        for side in ('left', 'right'):
            hip, knee, ankle = (INDEX[f'{side}_{part}'] for part in ('hip', 'knee', 'ankle'))
            if i % every < 2 and pose[hip, 2]:
                pose[knee] = pose[hip] + (10 * (i % every), 90, 0)
                pose[ankle] = pose[hip] + (40, 130, 0)
        return replace(person, keypoints=pose)
    return _each(lambda p, i: replace(p, people=[guess(q, i) for q in p.people]))


def exchanged(every: int) -> Change:
    """Left and right are exchanged for 5 images, again and again."""
    return _each(lambda p, i: p if i % every >= 5 else replace(p, people=[
        replace(q, keypoints=q.keypoints[list(MIRROR)]) for q in p.people]))


def leaping(every: int) -> Change:
    """Somebody seems to squat deeply, in one image, again and again."""
    deepest = max((people.people[0] for people in athlete('{stand: 2}, {squat: 1}', camera(30))),
                  key=lambda person: person.keypoints[INDEX['neck'], 1])
    return _each(lambda p, i: p if i % every else replace(p, people=[
        replace(q, keypoints=deepest.keypoints) for q in p.people]))


def dropped(share: float) -> Change:
    """So many of the images are missing."""
    keep = np.random.default_rng(7).random(100000) >= share
    return lambda track: [p for i, p in enumerate(track) if keep[i]]


def again(seconds: float) -> Change:
    """After so many seconds time goes back to the beginning, as a bag that loops."""
    return lambda track: [p for p in track if p.stamp < seconds * SECOND] + list(track)


def others(*segments: str, at: float = 0.0, y: float = 0.0, facing: float = 0.0) -> str:
    return (f'  - name: ben\n    at: [{at}, {y}]\n    facing: {facing}\n'
            f'    segments: [{", ".join(segments)}]')


@dataclass(frozen=True)
class Situation:
    """A line of the table."""

    name: str
    exercise: str
    segments: str            # of the script
    verdicts: str
    reasons: tuple[str, ...] = ()  # of what is no repetition, in order
    yaw: float = 30.0
    distance: float = 3.8
    fps: float = 30.0
    noise: Noise = NOISE
    change: Change = field(default=lambda track: track)
    others: str = ''
    cameras: str = ''
    sides: tuple[int, int] = (0, 0)
    seconds: tuple[float, float] | None = None  # a hold lasts at least and at most

    @property
    def track(self) -> Sequence[People]:
        return self.change(athlete(
            self.segments, self.cameras or camera(self.yaw, self.distance), self.noise, self.fps,
            self.others))


S = Situation
FIVE = '{stand: 2}, {squat: 5}, {stand: 1}'
CURLS = '{stand: 2}, {biceps_curl: 5}, {stand: 1}'
JACKS = '{stand: 2}, {jumping_jack: 5}, {stand: 1}'
CLOSE = '{yaw: 30, pitch: 0, distance: 1.7, height: 1.45}'
RATES = ((6, 0.0), (8, 0.0), (10, 0.1), (15, 0.0), (25, 0.0), (30, 0.0), (60, 0.0), (15, 0.1),
         (30, 0.1), (60, 0.1))

TABLE = [
    # Coming and going.
    S('walks in, stands, starts', 'squat',
      '{enter: {from: left}}, {stand: 3}, {squat: 3}, {stand: 1}', 'NRRR', ('walked',)),
    S('walks off and comes back', 'squat',
      '{stand: 2}, {squat: 3}, {leave: {to: right}}, {absent: 2}, {walk: {to: [0, 0]}}, '
      '{turn: 0}, {stand: 2}, {squat: 2}, {stand: 1}', 'RRRNRR'),
    S('walks in and out and trains nothing', 'squat',
      '{enter: {from: left}}, {stand: 2}, {wait: 5}, {leave: {to: right}}', 'N'),
    # Between two sets.
    S('ties a shoe', 'squat', '{stand: 2}, {squat: 2}, {tie_shoe: 6}, {stand: 1}, {squat: 2}',
      'RRNRR'),
    S('picks up a bottle', 'squat',
      '{stand: 2}, {squat: 2}, {stand: 1}, {pick_up: 3}, {stand: 1}, {squat: 2}, {stand: 1}',
      'RRNRR', ('reached down with one hand',)),
    S('waves', 'squat', '{stand: 2}, {squat: 2}, {wave: 3}, {stand: 1}, {squat: 2}', 'RRRR'),
    S('waves between curls', 'biceps_curl',
      '{stand: 2}, {biceps_curl: 2}, {wave: 3}, {stand: 1}, {biceps_curl: 2}, {stand: 1}', 'RRNRR'),
    S('picks up a bottle between curls', 'biceps_curl',
      '{stand: 2}, {biceps_curl: 2}, {stand: 1}, {pick_up: 3}, {stand: 1}, {biceps_curl: 2}',
      'RRNRR', ('bent over',)),
    S('waits, shifting the weight', 'squat', '{stand: 1}, {wait: 30}, {squat: 2}, {stand: 1}',
      'RR'),
    # How it is done.
    *(S(f'too shallow {name} x 5', name,
        f'{{stand: 2}}, {{{name}: {{reps: 5, range: 0.45}}}}, {{stand: 1}}', 'PPPPP', yaw=yaw)
      for name, yaw in (('squat', 30), ('biceps_curl', 30), ('jumping_jack', 0),
                        ('shoulder_press', 0), ('lunge', 30), ('front_raise', 60))),
    S('pauses at the bottom', 'squat',
      '{stand: 2}, {squat: {reps: 3, pause: 3}}, {stand: 1}', 'RRR'),
    S('pauses at the top', 'biceps_curl',
      '{stand: 2}, {biceps_curl: {reps: 3, pause: 3}}, {stand: 1}', 'RRR'),
    S('dips twice', 'squat', '{stand: 2}, {squat: {reps: 3, dips: 2}}, {stand: 1}', 'RRR', yaw=60),
    S('very slow', 'squat', '{stand: 2}, {squat: {reps: 2, tempo: 0.25}}, {stand: 1}', 'RR'),
    S('very fast', 'squat', '{stand: 2}, {squat: {reps: 5, tempo: 2.5}}, {stand: 1}', 'RRRRR'),
    S('very fast jumping jacks', 'jumping_jack',
      '{stand: 2}, {jumping_jack: {reps: 8, tempo: 2}}, {stand: 1}', 'R' * 8, yaw=0),
    S('stays down and never comes back', 'squat',
      '{stand: 2}, {squat: 2}, {wall_sit: {seconds: 30}}, {stand: 2}', 'RRA', yaw=60),
    # What is seen.
    S('jitter of +-5 degrees for 30 s', 'squat', '{stand: 30}', '',
      noise=Noise(jitter=0.03, drift=0.02)),
    S('jitter of +-5 degrees for 30 s, curl', 'biceps_curl', '{stand: 30}', '',
      noise=Noise(jitter=0.03, drift=0.02)),
    *(S(f'seems to squat in one image, {fps} a second', 'squat', '{stand: 20}', '',
        fps=fps, change=leaping(9)) for fps in (6, 8, 10, 30)),
    S('left side hidden', 'squat', FIVE, 'RRRRR', change=hidden(0, 99, 'left')),
    S('right side hidden', 'squat', FIVE, 'RRRRR', change=hidden(0, 99, 'right')),
    S('now one side hidden, now the other', 'squat', FIVE, 'RRRRR',
      change=lambda track: hidden(8, 99, 'right')(hidden(0, 8, 'left')(track))),
    S('both sides hidden for 1 s while standing', 'squat', FIVE, 'RRRRR',
      change=hidden(1.0, 1.95, 'left', 'right')),
    S('both sides hidden for 1 s at the bottom', 'squat', FIVE, 'RRRRR',
      change=hidden(2.8, 3.75, 'left', 'right')),
    S('not found for 1 s on the way up', 'squat', FIVE, 'RRRRR', change=nobody(5.8, 6.75)),
    S('gone at the bottom', 'squat', FIVE, 'RL', ('out of view in mid-movement',),
      change=nobody(7.0, 99)),
    S('left and right exchanged for 5 images', 'squat', FIVE, 'RRRRR', change=exchanged(23)),
    S('left and right exchanged for 5 images, lunge', 'lunge',
      '{stand: 2}, {lunge: 4}, {stand: 1}', 'RRRR', change=exchanged(23), sides=(2, 2)),
    S('left and right exchanged for 5 images, one arm', 'biceps_curl',
      '{stand: 2}, {biceps_curl: {reps: 4, side: left}}, {stand: 1}', 'RRRR',
      change=exchanged(37), sides=(4, 0)),
    S('legs out of the picture', 'squat', '{stand: 2}, {squat: 3}, {stand: 1}', 'RRR',
      cameras=CLOSE),
    S('legs out of the picture, guessed now and then', 'squat',
      '{stand: 2}, {squat: 3}, {stand: 1}', 'RRR', cameras=CLOSE, change=guessed(9)),
    S('legs out of the picture, once only', 'squat', '{stand: 2}, {squat: 1}, {stand: 5}', 'N',
      ('only once, as in everyday movements',), cameras=CLOSE),
    S('legs out of the picture, sits down', 'squat',
      '{stand: 2}, {wall_sit: {seconds: 6}}, {stand: 5}', 'N', cameras=CLOSE),
    S('legs out of the picture, walks in and out', 'squat',
      '{enter: {from: left}}, {stand: 2}, {wait: 8}, {leave: {to: right}}', '', cameras=CLOSE),
    S('shoulders never found', 'squat', FIVE, 'RRRRR', change=without('shoulder', 'wrist')),
    *(S(f'push-ups from above and behind, from {yaw} degrees', 'push_up',
        '{stand: 1.5}, {push_up: 5}', 'NRRRRR', change=until(15.8), cameras=(
            f'{{yaw: {yaw}, pitch: 20, distance: 3, height: 1.5}}')) for yaw in (130, 150)),
    # Others in the picture.
    S('lost for a moment, with somebody far behind in view', 'squat', FIVE, 'RRRRR',
      change=lost(6.2, 6.8), yaw=0, distance=3.0,
      others=others('{stand: 30}', at=-1.0, y=9.0)),
    S('somebody walks by behind', 'squat', FIVE, 'RRRRR', yaw=10, distance=4.6, others=others(
        '{stand: 4}', '{walk: {to: [-1.6, -3.8]}}', '{absent: 1}', at=-1.6, y=3.6, facing=-90)),
    S('somebody walks by in front', 'squat', FIVE, 'RRRRR', yaw=10, distance=4.6, others=others(
        '{stand: 4}', '{walk: {to: [1.2, -3.8]}}', '{absent: 1}', at=1.2, y=3.6, facing=-90)),
    S('somebody beside does more of the same', 'squat', FIVE, 'RRRRR', yaw=0, distance=4.6,
      others=others('{stand: 1}', '{squat: {reps: 9, tempo: 1.5}}', y=1.1)),
    # Sides.
    S('alternating lunges', 'lunge', '{stand: 2}, {lunge: 4}, {stand: 1}', 'RRRR', yaw=60,
      sides=(2, 2)),
    *(S(f'raises the knee between lunges, from {yaw} degrees', 'lunge',
        '{stand: 2}, {lunge: 2}, {tree_pose: {seconds: 2}}, {stand: 1}, {lunge: 2}, {stand: 1}',
        'RRPRR', yaw=yaw, sides=(2, 2)) for yaw in (30, 90)),
    S('one leg', 'lunge', '{stand: 2}, {lunge: {reps: 3, side: left}}, {stand: 1}', 'RRR',
      sides=(3, 0)),
    S('one arm, then the other', 'biceps_curl',
      '{stand: 2}, {biceps_curl: {reps: 2, side: left}}, {biceps_curl: {reps: 3, side: right}}, '
      '{stand: 1}', 'RRRRR', sides=(2, 3)),
    S('both arms at once', 'biceps_curl', CURLS, 'RRRRR'),
    # Holds.
    S('a plank', 'plank', '{stand: 1}, {plank: {seconds: 12}}, {stand: 2}', 'R', yaw=90,
      seconds=(11.5, 14.6)),
    S('a plank that collapses', 'plank',
      '{stand: 1}, {plank: {seconds: 6}}, {stand: 2}, {plank: {seconds: 5}}, {stand: 2}', 'RR',
      yaw=90, seconds=(10.5, 16.2)),
    # Time and cameras.
    S('a cut in the video', 'squat', FIVE, 'RRRRR',
      cameras=f'[{camera(30)}, {camera(60, start=6)}]'),
    S('a cut to a close-up and back', 'squat', FIVE, 'RRRRR',
      cameras=f'[{camera(30)}, {camera(30, 2.4, start=4.6)}, {camera(45, start=9)}]'),
    S('time goes back', 'squat', FIVE, 'RRRRRRR', change=again(8.6)),
    *(S(f'{fps} images a second' + (', 10 % missing' if share else '') + f', {name}', name,
        segments, 'RRRRR', fps=fps, yaw=15, change=dropped(share))
      for fps, share in RATES for name, segments in (
          ('squat', FIVE), ('biceps_curl', CURLS), ('jumping_jack', JACKS))),
]


SHAKY = Noise(jitter=0.025, drift=0.02)
# What looks like an exercise: alone, and after three repetitions of it. Never one more.
EVERYDAY = [
    *(('biceps_curl', motion, yaw, noise)
      for motion in ('drink: 3', 'drink: 1.8', 'phone: 4', 'scratch: 2.5', 'wait: 6')
      for yaw, noise in ((0, NOISE), (45, SHAKY), (90, Noise()), (135, NOISE), (270, NOISE))),
    *(('deadlift', motion, yaw, noise)
      for motion in ('pick_up: 3', 'put_down: 3', 'put_down: 2', 'tie_shoe: 5')
      for yaw, noise in ((45, NOISE), (90, SHAKY), (90, Noise()), (135, NOISE), (270, NOISE))),
    *(('good_morning', motion, yaw, NOISE)
      for motion in ('pick_up: 3', 'put_down: 3', 'tie_shoe: 5') for yaw in (60, 90))]
# The same where the legs are not in the picture: nothing but a squat goes down upright.
CLOSE_UP = [
    (motion, yaw) for motion in (
        'drink: 3', 'phone: 4', 'wave: 3', 'pick_up: 3', 'put_down: 3', 'tie_shoe: 5',
        'good_morning: 2') for yaw in (0, 90)]


@pytest.mark.parametrize(('exercise', 'motion', 'yaw', 'noise'), EVERYDAY)
def test_an_everyday_movement_is_no_repetition(exercise, motion, yaw, noise):
    for done, reps in (('', 0), (f'{{{exercise}: 3}}, {{stand: 2}}, ', 3)):
        track = athlete(
            f'{{stand: 1.5}}, {done}{{{motion}}}, {{stand: 5}}', camera(yaw), noise, 15)
        assert count(exercise, track).set.reps == reps


@pytest.mark.parametrize(('motion', 'yaw'), CLOSE_UP)
def test_an_everyday_movement_in_a_close_up_is_no_squat(motion, yaw):
    close = CLOSE.replace('yaw: 30', f'yaw: {yaw}')
    track = athlete(f'{{stand: 1.5}}, {{{motion}}}, {{stand: 5}}', close, NOISE, 15)
    assert count('squat', track).set.reps == 0


@pytest.mark.parametrize(('exercise', 'segments', 'verdicts', 'yaw', 'target'), [
    # A clear first one counts at once; one that is not, with the next that is like it.
    ('deadlift', '{deadlift: 1}, {stand: 6}', 'R', 90, 0),
    ('deadlift', '{deadlift: 1}, {stand: 6}', 'N', 45, 0),
    ('deadlift', '{deadlift: 2}, {stand: 1}', 'RR', 45, 0),
    ('deadlift', '{deadlift: 1}, {stand: 6}, {deadlift: 2}, {stand: 1}', 'NRR', 45, 0),
    ('deadlift', '{deadlift: 2}, {stand: 6}, {deadlift: 1}, {stand: 1}', 'RRR', 45, 0),
    ('deadlift', '{deadlift: 1}, {stand: 1}', 'R', 45, 1),  # who is asked for one does one
    ('biceps_curl', '{biceps_curl: 1}, {stand: 6}', 'R', 0, 0),
    ('biceps_curl', '{biceps_curl: {reps: 2, side: left}}, {drink: 3}, {stand: 5}', 'RRN', 30, 0),
    ('biceps_curl', '{drink: 3}, {stand: 1}, {biceps_curl: 2}, {stand: 1}', 'NRR', 30, 0),
])
def test_one_that_is_not_clear_counts_in_company(exercise, segments, verdicts, yaw, target):
    counted = count(
        exercise, athlete('{stand: 1.5}, ' + segments, camera(yaw)), target_reps=target)
    assert counted.verdicts == verdicts
    late = [m for m in counted.movements if m.verdict == 0]
    assert [m.count for m in late] == [*range(1, len(late) + 1)]


@pytest.mark.parametrize('situation', TABLE, ids=[s.name for s in TABLE])
def test_situation(situation):
    counted = count(situation.exercise, situation.track)
    assert counted.verdicts == situation.verdicts, [
        (m.verdict.name, m.reason, round(m.start / SECOND, 1)) for m in counted.movements]
    reasons = [m.reason for m in counted.movements if m.verdict != 0]
    assert reasons[:len(situation.reasons)] == list(situation.reasons)
    assert counted.set.reps == (
        situation.verdicts.count('R') if situation.seconds is None else 0)
    if situation.exercise in ('lunge', 'biceps_curl'):
        assert (counted.set.reps_left, counted.set.reps_right) == situation.sides
    if situation.seconds:
        low, high = situation.seconds
        assert low <= counted.set.hold_seconds <= high
