"""What the page is to show, from what the topics say; plain values in, plain values out.

Every method takes what `convert` made of one message and posts what has changed under the key that
the page knows it by. Times are stamps in seconds; angles leave in degrees.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainer_core.angles import is_of_body

Value = dict[str, Any]

_GONE = 1.0          # s without news after which somebody is not in view any more
_FIRST_REACH = 1.0   # rad, how far a movement is taken to go before one has been seen
_SHOWN = 12          # movements

LIVES = ('nobody', 'settling', 'armed', 'active', 'finished')
VERDICTS = ('rep', 'partial', 'abandoned', 'not_in_set', 'person_lost', 'not_measurable')
SESSIONS = ('idle', 'greeting', 'announcing', 'training', 'resting', 'paused', 'summary')

_MOMENTS = {
    'start': 'at the start', 'end': 'at the end', 'out': 'on the way out',
    'back': 'on the way back', 'far_end': 'at the far end', 'down': 'on the way down',
    'up': 'on the way up'}
_MOVES = ('forward', 'back', 'inward', 'outward')


@dataclass
class _Reach:
    """How far a trainee's movements go, as the root mean square of the angles (rad)."""

    reps: int = 0
    far: float = _FIRST_REACH
    furthest: float = 0.0

    def progress(self, mse: float, reps: int) -> float | None:
        """[0, 1] from the start position to as far as the repetition before this one went."""
        if not math.isfinite(mse):
            return None
        if reps != self.reps:
            if reps > self.reps and self.furthest > 0.2:
                self.far = self.furthest
            self.reps, self.furthest = reps, 0.0
        away = math.sqrt(max(mse, 0.0))
        self.furthest = max(self.furthest, away)
        return min(away / self.far, 1.0)


@dataclass
class _Trainee:
    """One person of whom there is a state."""

    shown: Value
    reach: _Reach = field(default_factory=_Reach)
    unseen_since: float | None = None  # stamp since which no angle can be measured


class State:
    """Everything on the page but the picture."""

    def __init__(self, post: Callable[[str, Any], None]):
        """post: gets a key and its new value."""
        self._post = post
        self.clear()

    def clear(self) -> None:
        """Nothing is known, as at the start."""
        self._trainees: dict[str, _Trainee] = {}
        self._names: dict[str, str] = {}
        self._forms: dict[str, Value] = {}
        self._movements: deque[Value] = deque(maxlen=_SHOWN)
        self._nodes: dict[str, Value] = {}
        self._alone_since: float | None = None
        self._anybody = False
        self._view: Value = {}
        self._speaking: Value = {}
        self._last_movement = 0
        for key, value in (
                ('trainees', []), ('forms', {}), ('movements', []), ('speech', {}), ('heard', {}),
                ('poses', {}), ('nodes', [])):
            self._post(key, value)
        self._look({})

    def poses(self, poses: Value) -> None:
        """Everybody in one image: {'stamp', 'width', 'height', 'people': [{'id', 'points'}]}."""
        stamp = poses['stamp']
        people = poses['people']
        if people:
            self._alone_since, self._anybody = None, True
        elif self._alone_since is None or stamp < self._alone_since:
            self._alone_since = stamp
        self._forget(stamp, {person['id'] for person in people})
        self._post('poses', poses)
        self._judge(stamp)

    def set_state(self, state: Value) -> None:
        """One trainee's state; fields as in SetState.msg, with label and stamp."""
        stamp, track = state['stamp'], state['track_id']
        life = LIVES[state['state']] if state['state'] < len(LIVES) else 'nobody'
        if not track and self._trainees:
            # Nobody is followed just now: the count of who was stays on the page.
            track = next(reversed(self._trainees))
        known = self._trainees.get(track)
        if known is None or known.shown['exercise'] != state['exercise']:
            known = self._trainees[track] = _Trainee({})
        seen = [bool(m) for m in state['measurable']]
        if any(seen) or not seen or life in ('nobody', 'finished'):
            known.unseen_since = None
        elif known.unseen_since is None or stamp < known.unseen_since:
            known.unseen_since = stamp
        known.shown = {
            'id': track, 'name': self._names.get(track, ''), 'stamp': stamp, 'life': life,
            'exercise': state['exercise'], 'label': state['label'], 'method': state['method'],
            'phase': state['phase'].replace('_', ' '), 'reps': state['reps'],
            'left': state['reps_left'], 'right': state['reps_right'],
            'target': state['target_reps'], 'hold': round(state['hold_seconds'], 2),
            'target_seconds': state['target_seconds'],
            'progress': known.reach.progress(state['mse'], state['reps']),
            'mse': state['mse'], 'threshold': state['threshold'], 'wave': state['square_wave'],
            'joints': [
                {'name': name, 'angle': _degrees(angle), 'start': _degrees(start), 'seen': ok}
                for name, angle, start, ok in zip(
                    state['joints'], state['angles'], state['initial_angles'], seen,
                    strict=False)]}
        self._forget(stamp, {track})
        self._judge(stamp)
        self._show()

    def movement(self, movement: Value) -> None:
        """One finished movement: {'track_id', 'verdict', 'reason', 'count', 'start', 'end'}."""
        self._last_movement += 1
        self._movements.append({
            **movement, 'number': self._last_movement,
            'verdict': VERDICTS[movement['verdict']] if movement['verdict'] < len(VERDICTS)
            else 'not_measurable'})
        self._post('movements', list(self._movements))

    def form(self, form: Value) -> None:
        """Form of one repetition; fields as in FormScore.msg."""
        line = form['threshold']
        self._forms[form['track_id']] = {
            'rep': form['rep'], 'exercise': form['exercise'], 'correct': form['correct'],
            'median': form['median'], 'threshold': line, 'range': form['range'],
            'tempo': form['tempo'],
            'parts': [
                {'part': p['part'], 'judged': p['judged'], 'distance': p['distance'],
                 'good': p['distance'] < line} for p in form['parts']],
            'hints': [hint_words(hint) for hint in form['hints']]}
        while len(self._forms) > 8:
            del self._forms[next(iter(self._forms))]
        self._post('forms', self._forms)

    def identities(self, names: Mapping[str, str]) -> None:
        """Names of those who are known, by track id."""
        if names != self._names:
            self._names = dict(names)
            for track, trainee in self._trainees.items():
                trainee.shown['name'] = self._names.get(track, '')
            self._show()

    def speech(self, speech: Value) -> None:
        """What became of something to be said: {'id', 'text', 'state': started, finished ...}."""
        if speech['state'] == 'started':
            self._speaking = speech
        elif speech['id'] == self._speaking.get('id'):
            self._speaking = {**self._speaking, 'state': speech['state']}
        else:
            return
        self._post('speech', self._speaking)

    def heard(self, heard: Value) -> None:
        """What was understood: {'text', 'intent', 'source', 'confidence', 'stamp'}."""
        self._post('heard', heard)

    def session(self, session: Value) -> None:
        """Who trains by which plan; fields as in Session.msg, the plan as a list of items."""
        self._post('session', {
            **session, 'state': SESSIONS[session['state']]
            if session['state'] < len(SESSIONS) else 'idle'})

    def nodes(self, statuses: list[Value]) -> None:
        """Some of /diagnostics: [{'name', 'level', 'message', 'values'}]."""
        for status in statuses:
            self._nodes[status['name']] = status
        self._post('nodes', [self._nodes[name] for name in sorted(self._nodes)])

    def _show(self) -> None:
        self._post('trainees', [t.shown for t in self._trainees.values()])

    def _forget(self, stamp: float, present: set[str]) -> None:
        """Drop trainees whose state has gone old, unless there would be none left."""
        for track in list(self._trainees):
            age = stamp - self._trainees[track].shown['stamp']
            if len(self._trainees) > 1 and track not in present and not -_GONE < age < _GONE:
                del self._trainees[track]

    def _judge(self, stamp: float) -> None:
        """Whether there is somebody to see, and enough of them."""
        alone, blind = self._alone_since, [
            t for t in self._trainees.values()
            if t.unseen_since is not None and stamp - t.unseen_since >= _GONE]
        if alone is not None and (stamp - alone >= _GONE or not self._anybody):
            self._anybody = False
            self._look({'state': 'nobody'})
        elif blind and len(blind) == len(self._trainees):
            joints = [j['name'].replace('_', ' ') for j in blind[0].shown['joints']]
            self._look({'state': 'not_measurable', 'joints': joints})
        elif self._anybody:
            self._look({'state': 'seen'})

    def _look(self, view: Value) -> None:
        if view != self._view or not view:
            self._view = view
            self._post('view', view)


def hint_words(hint: Value) -> Value:
    """One correction in words, to be read at a glance: what, which part, when.

    >>> hint_words({'part': 'left_knee', 'direction': 'bend', 'amount': 0.35, 'moment': 'bottom'})
    {'part': 'left_knee', 'do': 'Bend your left knee', 'amount': '20°', 'when': 'at the bottom'}
    """
    part, direction, moment = hint['part'], hint['direction'], hint['moment']
    spoken = part.replace('_', ' ')
    if direction in ('faster', 'slower'):
        words, amount = f'Move {direction}', _share(hint['amount'])
    elif not is_of_body(part):
        words, amount = f'Move the {spoken} {direction}', _share(hint['amount'])
        amount = amount and f'{amount} of your height'
    else:
        whose = 'body' if part == 'body' else spoken
        words = f'Move your {whose} {direction}' if direction in _MOVES else (
            f'{direction.replace("_", " ").capitalize()} your {whose}')
        degrees = _degrees(hint['amount'])
        amount = f'{degrees:.0f}°' if degrees else ''
    when = _MOMENTS.get(moment, f'at the {moment.replace("_", " ")}' if moment else '')
    return {'part': part, 'do': words, 'amount': amount, 'when': when}


def _share(ratio: float) -> str:
    return f'{abs(ratio) * 100:.0f} %' if math.isfinite(ratio) and ratio else ''


def _degrees(rad: float) -> float | None:
    return round(math.degrees(rad), 1) if math.isfinite(rad) else None
