"""The ears on ROS: sound in, `heard` out."""

import contextlib
from dataclasses import dataclass
from threading import Lock

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Meter, Report
from trainer_core.ros.lifecycle import ManagedNode
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.msg import Heard, Session, SpeechStatus
from trainer_voice.ears import convert, recognisers
from trainer_voice.ears.ears import Ears, Utterance
from trainer_voice.ears.recognisers import Context
from trainer_voice.ears.segments import Segments
from trainer_voice.intents import Intents

_LONGEST_SENTENCE = 20.0  # s; a mouth that died in mid-word does not deafen the ears for ever


@dataclass(frozen=True)
class EarsParams:
    """Parameters of the ears node."""

    microphone: str = param(
        '', 'A number or part of a name as ./trainer devices lists them; empty: the one the '
        'system has chosen; file:PATH or fast:PATH plays a WAV file, pipe:PATH reads a named pipe',
        read_only=True)
    recogniser: str = param(
        'auto', 'auto: phones, our own, and whisper for free speech where its model is there; '
        'google sends what is said to Google; text: do not listen', choices=recognisers.NAMES,
        read_only=True)
    whisper_model: str = param(
        '', 'Folder of a Whisper model for faster-whisper, or its name in the local cache; empty: '
        'the first that is there', read_only=True)
    language: str = param('en', 'Language that is spoken to it, BCP 47', read_only=True)
    confidence: float = param(
        0.5, 'How sure a command must be understood: more is stricter', 0.0, 1.0, read_only=True)
    silence: float = param(
        0.3, 'Silence that ends an utterance (s)', 0.1, 2.0, read_only=True)
    margin: float = param(
        8.0, 'How much louder than the room a voice is (dB)', 3.0, 30.0, read_only=True)
    half_duplex: bool = param(
        True, 'While the mouth speaks only stop and pause count; false for a headset')
    autostart: bool = param(
        True, 'Configure and activate at start; false: wait for ros2 lifecycle set',
        read_only=True)


class EarsNode(ManagedNode):
    """Owns the microphone."""

    _ears: Ears | None = None  # while it is configured and listens to something

    def __init__(self, **kwargs):
        super().__init__('ears', **kwargs)
        self.params = declare(self, EarsParams, self._on_params)
        self._enabled = True
        self._attended, self._spoken = Context(), ''  # id of what the mouth is saying
        self._heard = self._understood = 0
        self._delay, self._lock = Meter(300.0), Lock()
        self._last = ''
        self._publisher = self.create_publisher(Heard, 'heard', 10)
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(Session, 'session', self._on_session, latched)
        self.create_subscription(SpeechStatus, 'speech_status', self._on_speech, 10)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._diagnostics = Diagnostics(self, {'listening': self._report})
        self.autostart(self.params.autostart)

    def open(self) -> None:
        """Load the recogniser; raises UserError for one that was asked for and is not there.

        A microphone that is missing is no error: it may come, and there are other inputs.
        """
        p = self.params
        recogniser = recognisers.open_recogniser(
            p.recogniser, Intents(p.language), p.confidence, p.whisper_model)
        if recogniser is None:
            self.get_logger().info('listening to nothing: recogniser text')
            return
        self.get_logger().info(f'understanding with {recogniser.name}')
        self._ears = Ears(
            p.microphone, recogniser, Segments(p.silence, p.margin), self._on_utterance, self._now)
        self._ears.attend(self._attended)
        self.follow_activity()

    def close(self) -> None:
        """Let go of the microphone."""
        ears, self._ears = self._ears, None
        if ears is not None:
            ears.close()

    def follow_activity(self) -> None:
        if self._ears is not None:
            self._ears.enabled = self._enabled and self.active

    def _on_params(self, params: EarsParams) -> None:
        self.params = params

    def _on_session(self, message: Session) -> None:
        self._attended = convert.context_from_message(message)
        if self._ears is not None:
            self._ears.attend(self._attended)

    def _on_speech(self, message: SpeechStatus) -> None:
        if self._ears is None or not self.params.half_duplex:
            return
        if message.state == SpeechStatus.STARTED:
            self._spoken = message.id
            self._ears.speaks(message.text, _LONGEST_SENTENCE)
        elif message.id == self._spoken:  # not one that was dropped while another is spoken
            self._ears.speaks('', 0.0)

    def _on_utterance(self, utterance: Utterance) -> None:
        """Called from the thread of the ears."""
        with self._lock:
            self._heard += 1
            self._understood += utterance.recognised.intent != ''
            self._last = f'{utterance.recognised.text!r} {utterance.recognised.intent}'.strip()
            self._delay.tick(utterance.delay)
        self.get_logger().info(f'heard: {self._last}')
        # Ctrl-C ends the context before the node.
        with contextlib.suppress(rclpy_implementation.RCLError):
            self._publisher.publish(convert.heard_to_message(
                utterance.recognised, utterance.end, self.params.language))

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        self.follow_activity()
        response.success, response.message = True, 'listens' if request.data else 'deaf'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        """Open the microphone anew, as after another one was plugged in."""
        self.close()
        try:
            self.open()
        except UserError as error:
            self.fault = str(error)
        response.success, response.message = not self.fault, self.fault or 'opened it anew'
        return response

    def _report(self) -> Report:
        with self._lock:
            values: dict[str, object] = {
                **self._delay.values(), 'heard': self._heard, 'understood': self._understood,
                'last': self._last, 'last error': self.fault}
        ears = self._ears
        if ears is None:
            if self.params.recogniser == 'text':
                return OK, 'does not listen: recogniser text', values
            return ERROR, self.fault or 'not configured', values
        values |= {
            'engine': ears.recogniser.name, 'voice detector': ears.detector,
            'device': ears.microphone or 'none', 'last error': ears.last_fault,
            'level (dB)': ears.level,
            'room (dB)': ears.floor, 'rejected': ears.rejected}
        if ears.fault:
            return WARN, ears.fault, values
        if not self._enabled:
            return OK, 'disabled', values
        if ears.ended:
            return OK, 'the file has been heard to its end', values
        return OK, f'listens to {ears.microphone or "nothing yet"}', values

    def _now(self) -> int:
        return self.get_clock().now().nanoseconds


def main(args=None) -> None:
    run(EarsNode, args)


if __name__ == '__main__':
    main()
