"""What is worth saying at the end of a session, as keys and values; the dialogue has the words."""

from datetime import tzinfo
from typing import TypeAlias

from trainer_core.database import Database
from trainer_voice.history.records import (
    Point,
    SessionRecord,
    days,
    records,
    sessions,
    streak,
    this_week,
    trends,
    weeks,
)

Fact: TypeAlias = tuple[str, dict[str, str | int | float]]

_STREAK = 3         # days or weeks in a row from which on they are worth a word
_CLEARER = 0.9      # form: the median of the deviations is at most this share of last time's
_ENOUGH = 4         # repetitions with a form result, in both sessions, to compare them


def facts(
    db: Database, person_id: str, session_id: int = 0, zone: tzinfo | None = None,
) -> list[Fact]:
    """What is worth saying about a session (0: the newest) of a person, the best first.

    Keys and values:
      first_session
      record_reps(exercise, reps, before), record_seconds(exercise, seconds, before): best set ever
      more_reps(exercise, reps, before), more_seconds(exercise, seconds, before): in all, than the
      last time the exercise was done; only where there is no record of it
      better_form(exercise, share, before): share of correct repetitions, in percent
      days_in_a_row(days), weeks_in_a_row(weeks), session_of_week(number): the third this week
    zone: in which days begin; None is that of this machine. No facts about a guest, or when nothing
    was done.
    """
    done = [s for s in sessions(db, person_id) if s.done] if person_id else []
    if session_id:
        there = [s.id for s in done]
        done = done[:there.index(session_id) + 1] if session_id in there else []
    if not done:
        return []
    *before, now = done
    if not before:
        return [('first_session', {})]
    return [*_records(before, now), *_more(before, now), *_often(done, zone)]


def _records(before: list[SessionRecord], now: SessionRecord) -> list[Fact]:
    best = records(before)
    found: list[Fact] = []
    for exercise, record in records([now]).items():
        old = best.get(exercise)
        if not old:
            continue
        if record.reps > old.reps > 0:
            found.append(('record_reps', {
                'exercise': exercise, 'reps': record.reps, 'before': old.reps}))
        elif round(record.seconds) > round(old.seconds) > 0:
            found.append(('record_seconds', {
                'exercise': exercise, 'seconds': round(record.seconds),
                'before': round(old.seconds)}))
    return found


def _more(before: list[SessionRecord], now: SessionRecord) -> list[Fact]:
    new = {str(values['exercise']) for _, values in _records(before, now)}
    past = trends(before)
    found: list[Fact] = []
    for exercise, points in trends([now]).items():
        if exercise not in past:
            continue
        today, last = points[0], past[exercise][-1]
        if exercise not in new:
            if today.reps > last.reps > 0:
                found.append(('more_reps', {
                    'exercise': exercise, 'reps': today.reps, 'before': last.reps}))
            elif round(today.seconds) > round(last.seconds) > 0 and not today.reps:
                found.append(('more_seconds', {
                    'exercise': exercise, 'seconds': round(today.seconds),
                    'before': round(last.seconds)}))
        if _clearer(today, last):
            found.append(('better_form', {
                'exercise': exercise, 'share': _share(today), 'before': _share(last)}))
    return found


def _clearer(today: Point, last: Point) -> bool:
    """Closer to the baseline, and more correct repetitions, as they are told in percent."""
    if min(today.judged, last.judged) < _ENOUGH or not today.form or not last.form:
        return False
    return today.form <= _CLEARER * last.form and _share(today) > _share(last)


def _share(point: Point) -> int:
    """Of correct repetitions, percent."""
    return round(100 * point.correct / point.judged)


def _often(done: list[SessionRecord], zone: tzinfo | None) -> list[Fact]:
    today = done[-1].started.astimezone(zone).date()
    trained = days(done, zone)
    found: list[Fact] = []
    if (in_a_row := streak(trained, today)) >= _STREAK:
        found.append(('days_in_a_row', {'days': in_a_row}))
    if (number := this_week(done, today, zone)) >= 2 and number != in_a_row:
        found.append(('session_of_week', {'number': number}))
    if (in_a_row := weeks(trained, today)) >= _STREAK:
        found.append(('weeks_in_a_row', {'weeks': in_a_row}))
    return found
