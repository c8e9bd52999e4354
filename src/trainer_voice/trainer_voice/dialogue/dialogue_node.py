"""The dialogue on ROS: greets, leads through a workout with the counter, says what matters."""

from collections.abc import Sequence
from dataclasses import dataclass

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.diagnostics import Diagnostics, Meter
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.msg import Say
from trainer_msgs.msg import Session as SessionMessage
from trainer_voice import convert
from trainer_voice.dialogue.archive import Archive
from trainer_voice.dialogue.events import Answer, CancelSet, ChangePace, Item, Request, State
from trainer_voice.dialogue.keeper import Keeper
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.dialogue.session import Command, Session
from trainer_voice.dialogue.wording import Wording
from trainer_voice.intents import Intents
from trainer_voice.mouth.queue import Utterance
from trainer_voice.ros.counter_link import CounterLink
from trainer_voice.ros.desk import Desk
from trainer_voice.ros.errands import Errands
from trainer_voice.ros.plan_services import PlanServices
from trainer_voice.ros.reports import history_report, session_report
from trainer_voice.ros.senses import Senses

_LOOK, _MOUTH_WAIT = 0.1, 3.0  # s


@dataclass(frozen=True)
class DialogueParams:
    """Parameters of the dialogue node; a changed one starts the session over."""

    exercise: str = param(
        '', 'Exercise file to train at once; empty: greet who comes, ask, take their workout')
    sets: int = param(1, 'How many sets of it', 1, 100)
    target_reps: int = param(0, 'Repetitions per set; 0: open end', 0, 10000)
    target_seconds: float = param(0.0, 'Seconds per set, for holds; 0: open end', 0.0, 86400.0)
    rest: float = param(0.0, 'Seconds of rest after each set', 0.0, 3600.0)
    count_in: int = param(3, 'Count in from this to the sets of a workout; 0: not', 0, 10)
    language: str = param('en', 'Language of what is said, BCP 47: there must be phrases in it')
    seed: int = param(0, 'The same seed draws the same variants of sentences', 0, 99999)
    exercise_dirs: list = param([''], 'Folders with more exercise files; a later one wins')
    workouts: str = param('', "YAML file of workouts by weekday; empty: the user's")
    database: str = param('', 'File of history, plans and people; empty: the default place')


class DialogueNode(Node):
    """Speaks for the session."""

    def __init__(self, **kwargs):
        super().__init__('dialogue', **kwargs)
        # First of all, since a wrong parameter, too, leads to destroy_node.
        self._link = CounterLink(
            self, on_up=self._on_up,
            on_down=lambda: self._do(self._session.counter_down(self._now())),
            on_accepted=lambda: self._do(self._session.accepted(self._now())),
            on_feedback=lambda feedback: self._do(
                self._session.seen(convert.view_from_message(feedback.state))),
            on_result=lambda result: self._do(
                self._session.ended(convert.result_from_message(result), self._now())))
        self._desk = Desk(self)
        self.params = declare(self, DialogueParams, self._on_params)
        self._say, self._said = self.create_publisher(Say, 'say', 10), Meter(60.0)
        self._latched = self.create_publisher(
            SessionMessage, 'session',
            QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
        self._enabled, self._unheard = True, 0  # looks for a mouth since the counter is there
        self._session = self._new_session()
        self._shown: SessionMessage | None = None
        self._errands = Errands(self, self._answered)
        self._senses = Senses(self, lambda: self._session, self._do, self._now)
        self._plans = PlanServices(self, self._desk, lambda: self._archive)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_timer(0.2, self._on_tick)
        self._waiting = self.create_timer(
            _LOOK, self._on_up, clock=Clock(clock_type=ClockType.STEADY_TIME), autostart=False)
        self._diagnostics = Diagnostics(self, {
            'session': lambda: session_report(self, self._session, self._link, self._said),
            'history': lambda: history_report(self._archive, self._keeper)})
        self._do([])

    def destroy_node(self) -> None:
        self._link.destroy()
        if hasattr(self, '_session'):  # not when a parameter was wrong
            self._session.close(self._now())
            self._desk.do(self._archive.close)
        if hasattr(self, '_desk'):
            self._desk.close()
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
        words = Wording(p.language, p.seed, dirs := tuple(d for d in p.exercise_dirs if d))
        for item in plan:  # now, not when a set is waiting to be opened
            spoken_name(item.exercise, words.language, dirs)
        intents = Intents(p.language)
        self._desk.do(lambda: intents.understand('?'))  # reads the exercise files
        self._archive = Archive(p.database, p.workouts, dirs, words.language)
        self._keeper = Keeper(self._archive, self._desk.do)
        return Session(
            plan, words, lambda name: spoken_name(name, words.language, dirs),
            understand=intents.understand, journal=self._keeper, count_in=p.count_in,
            converse=self._enabled and not p.exercise)

    def _start_over(self) -> None:
        self._link.cancel()
        self._session.close(self._now())
        old = self._archive
        self._session = self._new_session()
        self._desk.do(old.close)
        self._do([])
        if self._link.up:
            self._on_up()

    def _do(self, commands: Sequence[Command]) -> None:
        """Carry out what the session wants; publish where it is when that has changed."""
        for command in commands:
            if isinstance(command, Utterance):
                self._say.publish(convert.utterance_to_message(command))
                self._said.tick()
            elif isinstance(command, Item):
                # Alone, the counter finds the trainee again by itself.
                track = '' if self._session.alone else self._session.track_id
                self._link.send(convert.item_to_goal(command, track))
            elif isinstance(command, CancelSet):
                self._link.cancel()
            elif isinstance(command, ChangePace):
                self._errands.change_pace(command.pace)
            elif not self._errands.run(command, self._session.training.track_id):
                self._plans.look_up(command, self._keeper, self._answered)
        message = convert.session_to_message(self._session, 0)
        if message != self._shown:
            self._shown = message
            self._latched.publish(convert.session_to_message(self._session, self._now()))
            if self._session.fault:
                self.get_logger().error(self._session.fault)

    def _answered(self, request: Request, answer: Answer) -> None:
        if not answer.success and answer.message:
            self.get_logger().warning(answer.message)
        self._do(self._session.answered(request, answer, self._now()))

    def _on_tick(self) -> None:
        self._senses.look()
        self._do(self._session.tick(self._now()))

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
        response.success, response.message = True, (
            'the session starts over' if request.data else 'idle')
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        self._start_over()
        response.success, response.message = True, 'the session starts over'
        return response

    def _now(self) -> int:
        return self.get_clock().now().nanoseconds


def main(args=None) -> None:
    run(DialogueNode, args)


if __name__ == '__main__':
    main()
