"""Sound out of the loudspeaker, through the system's own player program.

A program per utterance is the simplest thing that can be stopped in mid-word from any thread at
any time, follows the desktop's choice of device, and needs no binding; it costs some ms per word.
"""

import os
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path
from threading import Event
from time import monotonic

from trainer_core.errors import UserError
from trainer_voice.mouth.synthesis import VoiceError

# PipeWire and PulseAudio first where they run: they mix with other programs, bare ALSA may not.
# A small buffer: with PulseAudio's own choice of up to 2 s the end of a word is noticed that late.
PLAYERS = (
    ('pw-play',), ('paplay', '--latency-msec=60'), ('aplay', '-q'), ('play', '-q'),
)
_TRIAL = 3.0  # s for a moment of silence
_SLACK = 3.0  # s that a player may take longer than the sound lasts
_POLL = 0.01  # s between looks whether the player is done


class Player:
    """Plays WAV files with the first player program that can reach a sound card."""

    def __init__(self) -> None:
        """Raises UserError when no program is there or none of them reaches a sound card."""
        there = [command for command in PLAYERS if shutil.which(command[0])]
        if not there:
            raise UserError(
                'there is no program to play sound; install one with: sudo apt install alsa-utils')
        if _leads_nowhere():
            raise UserError('the sound server has no sound card; connect one')
        with tempfile.TemporaryDirectory(prefix='trainer-') as folder:
            silence = Path(folder) / 'silence.wav'
            with wave.open(str(silence), 'wb') as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(22050)
                file.writeframes(bytes(2 * 1102))  # 50 ms
            for command in there:
                if self._reaches_a_card(command, silence):
                    self._command, self.name = command, command[0]
                    return
        raise UserError(
            f'no sound card answers ({", ".join(c[0] for c in there)} tried); connect one, or '
            'check its volume and permissions')

    def play(self, path: Path, stop: Event) -> bool:
        """Play to the end, or until stop is set: then False. Raises VoiceError."""
        with wave.open(str(path)) as sound:
            limit = monotonic() + sound.getnframes() / sound.getframerate() + _SLACK
        # Own session: Ctrl-C in a terminal reaches the whole group, and a player that it ends
        # would look like a broken one.
        process = subprocess.Popen(
            [*self._command, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True)
        try:
            while process.poll() is None:
                if stop.wait(_POLL):
                    return False
                if monotonic() > limit:
                    raise VoiceError(f'{self.name} failed: it does not come to an end')
            if process.returncode:
                assert process.stderr is not None
                words = process.stderr.read().decode(errors='replace').strip()
                raise VoiceError(f'{self.name} failed: {words or process.returncode}')
            return True
        finally:
            process.kill()
            process.communicate()

    @staticmethod
    def _reaches_a_card(command: tuple[str, ...], silence: Path) -> bool:
        try:
            return subprocess.run(
                [*command, str(silence)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=_TRIAL, start_new_session=True,
            ).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False


def _leads_nowhere() -> bool:
    """PulseAudio and PipeWire play into a sink of this name where there is no sound card."""
    try:
        answer = subprocess.run(
            ['pactl', 'info'], capture_output=True, text=True, timeout=_TRIAL,
            env=os.environ | {'LC_ALL': 'C'}).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return 'Default Sink: auto_null' in answer
