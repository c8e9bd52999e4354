"""Words and sets to messages and back; the only place where trainer_voice builds messages."""

from math import isfinite

from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import Movement as MovementMessage
from trainer_msgs.msg import PlanItem, Say, SetState, SpeechStatus, Workout
from trainer_msgs.msg import Session as SessionMessage
from trainer_voice.dialogue.events import Item, Movement, Result, View
from trainer_voice.dialogue.session import Session
from trainer_voice.mouth.mouth import Status
from trainer_voice.mouth.queue import Utterance


def utterance_from_message(message: Say) -> Utterance:
    """What is to be said, without ROS."""
    return Utterance(
        text=message.text, id=message.id, language=message.language, priority=message.priority,
        stamp=stamp_ns(message.header.stamp), deadline=stamp_ns(message.deadline),
        group=message.group)


def utterance_to_message(utterance: Utterance) -> Say:
    """The stamp in the header is that of the event, not of the sending."""
    message = Say(
        id=utterance.id, text=utterance.text, language=utterance.language,
        priority=int(utterance.priority), deadline=to_stamp(utterance.deadline),
        group=utterance.group)
    message.header.stamp = to_stamp(utterance.stamp)
    return message


def status_to_message(status: Status) -> SpeechStatus:
    """What became of an utterance."""
    message = SpeechStatus(
        id=status.utterance.id, text=status.utterance.text, state=int(status.state),
        reason=status.reason)
    message.header.stamp = to_stamp(status.stamp)
    return message


def item_to_goal(item: Item, track_id: str = '') -> PerformSet.Goal:
    """One set of an item of the plan."""
    return PerformSet.Goal(
        exercise=item.exercise, target_reps=int(item.reps), target_seconds=float(item.seconds),
        rest=float(item.rest), track_id=track_id)


def result_from_message(message: PerformSet.Result) -> Result:
    """How a set ended."""
    return Result(message.outcome, message.reps, _finite(message.seconds), message.message)


def movement_from_message(message: MovementMessage) -> Movement:
    """What a movement was taken for."""
    return Movement(
        stamp_ns(message.header.stamp), message.verdict, message.count, message.track_id)


def view_from_message(message: SetState) -> View:
    """The state of a set in one frame; measurable when at least one of its angles is."""
    return View(
        stamp_ns(message.header.stamp), message.state, message.track_id,
        _finite(message.hold_seconds), not message.measurable or any(message.measurable))


def session_to_message(session: Session, now: int) -> SessionMessage:
    """Where the session is."""
    message = SessionMessage(
        state=int(session.state), track_id=session.track_id,
        workout=Workout(items=[
            PlanItem(
                exercise=item.exercise, sets=int(item.sets), reps=int(item.reps),
                seconds=float(item.seconds), rest=float(item.rest))
            for item in session.plan]),
        item=int(session.item), set=int(session.set),
        rest_until=to_stamp(session.rest_until))
    message.header.stamp = to_stamp(now)
    return message


def _finite(seconds: float) -> float:
    """Anybody may publish anything; a NaN is no time at all."""
    return seconds if isfinite(seconds) else 0.0
