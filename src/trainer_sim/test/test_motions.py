"""What the athlete does: textbook angles, planted hands and feet, faults, truth of repetitions."""

import numpy as np
import pytest

from trainer_core.angles import JOINTS
from trainer_core.clock import SECOND
from trainer_core.skeleton import INDEX
from trainer_sim.body import BONE, Body
from trainer_sim.motions.exercises import EXERCISES, depth_posture, exercise
from trainer_sim.posture import angles3d
from trainer_sim.script_file import parse
from trainer_sim.session import perform

SECONDS = {name for name, kind in EXERCISES.items() if kind.seconds}


def session(segments: str, fps: float = 30.0, seed: int = 0, body: str = '{height: 1.75}'):
    text = f'actors: [{{body: {body}, segments: [{segments}]}}]'
    return perform(parse(text, 'test'), 320, 240, fps, seed)


def degrees(take) -> dict[str, np.ndarray]:
    return {name: np.degrees(a) for name, a in angles3d(take.points).items()}


def within(result, start: float, end: float) -> np.ndarray:
    times = result.stamps / SECOND
    return (times >= start) & (times <= end)


# Inner angles in degrees at the start position and at the turning point.
TEXTBOOK = [
    # exercise, joint, start from .. to, turn from .. to
    ('squat', 'left_knee', 165, 180, 55, 80),
    ('squat', 'left_hip', 155, 180, 40, 75),
    ('lunge', 'left_knee', 165, 180, 75, 105),
    ('lunge', 'right_knee', 165, 180, 70, 110),
    ('biceps_curl', 'left_elbow', 160, 180, 30, 55),
    ('biceps_curl', 'left_shoulder', 5, 25, 5, 30),
    ('shoulder_press', 'left_elbow', 20, 80, 145, 180),
    ('shoulder_press', 'left_shoulder', 30, 80, 155, 180),
    ('front_raise', 'left_shoulder', 5, 25, 80, 100),
    ('front_raise', 'left_elbow', 160, 180, 160, 180),
    ('jumping_jack', 'left_shoulder', 5, 30, 145, 180),
    ('deadlift', 'left_hip', 155, 180, 55, 90),
    ('deadlift', 'left_knee', 160, 180, 100, 130),
    ('good_morning', 'left_hip', 155, 180, 65, 100),
    ('good_morning', 'left_knee', 160, 180, 145, 175),
    ('push_up', 'left_elbow', 155, 180, 55, 90),
    ('push_up', 'left_hip', 160, 180, 160, 180),
    ('push_up', 'left_knee', 165, 180, 165, 180),
    ('pull_up', 'left_elbow', 150, 180, 40, 80),
    ('pull_up', 'left_shoulder', 150, 180, 60, 105),
    ('sit_up', 'left_hip', 110, 150, 35, 65),
    ('v_up', 'left_hip', 155, 180, 60, 95),
    ('v_up', 'left_knee', 165, 180, 165, 180),
    ('plank', 'left_elbow', 75, 105, 75, 105),
    ('plank', 'left_hip', 160, 180, 160, 180),
    ('wall_sit', 'left_knee', 160, 180, 80, 100),
    ('wall_sit', 'left_hip', 155, 180, 80, 100),
    ('tree_pose', 'left_knee', 150, 180, 45, 90),
    ('tree_pose', 'right_knee', 165, 180, 165, 180),
]


@pytest.mark.parametrize('height', [1.5, 1.75, 2.0])
def test_angles_are_those_of_the_textbook(height):
    wrong = []
    for name, joint, a, b, c, d in TEXTBOOK:
        posture = depth_posture(exercise(name), Body(height), np.array([0.0, 1.0]), 'left'
                                if EXERCISES[name].alternating else '', None)
        start, turn = np.degrees(angles3d(posture.keypoints())[joint])
        if not (a <= start <= b and c <= turn <= d):
            wrong.append((name, joint, round(start), round(turn)))
    assert not wrong


def test_a_burpee_squats_planks_and_jumps():
    take = session('{burpee: {reps: 1}}').takes[0]
    angles = degrees(take)
    assert angles['left_knee'].min() < 60
    plank = (np.abs(take.points[:, INDEX['neck'], 2] - take.points[:, INDEX['left_hip'], 2]) < 0.4)
    plank &= (angles['left_hip'] > 150) & (take.points[:, INDEX['neck'], 2] < 0.9)
    assert plank.any()
    assert angles['left_elbow'][plank].min() < 100
    assert take.points[:, INDEX['left_ankle'], 2].max() > 0.15


@pytest.mark.parametrize('height', [1.5, 1.62, 1.78, 2.0])
def test_bodies_have_the_height_they_are_given(height):
    points = session('{stand: 1}', body=f'{{height: {height}}}').takes[0].points[0]
    eyes = points[INDEX['left_eye'], 2]
    assert eyes == pytest.approx(0.936 * height, abs=0.02)
    thigh = np.linalg.norm(points[INDEX['left_hip']] - points[INDEX['left_knee']])
    assert thigh == pytest.approx(0.245 * height, abs=1e-6)


# Which wrists and ankles must not move while repetitions are done.
PLANTED = [
    ('squat', ('left_ankle', 'right_ankle')),
    ('deadlift', ('left_ankle', 'right_ankle')),
    ('good_morning', ('left_ankle', 'right_ankle')),
    ('biceps_curl', ('left_ankle', 'right_ankle')),
    ('shoulder_press', ('left_ankle', 'right_ankle')),
    ('front_raise', ('left_ankle', 'right_ankle')),
    ('push_up', ('left_ankle', 'right_ankle', 'left_wrist', 'right_wrist')),
    ('pull_up', ('left_wrist', 'right_wrist')),
    ('sit_up', ('left_ankle', 'right_ankle')),
    ('plank', ('left_ankle', 'right_ankle', 'left_wrist', 'right_wrist')),
    ('wall_sit', ('left_ankle', 'right_ankle')),
    ('tree_pose', ('right_ankle',)),
]


@pytest.mark.parametrize(('name', 'planted'), PLANTED)
def test_planted_hands_and_feet_do_not_slide(name, planted):
    dose = '{seconds: 3}' if name in SECONDS else '{reps: 2}'
    result = session(f'{{{name}: {dose}}}', body='{height: 1.83, legs: 1.05}')
    take = result.takes[0]
    span = next(m for m in take.truth['motions'] if m['motion'] == name)
    points = take.points[within(result, span['start'], span['end'])]
    for joint in planted:
        slid = np.ptp(points[:, INDEX[joint]], axis=0).max()
        assert slid < 0.003, f'{joint} slides {slid * 1000:.1f} mm'


@pytest.mark.parametrize('segment', ['squat: {reps: 2}', 'push_up: {reps: 1}', 'sit_up: {reps: 1}',
                                     'walk: {to: [2, 1]}', 'turn: {facing: 170}',
                                     'tie_shoe: 5', 'pick_up: 3'])
def test_feet_on_the_floor_do_not_slide_between_motions(segment):
    result = session(f'{{stand: 1}}, {{{segment}}}, {{stand: 1}}', fps=60)
    take = result.takes[0]
    body = take.actor.body
    joints = take.posture.joints()
    for side in ('left', 'right'):
        foot = BONE[f'{side}_foot']
        ball = joints[:, foot] + take.posture.turn[:, foot] @ body.sole
        low = ball[:, 2] < 0.004
        still = low[1:] & low[:-1]
        speed = np.linalg.norm(np.diff(ball[:, :2], axis=0), axis=1) * 60
        # Toes that just leave the floor are already moving.
        assert (speed[still] > 0.25).mean() < 0.06, f'{side} foot slides'


@pytest.mark.parametrize('name', list(EXERCISES))
def test_nothing_jumps(name):
    dose = '{seconds: 2}' if name in SECONDS else '{reps: 2}'
    take = session(f'{{stand: 1}}, {{{name}: {dose}}}, {{stand: 1}}', fps=60).takes[0]
    speed = np.linalg.norm(np.diff(take.points, axis=0), axis=2) * 60
    assert speed.max() < 12.0
    assert take.points[..., 2].min() > -0.02


@pytest.mark.parametrize('name', [n for n in EXERCISES if n not in SECONDS and n != 'burpee'])
@pytest.mark.parametrize('fps', [15.0, 60.0])
def test_repetitions_in_truth_are_those_of_the_angles(name, fps):
    """The leading angle crosses the middle of its range twice in every repetition, never else."""
    result = session(f'{{stand: 1}}, {{{name}: {{reps: 4}}}}, {{stand: 1}}', fps=fps)
    take = result.takes[0]
    done, = take.truth['sets']
    assert (done['count'], done['partial']) == (4, 0)
    joint = EXERCISES[name].joints[0]
    angles = angles3d(take.points)
    span = within(result, done['reps'][0]['start'], done['reps'][-1]['end'])
    for i, rep in enumerate(done['reps']):
        side = rep['side'] if rep['side'] != 'both' else 'left'
        angle = angles[f'{side}_{joint}']
        middle = (angle[span].min() + angle[span].max()) / 2
        inside = within(result, rep['start'], rep['end'])
        crossings = np.flatnonzero(np.diff((angle > middle)[inside].astype(int)))
        assert len(crossings) == 2, f'repetition {i + 1}'
        away = np.argmax(np.abs(angle[inside] - angle[inside][0]))
        turn = (result.stamps[inside][away] / SECOND)
        assert rep['turn'] - 0.3 <= turn <= rep['turn'] + 0.4
    rests = span.copy()
    for rep in done['reps']:
        rests &= ~within(result, rep['start'], rep['end'])
    if rests.any():
        assert np.ptp(angle[rests]) < np.radians(8)


def test_alternating_sides_are_counted_apart():
    done, = session('{lunge: {reps: 5}}').takes[0].truth['sets']
    assert [rep['side'] for rep in done['reps']] == ['left', 'right'] * 2 + ['left']
    assert (done['left'], done['right'], done['count']) == (3, 2, 5)


# exercise, joint, amount; the word of the correction
FAULTS = [
    ('squat', 'left_knee', 0.3, 'bend'), ('squat', 'right_hip', 0.3, 'bend'),
    ('biceps_curl', 'left_elbow', 0.3, 'bend'), ('front_raise', 'right_shoulder', 0.3, 'raise'),
    ('shoulder_press', 'left_elbow', 0.3, 'straighten'),
    ('jumping_jack', 'left_shoulder', 0.3, 'raise'), ('lunge', 'left_knee', 0.3, 'bend'),
    ('good_morning', 'left_hip', 0.3, 'bend'), ('push_up', 'right_elbow', 0.3, 'bend'),
]


@pytest.mark.parametrize(('name', 'joint', 'amount', 'word'), FAULTS)
def test_a_fault_changes_the_named_joint_and_no_other(name, joint, amount, word):
    right = session(f'{{{name}: {{reps: 3}}}}')
    wrong = session(f'{{{name}: {{reps: 3, faults: [{{part: {joint}, amount: {amount}, '
                    f'reps: [3]}}]}}}}')
    a, b = degrees(right.takes[0]), degrees(wrong.takes[0])
    rep = wrong.takes[0].truth['sets'][0]['reps'][2]
    inside = within(right, rep['start'], rep['end'])
    for other in JOINTS:
        gap = np.abs(a[other] - b[other])
        assert gap[~inside].max() < 1e-6, f'{other} outside the repetition'
        if other != joint:
            assert gap.max() < 1e-4, other
    full, short = (np.ptp(angle[joint][inside]) for angle in (a, b))
    assert short == pytest.approx(full * (1 - amount), rel=0.06)
    fault, = rep['faults']
    assert (fault['part'], fault['direction']) == (joint, word)
    assert np.degrees(fault['amount']) == pytest.approx(full * amount, rel=0.12)
    assert right.takes[0].truth['sets'][0]['reps'][2]['faults'] == []


def test_tempo_faults_and_styles():
    text = ('{squat: {reps: 4, variation: 0, faults: [{part: tempo, amount: 1.0, reps: [2]}, '
            '{part: tempo, amount: -0.5, reps: [3]}]}}')
    reps = session(text).takes[0].truth['sets'][0]['reps']
    lengths = [rep['end'] - rep['start'] for rep in reps]
    hold = EXERCISES['squat'].hold
    assert (lengths[1] - hold) == pytest.approx((lengths[0] - hold) / 2)
    assert (lengths[2] - hold) == pytest.approx((lengths[0] - hold) * 2)
    assert [rep['faults'][0]['direction'] for rep in reps[1:3]] == ['slower', 'faster']


def test_half_repetitions_do_not_count_and_dips_are_one():
    done, = session('{squat: {reps: 3, range: 0.5}}').takes[0].truth['sets']
    assert (done['count'], done['partial']) == (0, 3)
    take = session('{squat: {reps: 1, dips: 2, pause: 1.0}}').takes[0]
    assert take.truth['sets'][0]['count'] == 1
    knee = degrees(take)['left_knee']
    low = knee < knee.min() + 15
    assert (np.diff(low.astype(int)) == 1).sum() == 2


def test_asymmetry_weakens_one_side():
    angles = degrees(session('{biceps_curl: {reps: 2, asymmetry: 0.25}}').takes[0])
    full, weak = np.ptp(angles['right_elbow']), np.ptp(angles['left_elbow'])
    assert weak == pytest.approx(0.75 * full, rel=0.03)


def test_the_frame_rate_does_not_change_the_motion():
    slow, fast = (session('{walk: {to: [1, 1]}}, {push_up: {reps: 1}}', fps=fps).takes[0]
                  for fps in (15.0, 30.0))
    assert np.allclose(slow.points[:len(fast.points) // 2], fast.points[::2][:len(slow.points)],
                       atol=1e-9)
    assert slow.truth == fast.truth


def test_everyday_motions_hold_no_repetition_and_go_where_they_should():
    result = session('{walk: {to: [1.5, 0.5]}}, {turn: {facing: 90}}, {wave: 3}, {pick_up: 3}, '
                     '{tie_shoe: 6}, {wait: 4}, {absent: 1}')
    take = result.takes[0]
    assert take.truth['sets'] == []
    end = np.flatnonzero(take.present)[-1]
    ankles = take.points[end, [INDEX['left_ankle'], INDEX['right_ankle']], :2].mean(0)
    assert np.allclose(ankles, [1.5, 0.5], atol=0.05)
    hips = take.points[end, INDEX['left_hip'], :2] - take.points[end, INDEX['right_hip'], :2]
    assert hips[0] < -0.1  # facing +y, the left side is toward -x
    assert not take.present[-1]
    wrist = take.points[:, INDEX['right_wrist'], 2]
    assert wrist.min() < 0.15


def test_entering_and_leaving_go_out_of_the_picture():
    take = session('{enter: {from: left}}, {stand: 1}, {leave: {to: right}}').takes[0]
    assert (take.seen[0] == 0).all() and (take.seen[-1] == 0).all()
    assert take.pixels[0, 1, 0] < 0 < 320 < take.pixels[-1, 1, 0]
    middle = len(take.seen) // 2
    assert (take.seen[middle] > 0).all()
