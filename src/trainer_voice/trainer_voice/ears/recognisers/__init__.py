"""Ways to understand an utterance, all behind one interface."""

from trainer_core.errors import UserError
from trainer_voice.ears.recognisers.recogniser import Context, Recognised, Recogniser
from trainer_voice.intents import Intents

__all__ = ['NAMES', 'Context', 'Recognised', 'Recogniser', 'open_recogniser']
NAMES = ('auto', 'phones', 'pocketsphinx', 'whisper', 'google', 'text')


def open_recogniser(
    name: str, intents: Intents, confidence: float = 0.5, model: str = '',
) -> Recogniser | None:
    """The recogniser of that name; None for text: nothing is listened to.

    auto: phones, our own, for commands, and Whisper for what is no command where it is installed
    and its model is there. google sends the sound to Google: only when it is asked for by name.
    confidence: line for commands, [0, 1]. model: folder of a Whisper model, or its name in the
    local cache. Raises UserError when it is not installed or has no model.
    """
    if name == 'text':
        return None
    if name == 'google':
        from trainer_voice.ears.recognisers.google import Google
        return Google(intents)
    if name == 'whisper':
        from trainer_voice.ears.recognisers.whisper import Whisper
        return Whisper(intents, model)
    if name == 'pocketsphinx':
        from trainer_voice.ears.recognisers.sphinx import Sphinx
        return Sphinx(intents, confidence)
    from trainer_voice.ears.recognisers.phones import Phones
    phones = Phones(intents, confidence)
    if name == 'phones':
        return phones
    from trainer_voice.ears.recognisers.whisper import Both, Whisper
    try:
        return Both(phones, Whisper(intents, model))
    except UserError:
        if model:
            raise
        return phones
