"""Records and trends, as sentences."""

from collections.abc import Callable

from trainer_voice.dialogue.events import Fact
from trainer_voice.dialogue.wording import Wording

IN_WORDS = {'reps': 'repetitions', 'seconds': 'seconds'}  # which values are counted things


def told(words: Wording, fact: Fact, spoken_name: Callable[[str], str]) -> str:
    """A fact of trainer_voice.history.facts; '' for one that there is no sentence for."""
    key, values = fact
    if f'fact_{key}' not in words.sentences:
        return ''
    said = {}
    thing = next((IN_WORDS[name] for name in IN_WORDS if name in values), '')
    for name, value in values.items():
        if name == 'exercise':
            said[name] = spoken_name(str(value))
        elif thing == 'seconds' and name in ('seconds', 'before'):
            said[name] = words.duration(float(value))
        elif thing and name in (*IN_WORDS, 'before'):
            said[name] = words.count(thing, int(value))
        else:
            said[name] = words.number(int(value))
    return words.say(f'fact_{key}', **said)
