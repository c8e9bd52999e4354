"""What was done before, as charts: from the history that the dialogue keeps. No ROS here."""

from collections.abc import Callable
from datetime import date
from typing import Any

from trainer_core.database import Database, open_database
from trainer_core.errors import UserError
from trainer_voice.dialogue.names import spoken_name
from trainer_voice.history import records

SESSIONS = 12   # bars of the chart
_READ = 200     # sessions that records and streaks are taken from


def charts(db: Database, person_id: str, today: date, language: str = 'en') -> dict[str, Any]:
    """The newest sessions of a person ('' = guests), what they come to, and the best sets.

    Raises UserError when the file is damaged.
    """
    done = [s for s in records.sessions(db, person_id, _READ) if s.done]
    bars = []
    for session in done[-SESSIONS:]:
        judged = sum(s.judged for s in session.sets)
        bars.append({
            'day': session.started.astimezone().date().isoformat(),
            'reps': sum(s.reps for s in session.sets if not s.timed),
            'seconds': round(sum(s.seconds for s in session.sets if s.timed)),
            'correct': sum(s.correct for s in session.sets) / judged if judged else None})
    best = sorted(records.records(done).values(), key=lambda r: r.when, reverse=True)[:4]
    return {
        'sessions': bars,
        'total': len(done),
        'streak': records.streak(records.days(done), today),
        'week': records.this_week(done, today),
        'records': [
            {'label': spoken_name(r.exercise, language), 'reps': r.reps,
             'seconds': round(r.seconds), 'day': r.when.astimezone().date().isoformat()}
            for r in best]}


class Past:
    """Looks again when another person trains or a session is over."""

    def __init__(self, post: Callable[[str, Any], None]):
        self._post = post
        self._key: object = None
        self.person_id = self.fault = ''

    def session(self, session: dict[str, Any], database: str, language: str) -> None:
        """The session is now like this; fields as in Session.msg."""
        key = (session['person_id'], session['state'] in (0, 6), session['item'], session['set'])
        if key != self._key:
            self._key, self.person_id = key, session['person_id']
            self.look(database, language)

    def look(self, database: str, language: str) -> None:
        """Read it now; `fault` says why that cannot be done."""
        self.fault = ''
        try:
            db = open_database(database)
            try:
                self._post('history', charts(db, self.person_id, date.today(), language))
            finally:
                db.close()
        except UserError as error:
            self.fault = str(error)
            self._post('history', {})
