"""Messages to plain values for the page, and what was pressed there to a message."""

from typing import Any

from diagnostic_msgs.msg import DiagnosticArray

from trainer.mirror.server import Pressed
from trainer_core.clock import SECOND
from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_msgs.msg import (
    FormScore,
    Heard,
    Identity,
    IdentityArray,
    Movement,
    PersonArray,
    Session,
    SetState,
    SpeechStatus,
)
from trainer_voice.dialogue.names import spoken_name

_SOURCES = {Heard.MICROPHONE: 'microphone', Heard.KEYBOARD: 'keyboard', Heard.MIRROR: 'mirror'}
_SPEECH = {
    SpeechStatus.STARTED: 'started', SpeechStatus.FINISHED: 'finished',
    SpeechStatus.DROPPED: 'dropped'}


def poses(message: PersonArray) -> dict[str, Any]:
    """Points as x, y in [0, 1] of the image and confidence, 18 times three numbers."""
    return {
        'stamp': _seconds(message), 'width': message.image_width, 'height': message.image_height,
        'people': [
            {'id': p.id, 'points': [
                round(v, 4) for k in p.keypoints for v in (k.x, k.y, k.confidence)]}
            for p in message.people]}


def set_state(message: SetState, language: str) -> dict[str, Any]:
    """Fields by their names; label is how the exercise is called."""
    return {
        'stamp': _seconds(message), 'track_id': message.track_id, 'exercise': message.exercise,
        'label': label(message.exercise, language), 'method': message.method,
        'state': message.state, 'phase': message.phase, 'reps': message.reps,
        'reps_left': message.reps_left, 'reps_right': message.reps_right,
        'target_reps': message.target_reps, 'hold_seconds': message.hold_seconds,
        'target_seconds': message.target_seconds, 'joints': list(message.joints),
        'angles': list(message.angles), 'initial_angles': list(message.initial_angles),
        'measurable': list(message.measurable), 'mse': message.mse,
        'threshold': message.threshold, 'square_wave': message.square_wave}


def movement(message: Movement) -> dict[str, Any]:
    """What one movement was taken for."""
    return {
        'track_id': message.track_id, 'verdict': message.verdict, 'reason': message.reason,
        'count': message.count, 'start': stamp_ns(message.start) / SECOND,
        'end': stamp_ns(message.end) / SECOND}


def form(message: FormScore) -> dict[str, Any]:
    """The form of one repetition."""
    return {
        'track_id': message.track_id, 'exercise': message.exercise, 'rep': message.rep,
        'median': message.median, 'threshold': message.threshold, 'correct': message.correct,
        'range': message.range, 'tempo': message.tempo,
        'parts': [
            {'part': p.part, 'judged': p.judged, 'distance': p.distance} for p in message.parts],
        'hints': [
            {'part': h.part, 'direction': h.direction, 'amount': h.amount, 'moment': h.moment}
            for h in message.hints]}


def names(message: IdentityArray) -> dict[str, str]:
    """Names by track id, of those who are known."""
    return {i.track_id: i.name for i in message.identities if i.state == Identity.KNOWN}


def speech(message: SpeechStatus) -> dict[str, Any]:
    """What became of something to be said."""
    return {
        'id': message.id, 'text': message.text, 'state': _SPEECH.get(message.state, 'dropped')}


def heard(message: Heard) -> dict[str, Any]:
    """What was understood."""
    return {
        'stamp': _seconds(message), 'text': message.text,
        'intent': message.intent.replace('_', ' '), 'confidence': round(message.confidence, 2),
        'source': _SOURCES.get(message.source, '')}


def session(message: Session, language: str) -> dict[str, Any]:
    """Who trains, by which plan, where in it."""
    return {
        'state': message.state, 'track_id': message.track_id, 'person_id': message.person_id,
        'name': message.name, 'question': message.question, 'item': message.item,
        'set': message.set, 'rest_until': stamp_ns(message.rest_until) / SECOND,
        'workout': message.workout.name,
        'plan': [
            {'exercise': i.exercise, 'label': label(i.exercise, language), 'sets': i.sets,
             'reps': i.reps, 'seconds': i.seconds, 'rest': i.rest}
            for i in message.workout.items]}


def nodes(message: DiagnosticArray, namespace: str) -> list[dict[str, Any]]:
    """What the nodes of this namespace say of themselves."""
    prefix = namespace.strip('/')
    prefix = f'{prefix}/' if prefix else ''
    return [
        {'name': status.name.removeprefix(prefix), 'level': status.level[0],
         'message': status.message, 'values': {v.key: v.value for v in status.values}}
        for status in message.status if status.name.startswith(prefix)]


def pressed_to_message(pressed: Pressed, language: str, now: int) -> Heard:
    """A button, or a typed sentence, that somebody pressed at now (ns)."""
    message = Heard(
        text=pressed.text, intent=pressed.intent, confidence=1.0, language=language,
        source=Heard.MIRROR)
    message.header.stamp = to_stamp(now)
    return message


def label(exercise: str, language: str) -> str:
    """How an exercise is called; '' for none."""
    return spoken_name(exercise, language) if exercise else ''


def _seconds(message: Any) -> float:
    return stamp_ns(message.header.stamp) / SECOND
