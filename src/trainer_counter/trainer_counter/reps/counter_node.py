"""The counter on ROS: people in, the state of the set and finished movements out."""

import re
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from rclpy.task import Future
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.convert import people_from_message
from trainer_core.ros.diagnostics import ERROR, OK, STALE, WARN, Diagnostics, Meter, Report
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_counter import convert, exercises
from trainer_counter.reps.memory import Memory
from trainer_counter.reps.set import METHODS, Set
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import Movement, PersonArray, SetState
from trainer_msgs.srv import CorrectCount


@dataclass(frozen=True)
class CounterParams:
    """Parameters of the counter node; what is changed holds from the next set on."""

    exercise: str = param('', 'Exercise to count without being asked; empty: wait for a goal')
    method: str = param('default', 'How repetitions are counted', choices=METHODS)
    exercise_dirs: list = param([''], 'Folders with more exercise files; a later one wins')
    min_confidence: float = param(
        0.3, 'Keypoints below this confidence are not used', 0.0, 1.0)


class CounterNode(Node):
    """Holds one set at a time."""

    def __init__(self, **kwargs):
        super().__init__('counter', **kwargs)
        self.params = declare(self, CounterParams, self._on_params)
        space = re.sub(r'\W+', '_', self.get_namespace().strip('/')) or 'root'
        self._memory = Memory(
            Path(platformdirs.user_state_dir('trainer', False)) / f'set_{space}.json')
        self._set: Set | None = None
        self._goal: PerformSet.Goal | None = None
        self._handle: ServerGoalHandle | None = None
        self._ended: Future | None = None  # of the open goal: outcome and message
        self._enabled, self._fault, self._meter = True, '', Meter()
        self._states = self.create_publisher(SetState, 'set_state', 10)
        self._movements = self.create_publisher(Movement, 'movements', 10)
        self.create_subscription(PersonArray, 'poses', self._on_poses, 10)
        self._server = ActionServer(
            self, PerformSet, 'perform_set', self._perform,
            cancel_callback=self._on_cancel)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_service(CorrectCount, 'correct_count', self._on_correct)
        self._diagnostics = Diagnostics(self, {'counting': self._report})
        self._on_params(self.params)

    def destroy_node(self) -> None:
        self._memory.forget()  # ended in order: nothing to go on with
        self._server.destroy()
        super().destroy_node()

    def _on_params(self, params: CounterParams) -> None:
        changed = params.exercise != self.params.exercise or self._set is None
        self.params = params
        if params.exercise and changed and self._ended is None:
            try:
                self._open(PerformSet.Goal(exercise=params.exercise))
            except UserError as error:
                self._fault = str(error)
                self.get_logger().error(self._fault)

    def _open(self, goal: PerformSet.Goal) -> None:
        """Begin a set, or go on with the same one; raises UserError."""
        method = goal.method or self.params.method
        exercise = exercises.load(goal.exercise, self.params.exercise_dirs)
        new = Set(
            exercise, method, target_reps=goal.target_reps, target_seconds=goal.target_seconds,
            track_id=goal.track_id, min_confidence=self.params.min_confidence)
        old, self._fault = self._set, ''
        same = old is not None and self._goal == goal and not old.finished
        if same and old is not None:
            # A dialogue that was restarted asks again for what it had asked for.
            self.get_logger().info(f'going on with {exercise.name} at {old.reps}')
            return
        left = self._memory.left_behind(exercise.name, method)
        if left is not None and self._set is None:
            new.resume(left)
            self.get_logger().warning(
                f'the counter before this one ended in mid-set: going on with {exercise.name} '
                f'at {new.reps}')
        self._set, self._goal = new, goal

    async def _perform(self, handle: ServerGoalHandle) -> PerformSet.Result:
        goal = handle.request
        if self._ended is not None:
            self._end(PerformSet.Result.REPLACED, 'another set was begun')
        try:
            self._open(goal)
        except UserError as error:
            handle.abort()
            return convert.result(PerformSet.Result.INVALID, None, str(error))
        self._handle, self._ended = handle, Future()
        mine, ended = self._set, self._ended
        outcome, message = await ended
        if outcome == PerformSet.Result.COMPLETED:
            handle.succeed()
        elif handle.is_cancel_requested:
            handle.canceled()
        else:
            handle.abort()
        return convert.result(outcome, mine, message)

    def _end(self, outcome: int, message: str) -> None:
        """Close the open goal."""
        ended, self._ended, self._handle = self._ended, None, None
        if outcome != PerformSet.Result.REPLACED:
            self._memory.forget()
        if ended is not None:
            ended.set_result((outcome, message))

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        if handle is self._handle and self._set is not None:
            self._set.stop()
            self._end(PerformSet.Result.STOPPED, 'stopped')
        return CancelResponse.ACCEPT

    def _on_poses(self, message: PersonArray) -> None:
        self._meter.tick()
        if self._set is None or not self._enabled or message.image_width == 0:
            return
        state, movements = self._set.update(people_from_message(message))
        shown = convert.state_to_message(state, self._set, message.header)
        self._states.publish(shown)
        for movement in movements:
            self._movements.publish(
                convert.movement_to_message(movement, self._set.exercise.name, message.header))
        if self._handle is not None:
            self._handle.publish_feedback(PerformSet.Feedback(state=shown))
        if not self._set.finished:
            self._memory.keep(self._set.snapshot())
        elif self._ended is not None:
            self._end(PerformSet.Result.COMPLETED, 'target reached')

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        response.success, response.message = True, 'counting' if request.data else 'not counting'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        goal, self._set = self._goal, None
        self._memory.forget()
        if goal is not None:
            self._open(goal)
        response.success, response.message = True, 'the count is 0'
        return response

    def _on_correct(self, request: CorrectCount.Request, response: CorrectCount.Response):
        if self._set is None:
            response.message = 'no set is open; begin one with perform_set'
        elif request.reps < 0:
            response.message = f'reps is {request.reps}; give 0 or more'
        elif request.track_id and request.track_id != self._set.track_id:
            response.message = (
                f'nobody called {request.track_id} is counted; the trainee is '
                f'{self._set.track_id or "not in view"}')
        else:
            response.counted = self._set.correct(request.reps)
            response.success = True
            response.message = f'{response.counted} becomes {request.reps}'
            self.get_logger().info(f'count corrected: {response.message}')
        return response

    def _report(self) -> Report:
        topic = self.resolve_topic_name('poses')
        values = {
            'rate (1/s)': self._meter.rate(), 'last error': self._fault,
            **(self._set.snapshot() if self._set else {})}
        if self._fault:
            return ERROR, self._fault, values
        if not self._enabled:
            return STALE, 'switched off; call the service enable', values
        if self._meter.age() > 5.0:
            there = self.count_publishers(topic)
            return WARN, f'no poses for 5 s on {topic} ({there} publishers)', values
        return OK, 'counting' if self._set else 'waiting for a set', values


def main(args=None) -> None:
    run(CounterNode, args)


if __name__ == '__main__':
    main()
