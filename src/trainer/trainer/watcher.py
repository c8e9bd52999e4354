"""Watches a running graph: is every node up, what was counted and said, has all been judged."""

from collections.abc import Callable, Iterable
from threading import Condition
from time import monotonic
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.node import Node as RosNode
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo
from std_srvs.srv import SetBool

from trainer import summary
from trainer.nodes import Node
from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns
from trainer_core.ros.qos import EVERY_ONE
from trainer_msgs.msg import FormScore, Movement, PersonArray, Say, Session, SetState, SpeechStatus

ENDED = 'the source has ended'  # as the camera puts it on /diagnostics
BEGUN_WITHIN = 3.0  # s for the mouth to begin with something, which it may never have heard
SPOKEN_WITHIN = 15.0  # s for the longest thing to be spoken
ASK_EVERY = 0.2  # s between questions to nodes that are not up yet


class Watcher(RosNode):
    """Everything the runner wants to know; callbacks run in its executor, waits in any thread."""

    def __init__(
        self, nodes: Iterable[Node], tell: Callable[[str], None], frames: str = 'camera_info',
        **kwargs,
    ):
        """tell: gets one line for people whenever something was counted or said.

        frames: the topic that says which images there were, camera_info or poses.
        """
        super().__init__('runner', **kwargs)
        self._nodes, self._tell = list(nodes), tell
        self._changed = Condition()
        self.first = self.last = self.judged = 0  # stamps of camera images, ns
        self.frames = 0
        self.set_state = SetState()
        self.session = Session()
        self.movements: list[Movement] = []
        self.forms: list[FormScore] = []
        self.said: list[str] = []
        self._unspoken: dict[str, float] = {}  # id of a Say: until when to wait for it
        self._last_word = 0.0
        self._active: set[str] = set()
        self._faults: dict[str, dict[str, str]] = {}  # by node and task
        self._page = ''  # where the mirror is
        self._wanted = self._ended = False  # the camera is to send; it has told all
        self._dialogue = False  # has been heard of
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        for kind, topic, on_message, qos in (
            (CameraInfo if frames == 'camera_info' else PersonArray, frames, self._on_image,
             EVERY_ONE),
            (SetState, 'set_state', self._on_set_state, EVERY_ONE),
            (Movement, 'movements', self._on_movement, EVERY_ONE),
            (FormScore, 'form', self.forms.append, EVERY_ONE),
            (Say, 'say', self._on_say, EVERY_ONE),
            (SpeechStatus, 'speech_status', self._on_speech, EVERY_ONE),
            (Session, 'session', self._on_session, latched),
            (DiagnosticArray, '/diagnostics', self._on_diagnostics, qos_profile_sensor_data),
        ):
            self.create_subscription(kind, topic, self._noting(on_message), qos)
        self._states = {
            node.name: self.create_client(GetState, f'{node.name}/get_state')
            for node in self._nodes if node.lifecycle}
        self._enable = self.create_client(SetBool, 'camera/enable')
        self._timer = self.create_timer(ASK_EVERY, self._noting(self._ask))

    def wait_for(self, condition: Callable[[], Any], timeout: float) -> bool:
        """Wait until condition is true, at most timeout (s); it is asked after every message."""
        with self._changed:
            return bool(self._changed.wait_for(condition, timeout))

    def missing(self) -> dict[str, str]:
        """The nodes that are not up yet, each with the reason."""
        there = {
            name for name, space in self.get_node_names_and_namespaces()
            if space == self.get_namespace()}
        why = {}
        for node in self._nodes:
            if node.name not in there:
                why[node.name] = 'has not started'
            elif node.lifecycle and node.name not in self._active:
                why[node.name] = self.fault(node.name) or 'is not active yet'
        return why

    def fault(self, name: str) -> str:
        """What a node says is wrong with it; '' if nothing."""
        return next(iter(self._faults.get(name, {}).values()), '')

    def training(self) -> bool:
        """A set is open, or the dialogue waits for somebody to come."""
        return self.session.state == Session.TRAINING or (
            self._dialogue and not self.session.workout.items)

    def enable_camera(self) -> None:
        """Let the camera send, now and whenever it is active again after a restart."""
        self._wanted = True
        self._enable.call_async(SetBool.Request(data=True))

    def restarted(self, name: str) -> None:
        """A node has died: what was known of it is not true any more."""
        with self._changed:
            self._active.discard(name)

    def all_judged(self) -> bool:
        """The counter has judged the last image."""
        return self.judged >= self.last

    def all_spoken(self, quiet: float = 0.7) -> bool:
        """Everything that was to be said was said or dropped, quiet (s) ago."""
        now = monotonic()
        return now - self._last_word > quiet and all(
            until < now for until in self._unspoken.values())

    def document(self, source: str, method: str) -> dict[str, Any]:
        """The summary, with the keys of `summary`."""
        reps = [m for m in self.movements if m.verdict == Movement.REP]
        planned = [item.exercise for item in self.session.workout.items]
        return {
            'source': source,
            'exercise': self.set_state.exercise or ', '.join(planned),
            'method': self.set_state.method or method,
            'reps': len(reps),
            'reps_left': sum(m.side == Movement.LEFT for m in reps),
            'reps_right': sum(m.side == Movement.RIGHT for m in reps),
            'hold_seconds': summary.number(self.set_state.hold_seconds),
            'movements': [self._row(m) for m in self.movements],
            'forms': [summary.form(f) for f in self.forms],
            'frames': self.frames,
            'seconds': summary.number((self.last - self.first) / SECOND),
            'said': list(self.said),
        }

    def _row(self, m: Movement) -> dict[str, Any]:
        return summary.movement(
            m.verdict, m.reason, self._seconds(m.start), self._seconds(m.end), m.side, m.range,
            m.seconds_out, m.seconds_back, m.count)

    def _seconds(self, stamp: Any) -> float:
        return (stamp_ns(stamp) - self.first) / SECOND

    def _noting(self, callback: Callable) -> Callable:
        def called(*message: Any) -> None:
            with self._changed:
                callback(*message)
                self._changed.notify_all()
        return called

    def _on_image(self, message: CameraInfo | PersonArray) -> None:
        stamp = stamp_ns(message.header.stamp)
        if not self.frames or stamp < self.first:  # a bag that loops goes back in time
            self.first = stamp
        self.last, self.frames = stamp, self.frames + 1

    def _on_set_state(self, message: SetState) -> None:
        self.set_state, self.judged = message, stamp_ns(message.header.stamp)

    def _on_movement(self, message: Movement) -> None:
        self.movements.append(message)
        row = self._row(message)
        name = f'{row["count"]}' if row['verdict'] == 'rep' else f'- {row["verdict"]}'
        self._tell(f'{row["end"]:8.2f} s  {name}{": " if row["reason"] else ""}{row["reason"]}')

    def _on_say(self, message: Say) -> None:
        self._last_word = monotonic()
        self._unspoken[message.id] = self._last_word + BEGUN_WITHIN

    def _on_speech(self, message: SpeechStatus) -> None:
        self._last_word = monotonic()
        if message.state == SpeechStatus.STARTED:
            self._unspoken[message.id] = self._last_word + SPOKEN_WITHIN
            self.said.append(message.text)
            self._tell(f'            "{message.text}"')
        else:
            self._unspoken.pop(message.id, None)

    def _on_session(self, message: Session) -> None:
        self.session, self._dialogue = message, True

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        prefix = self.get_namespace().lstrip('/')
        for status in message.status:
            node, _, task = status.name.partition(':')
            node = node.strip().removeprefix(f'{prefix}/')
            if node == 'camera' and status.message == ENDED and not self._ended:
                self._ended = True
                self._tell(f'{ENDED}; Ctrl-C ends this session')
            if node == 'mirror':
                url = next((v.value for v in status.values if v.key == 'url'), '')
                if url and url != self._page:
                    self._page = url
                    self._tell(f'the mirror is at {url}')
            if status.level == DiagnosticStatus.ERROR:
                self._faults.setdefault(node, {})[task] = status.message
            else:
                self._faults.get(node, {}).pop(task, None)

    def _ask(self) -> None:
        for name, client in self._states.items():
            if name not in self._active and client.service_is_ready():
                client.call_async(GetState.Request()).add_done_callback(
                    lambda future, name=name: self._on_state(name, future))

    def _on_state(self, name: str, future: Any) -> None:
        if future.result().current_state.id == State.PRIMARY_STATE_ACTIVE:
            with self._changed:
                self._active.add(name)
                self._changed.notify_all()
            if name == 'camera' and self._wanted:
                self.enable_camera()
