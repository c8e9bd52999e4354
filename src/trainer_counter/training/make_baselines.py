"""Make the shipped baselines: the athlete's textbook motion, and what may differ from it.

    python make_baselines.py [--exercise NAME ...] [--runs 24] [--check]

The motion is the drawn athlete's, in space, without sway, noise or variation. The tolerances are
set on data: `--runs` sets per exercise by athletes of other sizes, from other views, with other
tempi and the noise of a pose network are judged, half of them with a fault in one joint; a part in
which nothing is wrong may differ, at each moment, by what 99 % of them do, and a floor. `--check`
judges other athletes with and without injected faults against the baselines that are there, and
prints how often the right part and direction were named, and how often another part was blamed.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from trainer_core.clock import SECOND
from trainer_counter import exercises
from trainer_counter.form.away import cut
from trainer_counter.form.baseline import PHASES, Baseline, read, resampled
from trainer_counter.form.judge import Form, Judge
from trainer_counter.form.parts import MOMENTS, PAIRS, PARTS
from trainer_counter.form.scorer import Scorer
from trainer_counter.form.view import camera_axes, project
from trainer_counter.reps.body import stature
from trainer_counter.reps.set import Set
from trainer_counter.reps.signals import mean_value
from trainer_sim.motions.exercises import EXERCISES
from trainer_sim.script_file import parse
from trainer_sim.session import perform
from trainer_sim.track import Noise, open_track

FOLDER = Path(__file__).resolve().parents[1] / 'trainer_counter' / 'baselines'
FLOOR = 0.19       # rad in the picture, however well it was measured
# Faults that are small in the picture, in exercises of which the ways of real people are known.
FLOORS = {'squat': 0.12, 'good_morning': 0.12, 'pull_up': 0.12, 'push_up': 0.14}
LEAST = 0.2        # rad, of the median's threshold
CEILING = 1.2     # rad; what is off by more, with nothing wrong, is not judged
ELSE = 0.22       # residual of a view in which no repetition is seen: on the way to the floor
LATITUDE = 1.0    # over 99 % of the correct ones

SCRIPT = """
name: {name}
camera: {{yaw: {yaw}, pitch: {pitch}, distance: {distance}, height: 0.95}}
actors:
  - name: ana
    body: {{height: {height}, legs: {legs}, arms: {arms}}}
    sway: {sway}
    segments:
      - stand: 2.0
      - {exercise}: {{reps: {reps}, tempo: {tempo}, variation: {variation}{more}}}
      - stand: 1.5
"""


@dataclass(frozen=True)
class Run:
    """One set of the athlete and how it is seen."""

    exercise: str
    height: float = 1.75
    legs: float = 1.0
    arms: float = 1.0
    yaw: float = 20.0
    pitch: float = 5.0
    distance: float = 3.8
    tempo: float = 1.0
    sway: float = 1.0
    variation: float = 1.0
    reps: int = 3
    faults: str = ''
    side: str = ''
    noise: Noise = Noise(jitter=0.012, drift=0.012)

    def script(self):
        more = (f', side: {self.side}' if self.side else '') + (
            f', faults: [{self.faults}]' if self.faults else '')
        values = {k: getattr(self, k) for k in (
            'exercise', 'yaw', 'pitch', 'distance', 'height', 'legs', 'arms', 'sway', 'reps',
            'tempo', 'variation')}
        return parse(SCRIPT.format(name='run', more=more, **values), 'run')


def motion(name: str, side: str = '') -> Baseline:
    """The textbook repetition of an exercise."""
    kind = EXERCISES[name]
    if kind.seconds:
        script = parse(SCRIPT.format(
            name='run', exercise=name, yaw=0, pitch=0, distance=3.8, height=1.75, legs=1, arms=1,
            sway=0, reps=1, tempo=1, variation=0, more='').replace(
                'reps: 1, tempo: 1, variation: 0', 'seconds: 6'), 'run')
    else:
        script = Run(name, sway=0, variation=0, reps=2, side=side).script()
    session = perform(script, fps=60)
    take = session.takes[0]
    done = take.truth['sets'][0]
    times = session.stamps / SECOND
    if kind.seconds:
        start, end = done['hold']['start'], done['hold']['end']
        points = resampled(take.points, times, np.linspace(start + 0.5, end - 0.5, PHASES))
        return Baseline(name, points, kind.seconds, PHASES // 2, kind.turn)
    rep = next(r for r in done['reps'] if r['side'] != 'right')
    here = (times >= rep['start']) & (times <= rep['end'])
    points, times = take.points[here], times[here]
    # As the counter and the eye cut it: without the standing still around it.
    seen = project(points, camera_axes(np.radians(60))[None], 50.0)[0] * 200
    far = furthest(name, seen)
    start, end = cut(seen, far)
    points = resampled(points, times, np.linspace(times[start], times[end], PHASES))
    phase = (times[far] - times[start]) / (times[end] - times[start]) * (PHASES - 1)
    return Baseline(name, points, float(times[end] - times[start]), round(phase), kind.turn,
                    sided=kind.alternating)


def furthest(name: str, seen: np.ndarray) -> int:
    """The image of (n, 18, 2) px at which the counter finds the repetition furthest."""
    exercise = exercises.load(name)
    poses = np.concatenate([seen, np.ones((*seen.shape[:2], 1))], -1).tolist()
    tall = max(stature(p, 0.3) for p in poses)
    level = np.zeros(len(seen))
    for measure in exercise.measures:
        values = np.array([mean_value(p, measure, tall, 0.3) for p in poses])
        level += np.clip((values - measure.rest) / (measure.peak - measure.rest), -0.5, 1.5)
    top = np.flatnonzero(level > level.max() - 0.03 * np.ptp(level))
    # The middle of a pause there, where it is one stretch.
    return int(top.mean()) if np.ptp(top) < len(seen) // 3 else int(np.argmax(level))


def judged(run: Run, judge: Judge, seed: int) -> list[Form]:
    """The form of every repetition that the counter counts in a run."""
    exercise = exercises.load(run.exercise)
    the_set, scorer = Set(exercise), Scorer(exercise, judge.baseline)
    scorer.judge = judge
    forms = []
    for people in open_track(run.script(), noise=run.noise, seed=seed):
        person = people.people[0] if people.people else None
        _, movements = the_set.update(people)
        forms += scorer.update(people.stamp, person.keypoints if person else None)
        for movement in movements:
            forms += scorer.moved(movement)
    return forms + scorer.finish()


def chance(name: str, rng: np.random.Generator, **fixed) -> Run:
    """A run as it may happen; the view is one from which the exercise is usually seen."""
    kind = EXERCISES[name]
    yaw = kind.view + rng.uniform(-30, 30)
    values = {
        'height': rng.uniform(1.5, 2.0), 'legs': rng.uniform(0.94, 1.06),
        'arms': rng.uniform(0.94, 1.06), 'yaw': float(yaw if rng.random() < 0.5 else -yaw),
        'pitch': rng.uniform(-4, 14), 'distance': rng.uniform(2.8, 5.0),
        'tempo': rng.uniform(0.85, 1.2),
        'noise': Noise(jitter=rng.uniform(0, 0.02), drift=rng.uniform(0, 0.02),
                       drop_joint=rng.choice([0, 0.03]), hidden=0.35)}
    return Run(name, **{k: round(v, 3) if isinstance(v, float) else v for k, v in values.items()}
               | fixed)


def measured(name: str, baseline: Baseline, runs: int) -> Baseline:
    """The baseline with tolerances from correct runs."""
    free = replace(baseline, tolerance=np.full((2, len(PARTS), MOMENTS), 9.0), threshold=9.0)
    judge = Judge(exercises.load(name), free)
    rng = np.random.default_rng(1)
    off, medians = [], []
    for i in tqdm(range(runs), desc=f'{name}: runs', leave=False):
        # In half of them one joint is wrong, which must not be laid at another one's door.
        faulty = ''
        if i % 2:
            faulty = str(rng.choice(['left_', 'right_'])) + EXERCISES[name].joints[0]
        run = chance(name, rng, faults=f'{{part: {faulty}, amount: 0.3}}' if faulty else '')
        for form in judged(run, judge, seed=i):
            if form.view is None or form.view.residual > ELSE:
                continue
            there = np.array(PARTS) != faulty
            off.append(np.where(there[:, None], np.abs(judge.off(form)), np.nan))
            if not faulty:
                medians.append(form.median)
    if not off:
        raise SystemExit(f'{name}: no repetition was counted')
    off = np.array(off)
    with np.errstate(invalid='ignore'):
        high = np.nanquantile(off, 0.99, axis=0) * LATITUDE
    if not baseline.sided:  # left and right are the same people
        for left, right in PAIRS:
            high[[left, right]] = np.fmax(high[left], high[right])
    high = np.clip(np.nan_to_num(high, nan=CEILING), FLOORS.get(name, FLOOR), CEILING)
    threshold = max(float(np.nanquantile(medians, 0.99)) * LATITUDE, LEAST)
    at_far_end = ' '.join(
        f'{part} {np.degrees(h):.0f}' for part, h in zip(PARTS, high[:, 2], strict=True))
    print(f'{name}: {len(off)} repetitions, threshold {threshold:.3f} rad; tolerances at the far '
          f'end (degrees): {at_far_end}')
    return replace(baseline, tolerance=np.stack([high, high]), threshold=threshold)


def check(names: list[str], runs: int) -> None:
    """Injected faults: how often the right part and direction is named first, others blamed."""
    rng = np.random.default_rng(99)
    total = Counter()
    for name in names:
        kind = EXERCISES[name]
        judge = Judge(exercises.load(name), read(FOLDER / f'{name}.npz', name))
        tally, missed = Counter(), Counter()
        for i in tqdm(range(runs), desc=name, leave=False):
            choice = rng.integers(0, 4)
            fault, want = '', None
            if choice == 1 or choice == 2:
                joint = str(rng.choice(['left_', 'right_'])) + kind.joints[0]
                fault = f'{{part: {joint}, amount: 0.3}}'
            elif choice == 3:
                # By 40 % more than what passes for right, within what the athlete can do.
                speed = 1.4 / judge.limits.quick, 1 / (1.4 * judge.limits.slow)
                amount = float(np.clip(rng.choice(speed) - 1, -0.8, 2.0))
                fault = f'{{part: tempo, amount: {amount:.2f}}}'
            run = chance(name, rng, faults=fault, **({'tempo': 1.0} if choice == 3 else {}))
            truth = perform(run.script()).takes[0].truth['sets'][0]['reps']
            forms = judged(run, judge, seed=1000 + i)
            for rep, form in zip(truth, forms, strict=False):
                want = [(f['part'].replace('tempo', 'body'), f['direction']) for f in rep['faults']]
                hints = [(h.part, h.direction) for h in form.hints]
                visible = not want or want[0][0] == 'body' or any(
                    p.part == want[0][0] and p.judged for p in form.parts)
                tally['all'] += 1
                if not want:
                    tally['right'] += 1
                    tally['right, said so'] += not hints
                elif not visible:
                    tally['not visible'] += 1
                else:
                    tally['faulty'] += 1
                    tally['named'] += want[0] in hints
                    if want[0][0] == 'body':
                        tally['tempo'] += 1
                        tally['tempo named'] += want[0] in hints
                    tally['first'] += hints[:1] == want
                    if want[0] not in hints:
                        missed[want[0]] += 1
                others = [h for h in hints if h not in want]
                tally['blamed'] += bool(others)
                for h in others:
                    missed['blamed ' + ' '.join(h)] += 1
        total += tally
        print(line(name, tally), '|', ', '.join(f'{k}: {v}' for k, v in missed.most_common(5)))
    print(line('all', total))


def line(name: str, t: Counter) -> str:
    return (f'{name:15s} named {t["named"]}/{t["faulty"]} = '
            f'{100 * t["named"] / max(t["faulty"], 1):.1f} %, first '
            f'{100 * t["first"] / max(t["faulty"], 1):.1f} %, of tempo '
            f'{t["tempo named"]}/{t["tempo"]}, others blamed '
            f'{100 * t["blamed"] / max(t["all"], 1):.1f} % of {t["all"]}, right ones passed '
            f'{100 * t["right, said so"] / max(t["right"], 1):.1f} %, not visible '
            f'{t["not visible"]}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--exercise', nargs='*', default=list(EXERCISES))
    parser.add_argument('--runs', type=int, default=24)
    parser.add_argument('--check', action='store_true')
    args = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    if args.check:
        check([n for n in args.exercise if not EXERCISES[n].seconds], args.runs)
        return
    for name in args.exercise:
        baseline = motion(name)
        if exercises.load(name).sides == 'each' and not baseline.sided:
            baseline = replace(baseline, single=motion(name, 'left').points)
        if not EXERCISES[name].seconds:
            baseline = measured(name, baseline, args.runs)
        baseline.save(FOLDER / f'{name}.npz')


if __name__ == '__main__':
    main()
