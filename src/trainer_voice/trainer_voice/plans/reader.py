"""The marks of a sentence, read by one rule after the other."""

from collections.abc import Sequence

from trainer_voice.plans.vocabulary import NUMBER, Mark

MINUTE = 60.0
UNITS = ('minute', 'second', 'hour')


class Reader:
    """Reads marks; what has been dealt with is not looked at again."""

    def __init__(self, marks: Sequence[Mark]):
        self.marks = list(marks)
        self.used: set[int] = set()  # places of marks that have been dealt with

    def free(self, kind: str) -> list[int]:
        """Where marks of a kind are that nobody has dealt with."""
        return [i for i, m in enumerate(self.marks) if kind in m and i not in self.used]

    def use(self, *places: int) -> None:
        """These have been dealt with."""
        self.used.update(places)

    def is_free(self, place: int, *kinds: str) -> bool:
        """There is a mark, not dealt with, of one of the kinds."""
        return (0 <= place < len(self.marks) and place not in self.used
                and any(k in self.marks[place] for k in kinds))

    def duration(self, place: int) -> float:
        """Seconds where a number and its unit stand, 0 where they do not."""
        if not self.is_free(place, NUMBER) or not self.is_free(place + 1, *UNITS):
            return 0.0
        unit = self.marks[place + 1]
        factor = 1.0 if 'second' in unit else MINUTE if 'minute' in unit else 60 * MINUTE
        return self.marks[place].number * factor
