"""The counter node on real rclpy, fed with what a pose node would send."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from action_msgs.msg import GoalStatus
from athletes import athlete, camera, count
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.action import ActionClient
from rclpy.parameter import Parameter
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from trainer_core.clock import SECOND
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_core.ros.params import table
from trainer_core.ros.stage import DOMAIN, LIMIT, Stage
from trainer_core.skeleton import INDEX
from trainer_counter import exercises
from trainer_counter.exercises.schema import SIDES
from trainer_counter.reps.counter_node import CounterNode, CounterParams
from trainer_counter.reps.memory import Memory, place
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import (
    Identity,
    IdentityArray,
    Movement,
    NamedPoint,
    NamedPointArray,
    PersonArray,
    SetState,
)
from trainer_msgs.srv import AdjustSet, CorrectCount, JudgeMovement

SQUATS = '{stand: 1.5}, {squat: {reps: 3}}, {stand: 1}'


@pytest.fixture(autouse=True)
def state_dir(tmp_path, monkeypatch):
    """Open sets are not kept where the user's are."""
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    return tmp_path / 'trainer'


@pytest.fixture
def stage():
    stage = Gym()
    yield stage
    stage.close()


class Gym(Stage):
    """A counter, and somebody who sends poses and listens."""

    def __init__(self):
        super().__init__()
        self.listen('set_state', SetState, 100)
        self.listen('movements', Movement, 100)
        self.poses = self.other.create_publisher(PersonArray, 'poses', 10)
        self.action = ActionClient(self.other, PerformSet, 'perform_set')

    def close(self):
        self.action.destroy()
        super().close()

    def counter(self, **given):
        counter = self.add(CounterNode, parameters=given)
        self.until(lambda: self.poses.get_subscription_count() == 1 and all(
            self.other.count_publishers(f'/trainer/{t}') for t in ('set_state', 'movements')))
        self.until(self.action.server_is_ready)
        return counter

    def feed(self, track, later=0):
        """Send a track and wait until each image was counted; later: s on its stamps."""
        for people in track:
            before = len(self.heard['set_state'])
            header = Header(frame_id='camera', stamp=to_stamp(people.stamp + later * 10**9))
            self.poses.publish(people_to_message(people, header))
            self.until(lambda n=before: len(self.heard['set_state']) > n)
        return self.heard['set_state'][-1]

    def goal(self, **given):
        """An accepted goal; its feedback is heard as `feedback`."""
        future = self.action.send_goal_async(
            PerformSet.Goal(**given), lambda m: self.heard['feedback'].append(m.feedback))
        self.until(future.done)
        assert future.result().accepted
        return future.result()

    def result(self, handle):
        future = handle.get_result_async()
        self.until(future.done)
        return future.result().status, future.result().result



def test_every_image_has_its_state_and_every_movement_its_message(stage):
    stage.counter(exercise='squat')
    track = athlete(SQUATS)
    last = stage.feed(track)
    states = stage.heard['set_state']
    assert [s.header.stamp for s in states] == [to_stamp(p.stamp) for p in track]
    assert {s.header.frame_id for s in states} == {'camera'}
    assert (last.exercise, last.method, last.reps, last.track_id) == (
        'squat', 'default', 3, 'p0000')
    assert list(last.joints) == ['left_hip', 'right_hip', 'left_knee', 'right_knee']
    assert {s.square_wave for s in states} == {0, 1}
    assert all((s.mse < s.threshold) == s.square_wave for s in states if s.initial_angles[0] > 0)
    assert {s.state for s in states} == {SetState.SETTLING, SetState.ARMED, SetState.ACTIVE}
    stage.until(lambda: len(stage.heard['movements']) == 3)
    movements = stage.heard['movements']
    assert [(m.verdict, m.count, m.exercise) for m in movements] == [
        (Movement.REP, i, 'squat') for i in (1, 2, 3)]
    assert all(0.8 < m.range < 2.5 and m.seconds_out > 0.3 for m in movements)


def test_a_goal_is_performed(stage):
    stage.counter()
    handle = stage.goal(exercise='squat', target_reps=2)
    stage.feed(athlete(SQUATS))
    status, result = stage.result(handle)
    assert status == GoalStatus.STATUS_SUCCEEDED
    assert (result.outcome, result.reps) == (PerformSet.Result.COMPLETED, 2)
    assert {f.state.reps for f in stage.heard['feedback']} == {0, 1, 2}
    assert stage.heard['set_state'][-1].state == SetState.FINISHED


def test_a_goal_is_canceled(stage, state_dir):
    stage.counter()
    handle = stage.goal(exercise='squat')
    stage.feed(athlete(SQUATS))
    canceled = handle.cancel_goal_async()
    stage.until(canceled.done)
    status, result = stage.result(handle)
    assert status == GoalStatus.STATUS_CANCELED
    assert (result.outcome, result.reps) == (PerformSet.Result.STOPPED, 3)
    assert not list(state_dir.glob('*'))


def test_a_new_goal_replaces_the_open_one(stage):
    stage.counter()
    first = stage.goal(exercise='squat')
    stage.feed(athlete(SQUATS))
    second = stage.goal(exercise='lunge')
    status, result = stage.result(first)
    assert status == GoalStatus.STATUS_ABORTED
    assert (result.outcome, result.reps) == (PerformSet.Result.REPLACED, 3)
    state = stage.feed(athlete(SQUATS)[:5], later=60)
    assert (state.exercise, state.reps) == ('lunge', 0)
    assert second.status in (GoalStatus.STATUS_ACCEPTED, GoalStatus.STATUS_EXECUTING)


def test_the_same_goal_again_goes_on_with_the_count(stage):
    stage.counter()
    first = stage.goal(exercise='squat', target_reps=5)
    stage.feed(athlete(SQUATS))
    second = stage.goal(exercise='squat', target_reps=5)
    assert stage.result(first)[1].outcome == PerformSet.Result.REPLACED
    stage.feed(athlete(SQUATS), later=60)
    assert stage.result(second)[1].reps == 5


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'exercise': 'sqat'}, "there is no exercise 'sqat'; is it squat?"),
    ({'exercise': ''}, "there is no exercise ''; there are biceps_curl"),
    ({'exercise': 'squat', 'method': 'guess'}, "there is no method 'guess'"),
])
def test_a_goal_that_makes_no_sense_is_answered(stage, given, sentence):
    stage.counter()
    status, result = stage.result(stage.goal(**given))
    assert status == GoalStatus.STATUS_ABORTED
    assert result.outcome == PerformSet.Result.INVALID
    assert result.message.startswith(sentence)


def test_an_invalid_goal_leaves_the_running_set_alone(stage):
    stage.counter(exercise='squat')
    stage.feed(athlete(SQUATS))
    stage.result(stage.goal(exercise='sqat'))
    assert stage.feed(athlete('{stand: 1}')[:3], later=60).reps == 3


@pytest.mark.parametrize(('seconds', 'reps'), [(3, 3), (60, 0)], ids=['a moment', 'too long'])
def test_the_count_of_a_counter_that_was_killed_is_taken_up(stage, state_dir, seconds, reps):
    squat = {'asked': 'squat', 'for': '', 'exercise': 'squat', 'method': 'default', 'reps': 3,
             'reps_left': 0, 'reps_right': 0, 'hold_seconds': 0.0, 'track_id': 'p0000'}
    left = {'pid': -1, 'time': time.time() - seconds, 'sets': [squat]}
    state_dir.mkdir()
    (state_dir / f'sets_{DOMAIN}_trainer.json').write_text(json.dumps(left))
    stage.counter()
    stage.goal(exercise='squat')
    assert stage.feed(athlete(SQUATS)[:3]).reps == reps


def test_the_open_set_is_kept_while_it_runs(stage, state_dir):
    stage.counter(exercise='squat')
    stage.feed(athlete(SQUATS))
    kept = json.loads((state_dir / f'sets_{DOMAIN}_trainer.json').read_text())
    assert kept['pid'] == os.getpid()
    assert [(one['exercise'], one['reps']) for one in kept['sets']] == [('squat', 3)]


@pytest.mark.parametrize('text', [
    '', '{}', '[1]', '{"time": "now", "pid": 1}', '{"time": 1, "pid": 1, "sets": [1]}'])
def test_a_broken_memory_is_no_memory(tmp_path, text):
    (tmp_path / 'sets.json').write_text(text)
    assert Memory(tmp_path / 'sets.json').left_behind('squat', 'default') is None


def test_reset_enable_and_correct(stage):
    stage.counter(exercise='squat')
    track = athlete(SQUATS)
    stage.feed(track)
    answer = stage.call(CorrectCount, 'correct_count', reps=7)
    assert (answer.success, answer.counted) == (True, 3)
    assert stage.feed(track[:3], later=60).reps == 7
    for given, sentence in (
            ({'reps': -1}, 'reps is -1; give 0 or more'),
            ({'reps': 1, 'track_id': 'p0009'}, 'nobody called p0009 is counted; trainees are')):
        answer = stage.call(CorrectCount, 'correct_count', **given)
        assert not answer.success
        assert sentence in answer.message
    assert stage.call(Trigger, 'counter/reset').success
    assert stage.feed(track[:3], later=90).reps == 0
    assert stage.call(SetBool, 'counter/enable', data=False).success
    before = len(stage.heard['set_state'])
    stage.poses.publish(people_to_message(track[0], Header()))
    stage.said('switched off', DiagnosticStatus.STALE)
    assert len(stage.heard['set_state']) == before
    stage.call(SetBool, 'counter/enable', data=True)
    assert stage.feed(track[:3], later=120).reps == 0


PAIR = ('  - name: ben\n    at: [0, 1.1]\n    segments: '
        '[{stand: 1.5}, {biceps_curl: {reps: 4}}, {stand: 2}]')


def test_two_trainees_side_by_side(stage):
    stage.counter()
    ana = stage.goal(exercise='squat', target_reps=2, track_id='p0000')
    ben = stage.goal(exercise='biceps_curl', target_reps=3, track_id='p0001')
    stage.feed(athlete(SQUATS, camera(0, 4.2), others=PAIR))
    assert [stage.result(goal)[1].reps for goal in (ana, ben)] == [2, 3]
    stage.until(lambda: len(stage.heard['movements']) == 5)
    counts = defaultdict(list)
    for m in stage.heard['movements']:
        counts[m.track_id, m.exercise].append(m.count)
    assert counts == {('p0000', 'squat'): [1, 2], ('p0001', 'biceps_curl'): [1, 2, 3]}
    assert {(s.track_id, s.exercise) for s in stage.heard['set_state']} == set(counts)


def test_who_comes_back_by_name_goes_on(stage):
    stage.counter(exercise='squat')
    identities = stage.other.create_publisher(IdentityArray, 'identities', 10)
    stage.until(identities.get_subscription_count)
    track = athlete('{stand: 2}, {squat: 4}, {stand: 1}', camera(0, 4.2), others=PAIR)
    identities.publish(IdentityArray(identities=[
        Identity(track_id=track_id, state=Identity.KNOWN, person_id=person_id)
        for track_id, person_id in (('p0000', 'ana'), ('p0001', 'ben'), ('p0009', 'ana'))]))
    stage.feed(track[:30])
    last = stage.feed([replace(p, people=[
        replace(q, id='p0009' if q.id == 'p0000' else q.id) for q in p.people])
        for p in track[30:]])
    assert (last.track_id, last.reps) == ('p0009', 4)


def test_points_of_a_detector_are_joined_with_their_image(stage):
    stage.counter(
        exercise='barbell_squat', exercise_dirs=[str(exercises.FOLDER / 'examples')])
    points = stage.other.create_publisher(NamedPointArray, 'points', 10)
    stage.until(points.get_subscription_count)
    track = athlete(SQUATS)
    crooked = count('squat', track).movements[0].end
    for people in track:
        left, right = (people.people[0].keypoints[INDEX[f'{side}_shoulder']] for side in SIDES)
        points.publish(NamedPointArray(header=Header(stamp=to_stamp(people.stamp)), points=[
            NamedPoint(name=name, x=x / 640, y=y / 480 - dy, confidence=0.9) for name, x, y, dy in (
                ('bar_left', left[0], left[1], 0.1 * (people.stamp > crooked)),
                ('bar_right', right[0], left[1], 0.0))]))
        stage.feed([people])
    stage.until(lambda: len(stage.heard['movements']) == 3)
    assert [(m.verdict, m.reason) for m in stage.heard['movements']] == [
        (Movement.REP, ''), *[(Movement.NOT_IN_SET, 'the bar is not level')] * 2]


def test_what_a_human_trainer_changes_is_shown_at_once(stage):
    stage.counter()
    goal = stage.goal(exercise='squat', target_reps=9)
    track = athlete(SQUATS)
    assert stage.feed(track).reps == 3
    shown = len(stage.heard['set_state'])

    def newest():
        nonlocal shown
        shown += 1
        stage.until(lambda: len(stage.heard['set_state']) == shown)
        return stage.heard['set_state'][-1]

    answer = stage.call(JudgeMovement, 'judge_movement', accept=False)
    assert (answer.success, answer.reps, newest().reps) == (True, 2, 2)
    answer = stage.call(CorrectCount, 'correct_count', reps=6, track_id='p0000')
    assert (answer.counted, newest().reps) == (2, 6)
    assert stage.heard['set_state'][-1].header.stamp == to_stamp(track[-1].stamp)
    answer = stage.call(AdjustSet, 'adjust_set', target_reps=8, target_seconds=-1.0, rest=-1.0)
    assert (answer.success, answer.message) == (True, 'target_reps 9 becomes 8')
    assert (newest().target_reps, stage.heard['set_state'][-1].state) == (8, SetState.ARMED)
    handed_on = []  # to whoever times the rests and keeps the history
    for service, name, told in (
            (AdjustSet, 'adjust_set', lambda q: q.rest),
            (CorrectCount, 'correct_count', lambda q: q.reps),
            (JudgeMovement, 'judge_movement', lambda q: q.accept)):
        stage.other.create_service(
            service, f'dialogue/{name}',
            lambda q, a, told=told: handed_on.append((q.track_id, told(q))) or a)
    for client in stage.nodes[0]._human._dialogue.values():
        stage.until(client.service_is_ready)
    stage.call(AdjustSet, 'adjust_set', target_reps=-1, target_seconds=-1.0, rest=45.0)
    assert newest().target_reps == 8
    stage.until(lambda: handed_on == [('', 45.0)])
    stage.call(CorrectCount, 'correct_count', reps=5, track_id='p0000')
    assert newest().reps == 5
    stage.until(lambda: handed_on[1:] == [('p0000', 5)])
    stage.call(JudgeMovement, 'judge_movement', accept=True)
    assert newest().reps == 6
    stage.until(lambda: sorted(handed_on[2:]) == [('', True), ('', 6)])
    assert not stage.call(CorrectCount, 'correct_count', reps=-1).success
    stage.call(AdjustSet, 'adjust_set', target_reps=5, target_seconds=-1.0, rest=-1.0)
    assert newest().state == SetState.FINISHED
    assert len(handed_on) == 4
    result = stage.result(goal)[1]
    assert (result.outcome, result.reps) == (PerformSet.Result.COMPLETED, 6)
    answer = stage.call(JudgeMovement, 'judge_movement', track_id='p0003', accept=True)
    assert not answer.success
    assert answer.message.startswith('nobody called p0003 is counted')


def test_who_stays_away_ends_the_set(stage):
    stage.counter(leave_after=5.0)
    goal = stage.goal(exercise='squat', target_reps=9)
    track = athlete(SQUATS)
    stage.feed(track)
    stage.feed([replace(track[-1], people=[], stamp=track[-1].stamp + 6 * SECOND)])
    result = stage.result(goal)[1]
    assert (result.outcome, result.reps) == (PerformSet.Result.LEFT, 3)
    assert result.message == 'out of view for 5 s'


def test_both_counts_of_a_counter_that_was_killed_are_taken_up(stage, state_dir):
    one = {'asked': 'squat', 'exercise': 'squat', 'method': 'default', 'reps_left': 0,
           'reps_right': 0, 'hold_seconds': 0.0}
    left = {'pid': -1, 'time': time.time() - 1, 'sets': [
        {**one, 'for': 'p0000', 'reps': 3, 'track_id': 'p0000'},
        {**one, 'for': 'p0001', 'reps': 5, 'track_id': 'p0001'}]}
    state_dir.mkdir()
    (state_dir / f'sets_{DOMAIN}_trainer.json').write_text(json.dumps(left))
    stage.counter()
    stage.goal(exercise='squat', track_id='p0001')
    stage.feed(athlete(SQUATS)[:2])
    stage.goal(exercise='squat', track_id='p0000')
    stage.feed(athlete(SQUATS)[2:4])
    assert sorted(s.reps for s in stage.heard['set_state'][-2:]) == [3, 5]


def test_the_memory_is_that_of_one_namespace_in_one_domain():
    assert [place('/x', space, domain).name for space, domain in (
        ('/trainer', 0), ('/trainer', 7), ('/gym/left', 0), ('/', 0))] == [
        'sets_0_trainer.json', 'sets_7_trainer.json', 'sets_0_gym_left.json', 'sets_0_root.json']


def test_there_is_nothing_to_correct_without_a_set(stage):
    stage.counter()
    answer = stage.call(CorrectCount, 'correct_count', reps=1)
    assert not answer.success
    assert answer.message.startswith('no set is open')


def test_a_wrong_exercise_in_the_parameter_is_an_error_that_can_be_cured(stage):
    node = stage.counter(exercise='sqat')
    stage.said("there is no exercise 'sqat'; is it squat?", DiagnosticStatus.ERROR)
    node.set_parameters([Parameter('exercise', value='squat')])
    assert stage.feed(athlete(SQUATS)[:3]).exercise == 'squat'


def test_no_poses_are_a_warning(stage):
    stage.counter(exercise='squat')
    stage.said('no poses for 5 s on /trainer/poses (1 publishers)', DiagnosticStatus.WARN)


def test_an_image_without_anybody_and_one_without_size(stage):
    stage.counter(exercise='squat')
    nobody = replace(athlete(SQUATS)[0], people=[])
    stage.poses.publish(people_to_message(replace(nobody, width=0, height=0), Header()))
    state = stage.feed([nobody])
    assert (state.state, state.track_id) == (SetState.NOBODY, '')
    assert len(stage.heard['set_state']) == 1


def test_ctrl_c_ends_the_process_quietly(tmp_path):
    process = subprocess.Popen(
        [sys.executable, '-m', 'trainer_counter.reps.counter_node', '--ros-args', '-p',
         'exercise:=squat', '--log-level', 'debug'],
        env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN), 'PYTHONUNBUFFERED': '1'},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            if 'counter' in line:
                break
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=LIMIT)[0]
        assert process.returncode == 0
        assert 'Traceback' not in rest
    finally:
        process.kill()
        process.wait()


def test_readme_has_the_parameters():
    readme = Path(__file__).parents[1] / 'README.md'
    assert table(CounterParams) in readme.read_text()
