"""The form node on real rclpy, fed with what the pose and counter nodes would send."""

from pathlib import Path
from time import monotonic

import numpy as np
import pytest
import rclpy
from athletes import athlete, camera
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import Header

from trainer_core.ros.convert import people_from_message, people_to_message, to_stamp
from trainer_core.ros.params import table
from trainer_counter import convert, exercises
from trainer_counter.form.form_node import FormNode, FormParams
from trainer_counter.reps.set import Set
from trainer_msgs.msg import FormScore, Movement, PersonArray, SetState

LIMIT = 60.0  # s any wait may take
DOMAIN = 59
SQUATS = '{stand: 1.5}, {squat: {reps: 2, faults: [{part: left_knee, amount: 0.4, reps: [2]}]}}, ' \
    '{stand: 1}'


class Stage:
    """A form node, somebody who sends poses and counts, and an executor spun by waiting."""

    def __init__(self, **given):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=DOMAIN)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.other = Node('other', namespace='trainer', context=self.context)
        self.forms, self.ghosts, self.statuses = [], [], []
        self.other.create_subscription(FormScore, 'form', self.forms.append, 10)
        self.other.create_subscription(PersonArray, 'ghost', self.ghosts.append, 10)
        self.other.create_subscription(
            DiagnosticArray, '/diagnostics', lambda m: self.statuses.extend(m.status), 10)
        self.poses = self.other.create_publisher(PersonArray, 'poses', 10)
        self.states = self.other.create_publisher(SetState, 'set_state', 10)
        self.movements = self.other.create_publisher(Movement, 'movements', 10)
        self.node = FormNode(
            context=self.context, namespace='trainer',
            parameter_overrides=[Parameter(name, value=value) for name, value in given.items()])
        for node in (self.other, self.node):
            self.executor.add_node(node)
        self.until(lambda: all(p.get_subscription_count() == 1 for p in (
            self.poses, self.states, self.movements)) and self.other.count_publishers(
                '/trainer/form') and self.other.count_publishers('/trainer/ghost'))

    def until(self, condition):
        end = monotonic() + LIMIT
        while not condition():
            assert monotonic() < end, 'waited too long'
            self.executor.spin_once(timeout_sec=0.05)

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

    def said(self, level, text):
        self.until(lambda: any(
            s.name == 'trainer/form: form' and s.level == level and text in s.message
            for s in self.statuses))

    def close(self):
        for node in (self.node, self.other):
            node.destroy_node()
        self.executor.shutdown()
        rclpy.shutdown(context=self.context)


@pytest.fixture
def stage():
    stage = Stage()
    yield stage
    stage.close()


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
    stage.said(DiagnosticStatus.OK, 'judging')


def test_an_exercise_without_baseline_is_said_and_nothing_else_happens(tmp_path):
    text = (Path(exercises.__file__).parent / 'squat.yaml').read_text()
    (tmp_path / 'my_squat.yaml').write_text(text.replace('name: squat', 'name: my_squat'))
    stage = Stage(exercise_dirs=[str(tmp_path)])
    try:
        the_set = Set(exercises.load('my_squat', [tmp_path]))
        for people in athlete(SQUATS, camera(40))[:20]:
            stage.feed(people, the_set)
        stage.said(DiagnosticStatus.WARN, 'no baseline of my_squat')
    finally:
        stage.close()


def test_readme_has_the_parameters():
    readme = Path(__file__).resolve().parents[1] / 'README.md'
    assert table(FormParams) in readme.read_text()
