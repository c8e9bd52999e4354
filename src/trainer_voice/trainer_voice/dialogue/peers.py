"""Ears, eyes, faces, history: who is missing is told of, as soon as somebody is there to hear."""

from trainer_voice.dialogue.talk import Talk
from trainer_voice.dialogue.training import Command


class Peers:
    """`missing`: had been there, and have gone."""

    SENTENCES = {  # when it has gone, and when it is back; '' is none
        'ears': ('deaf', 'hearing'), 'eyes': ('blind', 'seeing'), 'faces': ('strangers', ''),
        'history': ('unwritten', 'written')}

    def __init__(self, talk: Talk):
        self._talk = talk
        self.missing: set[str] = set()
        self._told: set[str] = set()

    def look(self, name: str, there: bool, heard: bool, now: int) -> list[Command]:
        """Say so when one of them has gone, or is back; heard: there is somebody to be told."""
        (self.missing.discard if there else self.missing.add)(name)
        if there == (name not in self._told) or not heard:
            return []
        self._told ^= {name}
        key = self.SENTENCES[name][there]
        return [self._talk.chat(key, now)] if key else []
