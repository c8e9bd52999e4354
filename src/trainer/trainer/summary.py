"""What a session came to, as one document: the same keys from `run --json` and `score --json`."""

import math
from collections.abc import Mapping
from typing import Any

from trainer_core.angles import is_of_body

VERDICTS = ('rep', 'partial', 'abandoned', 'not_in_set', 'person_lost', 'not_measurable')
SIDES = ('both', 'left', 'right')


def number(value: float, digits: int = 3) -> float | None:
    """A float rounded for print; None for NaN and infinity, which JSON does not know."""
    return round(value, digits) if math.isfinite(value) else None


def movement(
    verdict: int, reason: str, start: float, end: float, side: int, range_rad: float,
    seconds_out: float, seconds_back: float, count: int,
) -> dict[str, Any]:
    """One movement; start and end in s from the start of the source, numbers as in Movement.msg."""
    return {
        'verdict': VERDICTS[verdict], 'reason': reason, 'start': number(start),
        'end': number(end), 'side': SIDES[side], 'range_deg': number(math.degrees(range_rad), 1),
        'seconds_out': number(seconds_out), 'seconds_back': number(seconds_back),
        'count': int(count),
    }


def form(of: Any) -> dict[str, Any]:
    """The form of one repetition, a Form or a FormScore message, with angles in degrees."""
    def degrees(value: float) -> float | None:
        return number(math.degrees(value), 1)

    return {
        'rep': int(of.rep), 'correct': bool(of.correct), 'median_deg': degrees(of.median),
        'threshold_deg': degrees(of.threshold), 'range': number(of.range, 2),
        'tempo': number(of.tempo, 2), 'asymmetry_deg': degrees(of.asymmetry),
        'parts_deg': {p.part: degrees(p.distance) for p in of.parts if p.judged},
        'hints': [
            {'part': h.part, 'direction': h.direction, 'moment': h.moment,
             'amount': (degrees(h.amount) if h.part != 'body' and is_of_body(h.part)
                        else number(h.amount, 2))}
            for h in of.hints],
    }


def text(document: Mapping[str, Any]) -> str:
    """The document for people."""
    seconds = document['seconds']
    what = f'{document["exercise"]}: {_result(document)}' if document['exercise'] else (
        'nothing was trained')
    lines = [f'{what} in {seconds:.1f} s of {document["source"]}']
    if document.get('reps_left') or document.get('reps_right'):
        lines.append(f'  left {document["reps_left"]}, right {document["reps_right"]}')
    for m in document['movements']:
        count = f'{m["count"]:3d}' if m['verdict'] == 'rep' else '  -'
        moved = f'{m["range_deg"]:.0f} deg' if m['range_deg'] is not None else ''
        reason = f': {m["reason"]}' if m['reason'] else ''
        if m.get('exercise', document['exercise']) != document['exercise']:
            reason = f' of {m["exercise"]}{reason}'
        lines.append(
            f'{count}  {_time(m["start"])} to {_time(m["end"])} s  {m["verdict"]:<14} '
            f'{moved:>7}{reason}')
    for f in document.get('forms', []):
        lines.append(f'form of {f["rep"]:2d}: ' + (
            'right' if f['correct'] else 'not judged' if f['median_deg'] is None else 'not right')
            + ''.join(f'; {_hint(h)}' for h in f['hints']))
    recognised = document.get('recognised')
    if recognised is not None:
        lines.append('recognised: ' + (', then '.join(
            f'{s["exercise"]} ({_result(s)})' for s in recognised) or 'no exercise'))
    if document.get('said'):
        lines.append('said: ' + ', '.join(document['said']))
    return '\n'.join(lines)


def _hint(hint: Mapping[str, Any]) -> str:
    if hint['part'] == 'body':
        return f'{hint["direction"]} by {100 * hint["amount"]:.0f} %'
    if not is_of_body(hint['part']):
        return (f'{hint["direction"]} with the {hint["part"].replace("_", " ")} by '
                f'{hint["amount"]:.2f} of the body height at the {hint["moment"]}')
    return (f'{hint["direction"]} the {hint["part"].replace("_", " ")} by {hint["amount"]:.0f} '
            f'degrees at the {hint["moment"]}')


def _time(value: float | None) -> str:
    return f'{value:7.2f}' if value is not None else '      ?'


def _result(document: Mapping[str, Any]) -> str:
    if document['hold_seconds']:
        return f'{document["hold_seconds"]:.1f} s held'
    reps = document['reps']
    return f'{reps} repetition{"" if reps == 1 else "s"}'
