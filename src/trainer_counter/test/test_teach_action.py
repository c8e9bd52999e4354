"""The action teach_exercise of the counter, on real rclpy."""

from dataclasses import replace

import pytest
from action_msgs.msg import GoalStatus
from athletes import athlete, camera
from rclpy.action import ActionClient
from test_counter_node import Gym

from trainer_counter.exercises import own_folder
from trainer_msgs.action import PerformSet, TeachExercise

RAISES = '{stand: 2}, {front_raise: {reps: 3}}, {stand: 2}'


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path / 'data'))
    stage = Teaching()
    yield stage
    stage.close()


class Teaching(Gym):
    """A counter that counts squats meanwhile, so that every image has its answer."""

    def __init__(self):
        super().__init__()
        self.teach = ActionClient(self.other, TeachExercise, 'teach_exercise')
        self.counter(exercise='squat')
        self.until(self.teach.server_is_ready)

    def close(self):
        self.teach.destroy()
        super().close()

    def lesson(self, **given):
        """An accepted goal; its feedback is heard as `lesson`."""
        future = self.teach.send_goal_async(
            TeachExercise.Goal(**given), lambda m: self.heard['lesson'].append(m.feedback))
        self.until(future.done)
        assert future.result().accepted
        return future.result()


def raises(**given):
    return athlete(RAISES, camera(60), fps=15, **given)


def test_what_was_shown_can_be_trained_at_once(stage):
    handle = stage.lesson(name='side_raise', spoken_name='side raise', repetitions=3)
    stage.feed(raises())
    status, result = stage.result(handle)
    assert (status, result.success) == (GoalStatus.STATUS_SUCCEEDED, True)
    assert result.file == str(own_folder() / 'side_raise.yaml')
    assert result.message.startswith('learned side_raise from 3 repetitions')
    stage.until(lambda: stage.heard['lesson'][-1].seen == 3)
    assert [f.seen for f in stage.heard['lesson']] == [0, 1, 2, 3]
    performed = stage.goal(exercise='side_raise', target_reps=3)
    stage.feed(raises(seed=5), later=100)
    assert stage.result(performed)[1].outcome == PerformSet.Result.COMPLETED
    status, result = stage.result(stage.lesson(name='side_raise'))
    assert status == GoalStatus.STATUS_ABORTED and not result.success
    assert 'there is an exercise side_raise already' in result.message


@pytest.mark.parametrize(('given', 'sentence'), [
    ({'name': 'squat'}, 'there is an exercise squat already'),
    ({'name': 'Side raise'}, 'is no name for an exercise'),
    ({'name': 'side_raise', 'repetitions': 40}, 'repetitions is 40; show 2 or 3'),
])
def test_what_cannot_be_taught_is_refused(stage, given, sentence):
    status, result = stage.result(stage.lesson(**given))
    assert status == GoalStatus.STATUS_ABORTED
    assert not result.success and sentence in result.message and result.file == ''


def test_a_lesson_of_nobody_in_particular_ends(stage):
    handle = stage.lesson(name='side_raise')
    stage.feed([
        replace(p, people=[*p.people, replace(p.people[0], id='p0007')]) for p in raises()[:40]])
    status, result = stage.result(handle)
    assert status == GoalStatus.STATUS_ABORTED
    assert '2 people are in view' in result.message and 'track_id' in result.message


def test_a_lesson_is_replaced_and_stopped(stage):
    first = stage.lesson(name='side_raise')
    second = stage.lesson(name='other_raise')
    assert stage.result(first)[1].message == 'another lesson was begun'
    future = second.cancel_goal_async()
    stage.until(future.done)
    status, result = stage.result(second)
    assert (status, result.message) == (GoalStatus.STATUS_CANCELED, 'the lesson was stopped')
    assert not own_folder().exists()
