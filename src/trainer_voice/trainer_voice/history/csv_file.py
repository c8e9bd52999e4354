"""Everything that was done, a line per movement, for a spreadsheet or a program."""

import csv
import json
from typing import Any, TextIO

from trainer_core.database import Database
from trainer_voice.history.records import GUEST

# rad for range, median, threshold and asymmetry; stamps in ns; form_range and form_tempo are shares
# of the baseline's.
COLUMNS = (
    'session', 'session_started', 'person', 'exercise', 'set', 'target_reps', 'target_seconds',
    'set_reps', 'set_corrected_reps', 'set_seconds', 'outcome', 'movement_started',
    'movement_ended', 'verdict', 'corrected_verdict', 'count', 'side', 'range', 'seconds_out',
    'seconds_back', 'form_median', 'form_threshold', 'form_correct', 'form_range', 'form_tempo',
    'form_asymmetry', 'hints', 'reason')

_QUERY = """
    SELECT sessions.id AS session, sessions.started AS session_started,
        coalesce(people.name, '') AS person, exercise, number AS "set", target_reps,
        target_seconds, reps AS set_reps, corrected_reps AS set_corrected_reps,
        seconds AS set_seconds, outcome, movements.started AS movement_started,
        movements.ended AS movement_ended, verdict, corrected_verdict, count, side,
        movements.range AS "range", seconds_out, seconds_back, median AS form_median,
        threshold AS form_threshold, correct AS form_correct, forms.range AS form_range,
        tempo AS form_tempo, asymmetry AS form_asymmetry, hints, reason
    FROM sets JOIN sessions ON sessions.id = session_id
    LEFT JOIN people ON people.id = person_id
    LEFT JOIN movements ON movements.set_id = sets.id
    LEFT JOIN forms ON forms.movement_id = movements.id
    {where}
    ORDER BY sessions.started, sessions.id, sets.id, movements.id
"""


def write(db: Database, file: TextIO, person_id: str | None = None) -> int:
    """All lines of a person, GUEST for guests, None for everybody; how many there were.

    A set without movements, like a hold, has one line.
    """
    where, values = '', []
    if person_id == GUEST:
        where = 'WHERE person_id IS NULL'
    elif person_id is not None:
        where, values = 'WHERE person_id = ?', [person_id]
    writer = csv.writer(file, lineterminator='\n')
    writer.writerow(COLUMNS)
    rows = db.rows(_QUERY.format(where=where), *values)
    writer.writerows([_cell(name, row[name]) for name in COLUMNS] for row in rows)
    return len(rows)


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, float):
        return f'{value:.6g}'
    if name == 'hints' and value:
        return '; '.join(
            f'{h["moment"]}: {h["part"]} {h["direction"]} {h["amount"]:.3g}'
            for h in json.loads(value))
    return value
