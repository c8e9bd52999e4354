"""The counter on ROS: people in, the states of the sets and finished movements out."""

from dataclasses import dataclass

import platformdirs
from rclpy.node import Node
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_core.ros.convert import people_from_message, stamp_ns
from trainer_core.ros.diagnostics import ERROR, OK, STALE, WARN, Diagnostics, Meter, Report
from trainer_core.ros.params import declare, param
from trainer_core.ros.qos import EVERY_ONE
from trainer_core.ros.run import run
from trainer_counter import convert
from trainer_counter.reps.auto import AutoSet
from trainer_counter.reps.memory import Memory, place
from trainer_counter.reps.opening import open_set
from trainer_counter.reps.points import Joining
from trainer_counter.reps.ros.goals import RESULT, Goals
from trainer_counter.reps.ros.human_trainer import HumanTrainer
from trainer_counter.reps.ros.lessons import Lessons
from trainer_counter.reps.set import METHODS, Set
from trainer_counter.reps.sets import Asked, Open, Sets
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import IdentityArray, Movement, NamedPointArray, PersonArray, SetState


@dataclass(frozen=True)
class CounterParams:
    """Parameters of the counter node; what is changed holds from the next set on."""

    exercise: str = param('', 'Exercise to count without being asked; empty: wait for a goal')
    method: str = param('default', 'How repetitions are counted', choices=METHODS)
    exercise_dirs: list = param([''], 'Folders with more exercise files; a later one wins')
    min_confidence: float = param(
        0.3, 'Keypoints below this confidence are not used', 0.0, 1.0)
    leave_after: float = param(
        120.0, 'Seconds out of view after which a set ends; 0: never', 0.0, 3600.0)


class CounterNode(Node):
    """Holds the open sets and answers those who wait for them."""

    def __init__(self, **kwargs):
        super().__init__('counter', **kwargs)
        self.params = declare(self, CounterParams, self._on_params)
        self._memory = Memory(place(
            platformdirs.user_state_dir('trainer', False), self.get_namespace(),
            self.context.get_domain_id()))
        self._sets, self._header = Sets(), Header()
        self._joining: Joining[Header] = Joining()
        self._enabled, self._fault, self._meter, self._began = True, '', Meter(), ''
        self._states = self.create_publisher(SetState, 'set_state', EVERY_ONE)
        self._movements = self.create_publisher(Movement, 'movements', EVERY_ONE)
        self.create_subscription(PersonArray, 'poses', self._on_poses, EVERY_ONE)
        self.create_subscription(NamedPointArray, 'points', self._on_points, 10)
        self.create_subscription(
            IdentityArray, 'identities', lambda m: self._sets.know(convert.known(m)), 10)
        self._goals = Goals(self, self._open, self._keep)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._human = HumanTrainer(self, self._sets, self._changed)
        self._lessons = Lessons(self, lambda: self.params.exercise_dirs)
        self._diagnostics = Diagnostics(self, {'counting': self._report})
        self._on_params(self.params)

    def destroy_node(self) -> None:
        self._memory.forget()  # ended in order: nothing to go on with
        self._goals.destroy()
        self._lessons.destroy()
        super().destroy_node()

    def _on_params(self, params: CounterParams) -> None:
        self.params = params
        if params.exercise == self._began or self._goals:
            return
        self._began = params.exercise
        if params.exercise:
            try:
                self._open(PerformSet.Goal(exercise=params.exercise))
            except UserError as error:
                self._began = ''
                self._fault = str(error)
                self.get_logger().error(self._fault)

    def _make(self, asked: Asked) -> Set | AutoSet:
        return open_set(
            asked.exercise, asked.method, self.params.exercise_dirs,
            target_reps=asked.target_reps, target_seconds=asked.target_seconds,
            track_id=asked.track_id, min_confidence=self.params.min_confidence)

    def _open(self, goal: PerformSet.Goal) -> Open:
        """Begin a set, or go on with the same one; raises UserError."""
        asked = convert.asked(goal, self.params.method)
        new = self._make(asked)
        self._fault = ''
        again = self._sets.again(asked)
        if again is not None:
            # A dialogue that was restarted asks again for what it had asked for.
            self.get_logger().info(f'going on with {asked.exercise} at {again.set.reps}')
            self._goals.end(again, RESULT.REPLACED, 'another set was begun')
            return again
        opened, replaced = self._sets.open(asked, new)
        for old in replaced:
            self._goals.end(old, RESULT.REPLACED, 'another set was begun')
        left = self._memory.left_behind(asked.exercise, asked.method, asked.track_id)
        if left is not None:
            opened.resume(left)
            self.get_logger().warning(
                f'the counter before this one ended in mid-set: going on with {asked.exercise} '
                f'at {new.reps}')
        return opened

    def _on_poses(self, message: PersonArray) -> None:
        self._meter.tick()
        counting = self._enabled and len(self._sets)
        if not message.image_width or not (counting or self._lessons.open):
            return
        people = people_from_message(message)
        self._lessons.update(people)
        if counting:
            self._count(self._joining.people(people, message.header, self._sets.use_points))

    def _on_points(self, message: NamedPointArray) -> None:
        self._count(self._joining.points(stamp_ns(message.header.stamp), convert.points(message)))

    def _count(self, images: list[tuple[People, Header]]) -> None:
        for people, self._header in images:
            for opened, _, movements in self._sets.update(people):
                for movement in movements:
                    self._movements.publish(convert.movement_to_message(
                        movement, opened.set.exercise.name, self._header))
                self._show(opened)
                limit = self.params.leave_after
                if 0 < limit < opened.away(people.stamp) and opened in self._goals:
                    opened.set.stop()
                    self._goals.end(opened, RESULT.LEFT, f'out of view for {limit:g} s')
        if images:
            self._keep()

    def _show(self, opened: Open) -> None:
        """Publish where the set is, with the image it was last judged by."""
        if opened.now is None:
            return
        shown = convert.state_to_message(opened.now, opened.set, self._header)
        self._states.publish(shown)
        self._goals.tell(opened, shown)
        if opened.set.finished:
            self._goals.end(opened, RESULT.COMPLETED, 'target reached')

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        response.success, response.message = True, 'counting' if request.data else 'not counting'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        self._sets.begin_again(self._make)
        response.success, response.message = True, 'the count is 0'
        return response

    def _keep(self) -> None:
        self._memory.keep(self._sets.snapshots())

    def _changed(self, opened: Open) -> None:
        """A human has changed the set: show and keep it at once."""
        self._show(opened)
        self._keep()

    def _report(self) -> Report:
        topic = self.resolve_topic_name('poses')
        values = {
            **self._meter.values(), 'last error': self._fault, 'sets': len(self._sets)}
        for i, opened in enumerate(self._sets):
            prefix = f'set {i + 1} ' if len(self._sets) > 1 else ''
            values |= {prefix + k: v for k, v in opened.set.snapshot().items()}
        if self._fault:
            return ERROR, self._fault, values
        if not self._enabled:
            return STALE, 'switched off; call the service enable', values
        if self._meter.age() > 5.0:
            there = self.count_publishers(topic)
            return WARN, f'no poses for 5 s on {topic} ({there} publishers)', values
        return OK, 'counting' if len(self._sets) else 'waiting for a set', values


def main(args=None) -> None:
    run(CounterNode, args)


if __name__ == '__main__':
    main()
