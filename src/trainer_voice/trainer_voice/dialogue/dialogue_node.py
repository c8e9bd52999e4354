"""The dialogue on ROS: leads through a set with the counter's `perform_set`, says what matters."""

from collections.abc import Sequence
from dataclasses import dataclass

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Report
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import Movement, Say
from trainer_msgs.msg import Session as SessionMessage
from trainer_voice import convert
from trainer_voice.dialogue.events import Item, State
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.dialogue.session import Command, Session
from trainer_voice.dialogue.wording import Wording
from trainer_voice.ros.counter_link import CounterLink

_LOOK, _MOUTH_WAIT = 0.1, 3.0  # s


@dataclass(frozen=True)
class DialogueParams:
    """Parameters of the dialogue node; a changed one starts the session over."""

    exercise: str = param('', 'Exercise file to train, for instance squat; empty: stay idle')
    sets: int = param(1, 'How many sets', 1, 100)
    target_reps: int = param(0, 'Repetitions per set; 0: open end', 0, 10000)
    target_seconds: float = param(0.0, 'Seconds per set, for holds; 0: open end', 0.0, 86400.0)
    rest: float = param(0.0, 'Seconds of rest after each set', 0.0, 3600.0)
    language: str = param('en', 'Language of what is said, BCP 47: there must be phrases in it')
    seed: int = param(0, 'The same seed draws the same variants of sentences', 0, 99999)


class DialogueNode(Node):
    """Speaks for the session."""

    def __init__(self, **kwargs):
        super().__init__('dialogue', **kwargs)
        # First of all, since a wrong parameter, too, leads to destroy_node.
        self._link = CounterLink(
            self, on_up=self._on_up,
            on_down=lambda: self._do(self._session.counter_down(self._now())),
            on_accepted=lambda: self._do(self._session.accepted(self._now())),
            on_feedback=self._on_feedback, on_result=self._on_result)
        self.params = declare(self, DialogueParams, self._on_params)
        self._say = self.create_publisher(Say, 'say', 10)
        self._latched = self.create_publisher(
            SessionMessage, 'session',
            QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
        self._enabled = True
        self._session = self._new_session()
        self._shown: SessionMessage | None = None
        self.create_subscription(Movement, 'movements', self._on_movement, 10)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_timer(0.2, lambda: self._do(self._session.tick(self._now())))
        self._unheard = 0  # looks for a mouth since the counter has been there
        self._waiting = self.create_timer(
            _LOOK, self._on_up, clock=Clock(clock_type=ClockType.STEADY_TIME), autostart=False)
        self._diagnostics = Diagnostics(self, {'session': self._report})
        self._do([])

    def destroy_node(self) -> None:
        self._link.destroy()
        super().destroy_node()

    def _on_up(self) -> None:
        """The counter is there; a session that begins gives the mouth some seconds to be there."""
        # By what the mouth publishes: recorders and viewers listen to `say`, too.
        mouth = self.count_publishers('speech_status') and self._say.get_subscription_count()
        listened = mouth or self._unheard >= _MOUTH_WAIT / _LOOK
        if self._session.state != State.IDLE or listened:
            self._waiting.cancel()
            self._unheard = 0
            self._do(self._session.counter_up(self._now()))
        else:
            self._unheard += 1
            self._waiting.reset()

    def _new_session(self) -> Session:
        p = self.params
        plan = [Item(p.exercise, p.sets, p.target_reps, p.target_seconds, p.rest)]
        if not (p.exercise and self._enabled):
            plan = []
        words = Wording(p.language, p.seed)
        for item in plan:  # now, not when a set is waiting to be opened
            spoken_name(item.exercise, words.language)
        return Session(plan, words, lambda name: spoken_name(name, words.language))

    def _start_over(self) -> None:
        self._link.cancel()
        self._session = self._new_session()
        self._do([])
        if self._link.up:
            self._on_up()

    def _do(self, commands: Sequence[Command]) -> None:
        """Carry out what the session wants; publish where it is when that has changed."""
        for command in commands:
            if isinstance(command, Item):
                self._link.send(convert.item_to_goal(command))
            else:
                self._say.publish(convert.utterance_to_message(command))
        message = convert.session_to_message(self._session, 0)
        if message != self._shown:
            self._shown = message
            self._latched.publish(convert.session_to_message(self._session, self._now()))
            if self._session.fault:
                self.get_logger().error(self._session.fault)

    def _on_movement(self, message: Movement) -> None:
        self._do(self._session.moved(convert.movement_from_message(message)))

    def _on_feedback(self, feedback: PerformSet.Feedback) -> None:
        self._do(self._session.seen(convert.view_from_message(feedback.state)))

    def _on_result(self, result: PerformSet.Result) -> None:
        self._do(self._session.ended(convert.result_from_message(result), self._now()))

    def _on_params(self, params: DialogueParams) -> None:
        old, self.params = self.params, params
        try:
            self._start_over()
        except UserError as error:
            self.params = old
            self.get_logger().error(str(error))

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        self._start_over()
        response.success = True
        response.message = 'the session starts over' if request.data else 'idle'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        self._start_over()
        response.success, response.message = True, 'the session starts over'
        return response

    def _report(self) -> Report:
        session = self._session
        values: dict[str, object] = {
            'state': session.state.name.lower(), 'exercise': self.params.exercise,
            'set': session.set, 'counter': 'there' if self._link.up else 'not there'}
        if session.fault:
            return ERROR, session.fault, values
        if session.plan and not self._link.up:
            return WARN, f'no counter answers on {self._link.name}; is its node running?', values
        if not session.plan:
            return OK, 'idle: the parameter exercise is empty', values
        return OK, session.state.name.lower(), values

    def _now(self) -> int:
        return self.get_clock().now().nanoseconds


def main(args=None) -> None:
    run(DialogueNode, args)


if __name__ == '__main__':
    main()
