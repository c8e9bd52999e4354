"""Whisper for free speech, through faster-whisper, with a model that is already on this machine."""

import logging
import math
from pathlib import Path

import numpy as np

from trainer_core.errors import UserError
from trainer_voice.ears.recognisers.recogniser import Context, Recognised, Recogniser
from trainer_voice.intents import Intents

MODELS = ('base.en', 'base', 'small.en', 'small', 'tiny.en', 'tiny')  # in this order of preference
_FREE = 0.9      # s of voice; what is shorter is a command or nothing
_SPEECH = 0.6    # probability of no speech above which a text is made up
_THREADS = 2
_log = logging.getLogger(__name__)


class Whisper:
    """Any words, on the processor, never over the network: about 1 s for a sentence."""

    name = 'whisper'

    def __init__(self, intents: Intents, model: str = ''):
        """model: a folder, or a name in the local cache; '' for the first of MODELS that is there.

        Raises UserError where faster-whisper is not installed or there is no such model here.
        """
        try:
            import faster_whisper
        except ImportError:
            raise UserError(
                'recogniser whisper needs faster-whisper; install it with: pip install '
                'faster-whisper, or take recogniser:=pocketsphinx') from None
        names = [model] if model else [
            m for m in MODELS if intents.language == 'en' or not m.endswith('.en')]
        wrong = ''
        for name in names:
            path = Path(name).expanduser()
            try:
                folder = path if path.is_dir() else Path(
                    faster_whisper.download_model(name, local_files_only=True))
                if not (folder / 'tokenizer.json').is_file():  # it would be downloaded
                    raise FileNotFoundError(f'{folder} has no tokenizer.json')
                self._model = faster_whisper.WhisperModel(
                    str(folder), device='cpu', compute_type='int8', cpu_threads=_THREADS,
                    local_files_only=True)
            except (OSError, ValueError, RuntimeError, LookupError) as error:
                _log.debug('no Whisper model %s: %s', name, error)
                wrong = f' ({error})' if path.is_dir() else ''
                continue
            self._intents, self.name = intents, f'whisper {path.name}'
            return
        raise UserError(
            f'recogniser whisper: there is no model {" or ".join(names)} on this machine{wrong}, '
            'and none is downloaded; give the folder of one as whisper_model')

    def prepare(self, context: Context) -> None:
        pass

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        pieces, _ = self._model.transcribe(
            samples.astype(np.float32) / 32768, language=self._intents.language, beam_size=1,
            without_timestamps=True, condition_on_previous_text=False)
        parts = [p for p in pieces if p.no_speech_prob < _SPEECH]
        text = ' '.join(p.text.strip() for p in parts)
        if not text:
            return Recognised()
        sure = math.exp(sum(p.avg_logprob for p in parts) / len(parts))
        understood = self._intents.understand(text, context.question)
        return Recognised(
            text, understood.intent,
            sure * (understood.confidence if understood.intent else 1.0))


class Both:
    """Commands by a grammar, at once; what is none of them, and long enough, in free words."""

    def __init__(self, commands: Recogniser, free: Recogniser):
        self._commands, self._free = commands, free
        self.name = f'{commands.name}, {free.name}'

    def prepare(self, context: Context) -> None:
        self._commands.prepare(context)

    def recognise(self, samples: np.ndarray, voiced: float, context: Context) -> Recognised:
        heard = self._commands.recognise(samples, voiced, context)
        if heard.intent or context.own or voiced < _FREE:
            return heard
        return self._free.recognise(samples, voiced, context)
