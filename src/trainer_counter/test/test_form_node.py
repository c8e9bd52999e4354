"""The form node on real rclpy, fed with what the pose and counter nodes would send."""

from pathlib import Path

import numpy as np
import pytest
from athletes import athlete, camera
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.parameter import Parameter
from std_msgs.msg import Header
from test_things import EXAMPLES, with_bar

from trainer_core.ros.convert import people_from_message, people_to_message, to_stamp
from trainer_core.ros.params import table
from trainer_core.ros.stage import Stage
from trainer_counter import convert, exercises
from trainer_counter.form.form_node import FormNode, FormParams
from trainer_counter.reps.set import Set
from trainer_msgs.msg import FormScore, Movement, NamedPoint, NamedPointArray, PersonArray, SetState

SQUATS = '{stand: 1.5}, {squat: {reps: 2, faults: [{part: left_knee, amount: 0.4, reps: [2]}]}}, ' \
    '{stand: 1}'


class Gym(Stage):
    """A form node, and somebody who sends poses and counts."""

    def __init__(self, **given):
        super().__init__()
        self.listen('form', FormScore)
        self.listen('ghost', PersonArray)
        self.forms, self.ghosts = self.heard['form'], self.heard['ghost']
        self.poses = self.other.create_publisher(PersonArray, 'poses', 10)
        self.states = self.other.create_publisher(SetState, 'set_state', 10)
        self.movements = self.other.create_publisher(Movement, 'movements', 10)
        node = self.add(FormNode, parameters=given)
        # Discovery is not the same on both sides.
        self.until(node._ghosts.get_subscription_count)
        self.until(node._forms.get_subscription_count)
        self.until(lambda: all(p.get_subscription_count() == 1 for p in (
            self.poses, self.states, self.movements)) and self.other.count_publishers(
                '/trainer/form') and self.other.count_publishers('/trainer/ghost'))

    def feed(self, people, the_set):
        """What the pose and counter nodes send for one image; waits for its ghost."""
        header = Header(frame_id='camera', stamp=to_stamp(people.stamp))
        state, movements = the_set.update(people)
        before = len(self.ghosts)
        self.states.publish(convert.state_to_message(state, the_set, header))
        self.poses.publish(people_to_message(people, header))
        for movement in movements:
            self.movements.publish(
                convert.movement_to_message(movement, the_set.exercise.name, header))
        self.until(lambda: len(self.ghosts) > before)



@pytest.fixture
def stage():
    stage = Gym()
    yield stage
    stage.close()


def test_a_bar_that_drifts_is_named(stage):
    stage.nodes[0].set_parameters([Parameter('exercise_dirs', value=EXAMPLES)])
    points = stage.other.create_publisher(NamedPointArray, 'points', 10)
    stage.until(points.get_subscription_count)
    the_set = Set(exercises.load('barbell_squat', EXAMPLES))
    track = athlete('{stand: 1.5}, {squat: 1}, {stand: 1}', camera(90), fps=15)
    for people in with_bar(track, 0.2, -1):
        points.publish(NamedPointArray(
            header=Header(stamp=to_stamp(people.stamp)),
            points=[NamedPoint(name=name, x=float(x) / 640, y=float(y) / 480, confidence=c)
                    for name, (x, y, c) in people.people[0].points.items()]))
        stage.feed(people, the_set)
    stage.until(lambda: len(stage.forms) == 1)
    hint = stage.forms[0].hints[0]
    assert (hint.part, hint.direction, hint.moment) == ('bar', 'back', 'bottom')
    assert hint.amount == pytest.approx(0.13, abs=0.03)  # of the body height


def test_every_repetition_gets_its_form_and_every_image_its_ghost(stage):
    the_set = Set(exercises.load('squat'))
    for people in athlete(SQUATS, camera(40)):
        stage.feed(people, the_set)
    stage.until(lambda: len(stage.forms) == 2)
    right, wrong = stage.forms
    assert (right.exercise, right.rep, wrong.rep) == ('squat', 1, 2)
    assert right.correct and not right.hints
    assert not wrong.correct
    assert (wrong.hints[0].part, wrong.hints[0].direction, wrong.hints[0].moment) == (
        'left_knee', 'bend', 'bottom')
    assert wrong.header.frame_id == 'camera' and wrong.track_id == the_set.track_id
    drawn = people_from_message(stage.ghosts[-1])
    assert [p.id for p in drawn.people] == [the_set.track_id]
    assert np.isfinite(drawn.people[0].keypoints).all()
    stage.said('judging', name='trainer/form: form')


def test_an_exercise_without_baseline_is_said_and_nothing_else_happens(tmp_path):
    text = (Path(exercises.__file__).parent / 'squat.yaml').read_text()
    (tmp_path / 'my_squat.yaml').write_text(text.replace('name: squat', 'name: my_squat'))
    stage = Gym(exercise_dirs=[str(tmp_path)])
    try:
        the_set = Set(exercises.load('my_squat', [tmp_path]))
        for people in athlete(SQUATS, camera(40))[:20]:
            stage.feed(people, the_set)
        stage.said('no baseline of my_squat', DiagnosticStatus.WARN)
    finally:
        stage.close()


def test_readme_has_the_parameters():
    readme = Path(__file__).resolve().parents[1] / 'README.md'
    assert table(FormParams) in readme.read_text()
