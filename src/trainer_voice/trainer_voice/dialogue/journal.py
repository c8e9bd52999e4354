"""What a session writes down; who keeps it, and where, is not its business."""

from typing import Protocol

from trainer_voice.dialogue.events import Form, Item, Movement, Result


class Journal(Protocol):
    """Told of everything in the order in which it happens; must return at once. Times in ns."""

    @property
    def fault(self) -> str:
        """Why nothing can be written down at the moment; '' when it can."""

    def begins(self, person_id: str, name: str, plan: tuple[Item, ...], now: int) -> None:
        """A session of somebody, '' is a guest; name: of the plan."""

    def belongs_to(self, person_id: str) -> None:
        """The session is that of somebody who was taken for a guest; '' makes it a guest's."""

    def set_begins(self, item: Item, number: int, now: int) -> None:
        """number: set of this exercise, from 1."""

    def moved(self, movement: Movement) -> None:
        """Every finished movement, counted or not."""

    def scored(self, form: Form) -> None:
        """The form of the repetition that has just been counted."""

    def corrected(self, reps: int) -> None:
        """A human trainer says how many there have been in this set."""

    def judged(self, accept: bool) -> None:
        """A human trainer says whether the newest movement was a repetition; how many that makes
        is `corrected`.
        """

    def target(self, item: Item) -> None:
        """The target of the set was changed."""

    def set_ends(self, result: Result, now: int) -> None:
        """As counted; what was corrected is kept beside it."""

    def ends(self, now: int) -> None:
        """The session is over."""


class NoJournal:
    """Nothing is written down."""

    fault = ''

    def begins(self, person_id: str, name: str, plan: tuple[Item, ...], now: int) -> None:
        pass

    def belongs_to(self, person_id: str) -> None:
        pass

    def set_begins(self, item: Item, number: int, now: int) -> None:
        pass

    def moved(self, movement: Movement) -> None:
        pass

    def scored(self, form: Form) -> None:
        pass

    def corrected(self, reps: int) -> None:
        pass

    def judged(self, accept: bool) -> None:
        pass

    def target(self, item: Item) -> None:
        pass

    def set_ends(self, result: Result, now: int) -> None:
        pass

    def ends(self, now: int) -> None:
        pass
