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


@cache
def spoken_part(exercise: str, part: str, language: str, dirs: tuple[str, ...] = ()) -> str:
    """What the exercise's file says of a part of the form that it adds; '' where it says nothing.

    In English where there is nothing in that language.
    """
    from trainer_counter import exercises
    try:
        parts = exercises.load(exercise, dirs).parts
    except UserError:
        return ''
    say = next((p.say for p in parts if p.name == part), {})
    return say.get(language, say.get('en', ''))
