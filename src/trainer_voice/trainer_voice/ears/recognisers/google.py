"""Google's recogniser through SpeechRecognition, as in the seed: sends what it hears away."""

import numpy as np

from trainer_core.errors import UserError
from trainer_voice.ears.microphone import RATE
from trainer_voice.ears.recognisers.recogniser import Context, Recognised
from trainer_voice.intents import Intents

_TAGS = {'en': 'en-US', 'it': 'it-IT'}
_ENDPOINT = 'https://www.google.com/speech-api/v2/recognize'  # the library's own is not encrypted
_PATIENCE = 5.0  # s for an answer


class Google:
    """Free speech, from a service that needs the network. Opt-in."""

    name = 'google'

    def __init__(self, intents: Intents, endpoint: str = _ENDPOINT):
        """endpoint: address that answers.

        Raises UserError where SpeechRecognition or the program flac is not installed.
        """
        try:
            import speech_recognition
            from speech_recognition.audio import get_flac_converter
        except ImportError:
            raise UserError(
                'recogniser google needs SpeechRecognition; install it with: pip install '
                'SpeechRecognition, or take recogniser:=pocketsphinx') from None
        try:
            get_flac_converter()  # brought along for x86 only
        except OSError:
            raise UserError(
                'recogniser google needs the program flac; install it with: sudo apt install '
                'flac, or take recogniser:=pocketsphinx') from None
        self._module, self._intents, self._endpoint = speech_recognition, intents, endpoint
        self._recogniser = speech_recognition.Recognizer()
        self._recogniser.operation_timeout = _PATIENCE

    def prepare(self, context: Context) -> None:
        pass

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        sound = self._module.AudioData(samples.astype(np.int16).tobytes(), RATE, 2)
        language = self._intents.language
        try:
            text, sure = self._recogniser.recognize_google(
                sound, language=_TAGS.get(language, language), with_confidence=True,
                endpoint=self._endpoint)
        except self._module.UnknownValueError:
            return Recognised()
        except (self._module.RequestError, OSError) as error:
            raise UserError(
                f'recogniser google cannot be reached ({error}); check the network, or take '
                'recogniser:=pocketsphinx') from None
        understood = self._intents.understand(text, context.question)
        return Recognised(
            text, understood.intent,
            sure * (understood.confidence if understood.intent else 1.0))
