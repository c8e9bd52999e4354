"""What an exercise file says, in words."""

from collections.abc import Iterable, Sequence

from trainer_counter.exercises.schema import DEGREES, Exercise, Guard, Measure, Quantity

FROM = {'front': 'the front', 'side': 'the side', 'back': 'behind'}  # views


def quantity(q: Quantity) -> str:
    """What is measured, as words."""
    parts = [part.replace('_', ' ') for part in q.parts]
    if q.kind == 'angle':
        return f'angle at the {parts[1]} ({" - ".join(parts)})'
    if q.kind == 'tilt':
        return f'tilt of {parts[0]} -> {parts[1]} from upright'
    if q.kind == 'height':
        return f'height of the {parts[0]} above the {parts[1]}'
    if q.kind == 'distance':
        return f'distance from {parts[0]} to {parts[1]}'
    if q.kind == 'forward':
        return f'how far the {parts[0]} is in front of the {parts[1]}'
    if q.kind == 'apart':
        return f'distance between left and right {parts[0]}'
    return f'difference in height of left and right {parts[0]}'


def views(q: Quantity) -> str:
    """From where it is trusted, as words; '' = from everywhere."""
    return f', seen from {" or ".join(FROM[v] for v in q.views)}' if q.views else ''


def number(q: Quantity, value: float) -> str:
    """A value of it with its unit."""
    return f'{value:.0f}°' if q.kind in DEGREES else f'{value:.2f} statures'


def counted(exercise: Exercise) -> str:
    """Repetitions or seconds."""
    return 'seconds in the pose' if exercise.counts == 'seconds' else 'repetitions'


def sides(exercise: Exercise) -> str:
    """Which side of the body gets a repetition."""
    if exercise.counts == 'seconds':
        return ''
    if exercise.sides == 'each':
        return 'left and right apart'
    return f'by the leading {exercise.lead}' if exercise.lead else 'both together'


def table(exercises: Sequence[tuple[Exercise, str]], languages: Iterable[str] = ()) -> str:
    """The exercises with where each comes from, as lines of a table."""
    languages = list(languages) or sorted({code for e, _ in exercises for code in e.spoken})
    rows = [['exercise', *(f'spoken ({code})' for code in languages), 'counts', 'sides', 'from']]
    for exercise, origin in exercises:
        rows.append([
            exercise.name, *(exercise.spoken.get(code, '') for code in languages),
            'seconds' if exercise.counts == 'seconds' else 'repetitions', sides(exercise), origin])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return '\n'.join(
        '  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows)


def definition(exercise: Exercise, origin: str) -> str:
    """The whole file for people."""
    lines = [
        f'{exercise.name}: ' + ', '.join(f'{v} ({k})' for k, v in exercise.spoken.items()),
        f'  file      {origin}',
        f'  counts    {counted(exercise)}' + (f', {sides(exercise)}' if sides(exercise) else '')]
    if exercise.counts == 'reps':
        lines.append(
            f'  time      a repetition takes {exercise.seconds[0]:g} to {exercise.seconds[1]:g} s')
    if exercise.phases:
        lines.append('  phases    ' + ', '.join(exercise.phases.values()))
    if exercise.points:
        lines.append(f'  points    {", ".join(exercise.points)}, besides the body')
    for title, values in (
            ('muscles', exercise.muscles), ('equipment', exercise.equipment),
            ('avoid', [f'with a bad {joint}' for joint in exercise.avoid_for])):
        if values:
            lines.append(f'  {title:9} {", ".join(values)}')
    if exercise.measures:
        lines += ['', '  what moves: from the start position to a full repetition']
        lines += [f'    {measure(m)}' for m in exercise.measures]
    if exercise.hidden:
        lines.append(f'    where that is not in the picture: {", ".join(exercise.hidden.sinks)} '
                     f'{exercise.hidden.peak:g} statures down')
    for title, guards in (
            ('to start', exercise.start),
            ('the pose' if exercise.counts == 'seconds' else 'at the far end', exercise.guards),
            ('when back', exercise.end),
            ('a single one counts, though one moves so every day, with', exercise.clear)):
        if guards:
            lines += ['', f'  {title}:', *(f'    {guard(g)}' for g in guards)]
    if exercise.parts:
        lines += ['', '  of the form, besides the body:']
        lines += [
            f'    {part.name}: {quantity(part)} is {number(part, part.within[0])} to '
            f'{number(part, part.within[1])}{views(part)}, else: {part.say["en"]}'
            for part in exercise.parts]
    if exercise.everyday:
        lines += ['', '  an everyday movement: '
                  + ('others count' if exercise.clear else 'it counts') + ' when another follows']
    lines += ['', f'  seed rule: mean square of {", ".join(exercise.joints)}, '
              f'threshold {exercise.threshold:g} rad²']
    return '\n'.join(lines)


def measure(m: Measure) -> str:
    """What moves, and from where to where."""
    weight = f', weight {m.weight:g}' if m.weight != 1 else ''
    return f'{quantity(m)}: {number(m, m.rest)} to {number(m, m.peak)}{weight}{views(m)}'


def guard(g: Guard) -> str:
    """What must hold, and what is said otherwise."""
    low, high = (number(g, v) for v in g.within)
    return f'{quantity(g)} is {low} to {high}{views(g)}, else: {g.reason}'
