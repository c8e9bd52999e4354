"""What exercises are called."""

from functools import cache

from trainer_core.errors import UserError


@cache
def spoken_name(exercise: str, language: str, dirs: tuple[str, ...] = ()) -> str:
    """The name in the exercise's file, in English where there is none in that language.

    dirs: folders with more exercise files. A file that is not here (the counter may know more of
    them) is called by its own name.
    """
    from trainer_counter import exercises  # takes half a second, which an idle dialogue is spared
    try:
        spoken = exercises.load(exercise, dirs).spoken
    except UserError:
        return exercise.replace('_', ' ')
    return spoken.get(language, spoken['en'])
