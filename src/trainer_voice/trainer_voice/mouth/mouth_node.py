"""The mouth on ROS: `say` in, sound and `speech_status` out."""

import contextlib
from dataclasses import dataclass

from rclpy.impl.implementation_singleton import rclpy_implementation
from std_srvs.srv import SetBool, Trigger

from trainer_core.clock import SECOND, seconds
from trainer_core.ros.diagnostics import ERROR, OK, WARN, Diagnostics, Meter, Report
from trainer_core.ros.lifecycle import ManagedNode
from trainer_core.ros.params import declare, param
from trainer_core.ros.run import run
from trainer_msgs.msg import Say, SpeechStatus
from trainer_voice import convert
from trainer_voice.mouth import voices
from trainer_voice.mouth.mouth import Mouth, State, Status
from trainer_voice.mouth.queue import Priority, Utterance

_OTHER_CLOCK = 60 * SECOND  # nobody is that late: the clocks are not the same


@dataclass(frozen=True)
class MouthParams:
    """Parameters of the mouth node."""

    voice: str = param(
        'auto', 'How to speak; auto: the first that works, text where there is no sound',
        choices=voices.NAMES, read_only=True)
    file: str = param(
        '', 'Where voice file writes its WAV file; FILE.csv tells what was said when',
        read_only=True)
    language: str = param('en', 'Language of what comes without one, BCP 47')
    rate: int = param(170, 'Words a minute', 80, 400)
    volume: float = param(1.0, 'Loudness', 0.0, 1.0)
    autostart: bool = param(
        True, 'Configure and activate at start; false: wait for ros2 lifecycle set',
        read_only=True)


class MouthNode(ManagedNode):
    """Owns the loudspeaker."""

    _mouth: Mouth | None = None  # while it is configured

    def __init__(self, **kwargs):
        super().__init__('mouth', **kwargs)
        self.params = declare(self, MouthParams, self._on_params)
        self._enabled = True
        self._note = self._clock_fault = ''
        self._counts = dict.fromkeys(State, 0)
        self._delay, self._spoken, self._last_error = Meter(60.0), Meter(60.0), ''
        self._status = self.create_publisher(SpeechStatus, 'speech_status', 10)
        self.create_subscription(Say, 'say', self._on_say, 10)
        self.create_service(SetBool, '~/enable', self._on_enable)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self._diagnostics = Diagnostics(self, {'voice': self._report})
        self.autostart(self.params.autostart)

    def open(self) -> None:
        """Take the voice; raises UserError for one that was asked for and is not installed."""
        p = self.params
        voice, note = voices.open_voice(p.voice, p.file, self._write, self._now)
        if note and note != self._note:
            self.get_logger().warning(note)
        self._note = note
        self.get_logger().info(f'speaking with {voice.name}')
        self._mouth = Mouth(
            voice, voices.TextVoice(self._write), self._on_status, self._now,
            p.language, p.rate, p.volume)
        self.follow_activity()

    def close(self) -> None:
        """Stop in mid-word and let go of the voice."""
        if self._mouth is not None:
            self._mouth.close()
            self._mouth = None

    def follow_activity(self) -> None:
        if self._mouth is not None:
            self._mouth.enable(self._enabled and self.active)

    def _on_params(self, params: MouthParams) -> None:
        self.params = params
        if self._mouth is not None:
            self._mouth.language = params.language
            self._mouth.rate, self._mouth.volume = params.rate, params.volume

    def _on_say(self, message: Say) -> None:
        utterance = convert.utterance_from_message(message)
        if self._mouth is None:
            self._on_status(Status(
                utterance, State.DROPPED, self.fault or 'the mouth is not configured',
                self._now()))
        else:
            self._mouth.say(utterance)

    def _on_status(self, status: Status) -> None:
        """Called from the mouth's thread, too; publishing is safe there."""
        self._counts[status.state] += 1
        u: Utterance = status.utterance
        if status.state == State.STARTED:
            self._clock_fault = ''
            self._spoken.tick()
            if u.stamp and u.priority == Priority.COUNT:
                self._delay.tick(seconds(status.stamp - u.stamp))
        elif status.state == State.DROPPED:
            self.get_logger().debug(f'not said: {u.text!r} ({status.reason})')
            late = status.stamp - u.deadline
            if u.deadline and late > _OTHER_CLOCK:
                self._clock_fault = (
                    f'what comes on say is {seconds(late):.0f} s late: is use_sim_time the same '
                    'for this node and those before it?')
        # Ctrl-C ends the context before the node; the last word's end then has no listener.
        with contextlib.suppress(rclpy_implementation.RCLError):
            self._status.publish(convert.status_to_message(status))

    def _on_enable(self, request: SetBool.Request, response: SetBool.Response):
        self._enabled = request.data
        self.follow_activity()
        response.success = True
        response.message = 'speaks' if request.data else 'silent: all that comes is dropped'
        return response

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response):
        if self._mouth is not None:
            self._mouth.hush('reset')
        response.success, response.message = True, 'forgot what was waiting'
        return response

    def _report(self) -> Report:
        # The delay is that of spoken numbers, from the image that made them.
        values: dict[str, object] = {
            **self._delay.values(),
            'rate (1/s)': self._spoken.rate(), 'age (s)': self._spoken.age(),
            'spoken': self._counts[State.FINISHED], 'dropped': self._counts[State.DROPPED],
            'last error': self._last_error}
        if self._mouth is None:
            return ERROR, self.fault or 'not configured', values
        values |= {'engine': self._mouth.voice.name, 'waiting': self._mouth.waiting}
        wrong = self._mouth.fault or self._clock_fault or self._note
        if wrong:
            values['last error'] = self._last_error = wrong
            return WARN, wrong, values
        if not self._enabled:
            return OK, 'disabled', values
        return OK, f'speaks with {self._mouth.voice.name}', values

    def _write(self, text: str) -> None:
        self.get_logger().info(f'says: {text}')

    def _now(self) -> int:
        return self.get_clock().now().nanoseconds


def main(args=None) -> None:
    run(MouthNode, args)


if __name__ == '__main__':
    main()
