"""Words and sets to messages and back; the only place where trainer_voice builds messages."""

import re
from collections.abc import Iterable
from math import isfinite

from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import GetParameters, SetParameters

from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import (
    FormScore,
    IdentityArray,
    PersonArray,
    PlanItem,
    Say,
    SetState,
    SpeechStatus,
    Workout,
)
from trainer_msgs.msg import Heard as HeardMessage
from trainer_msgs.msg import Movement as MovementMessage
from trainer_msgs.msg import Session as SessionMessage
from trainer_msgs.srv import (
    AdjustSet,
    CorrectCount,
    Enroll,
    Forget,
    JudgeMovement,
    LoadWorkout,
    PlanWorkout,
)
from trainer_voice.dialogue import events
from trainer_voice.dialogue.events import (
    Body,
    Correction,
    Face,
    Form,
    Heard,
    Item,
    Movement,
    Result,
    Taken,
    View,
)
from trainer_voice.dialogue.session import Session
from trainer_voice.mouth.mouth import Status
from trainer_voice.mouth.queue import Utterance

_NAME_TAKEN, _FACE_TAKEN = 'with another face', 'this face is known as'
_DELETED = {'faces': 'face encoding', 'workouts': 'workout', 'sessions': 'session'}
_SLOWER = 0.85  # share of the words a minute
_SLOWEST, _FASTEST = 80, 400  # the mouth's limits


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
        stamp_ns(message.header.stamp), message.verdict, message.count, message.track_id,
        message.exercise, message.reason, stamp_ns(message.start), stamp_ns(message.end),
        message.side, message.range, message.seconds_out, message.seconds_back)


def form_from_message(message: FormScore) -> Form:
    """The form of a repetition."""
    return Form(
        stamp_ns(message.header.stamp), message.rep, message.correct,
        tuple(Correction(h.part, h.direction, h.amount, h.moment, h.progress)
              for h in message.hints),
        message.track_id, message.exercise, message.median, message.threshold, message.range,
        message.tempo, message.asymmetry,
        tuple((p.part, p.judged, p.distance) for p in message.parts))


def view_from_message(message: SetState) -> View:
    """The state of a set in one frame; measurable when at least one of its angles is."""
    return View(
        stamp_ns(message.header.stamp), message.state, message.track_id,
        _finite(message.hold_seconds), not message.measurable or any(message.measurable),
        message.reps, message.target_reps, _finite(message.target_seconds))


def bodies_from_message(message: PersonArray) -> list[Body]:
    """Everybody in view; how high what is seen of them is in the picture."""
    found = []
    for person in message.people:
        heights = [k.y for k in person.keypoints if k.confidence > 0 and isfinite(k.y)]
        found.append(Body(person.id, max(heights) - min(heights) if heights else 0.0))
    return found


def faces_from_message(message: IdentityArray) -> list[Face]:
    """Who everybody is."""
    return [Face(i.track_id, i.state, i.person_id, i.name) for i in message.identities]


def heard_from_message(message: HeardMessage) -> Heard:
    """What somebody said."""
    return Heard(stamp_ns(message.header.stamp), message.text, message.intent, message.source)


def request_to_service(request: events.Request, track_id: str = ''):
    """A request to the counter or the recogniser, as its service wants it; None for others."""
    match request:
        case events.Enroll(name, track):
            return Enroll.Request(name=name, track_id=track)
        case events.Forget(person_id):
            return Forget.Request(person_id=person_id)
        case events.Correct(reps):
            return CorrectCount.Request(track_id=track_id, reps=int(reps))
        case events.Judge(accept):
            return JudgeMovement.Request(track_id=track_id, accept=bool(accept))
        case events.Adjust(reps, seconds, rest):
            return AdjustSet.Request(
                track_id=track_id, target_reps=int(reps), target_seconds=float(seconds),
                rest=float(rest))
    return None


def answer_from_service(response: object) -> events.Answer:
    """What a service says about a request.

    Why a face could not be kept, and how much of what was deleted, is in the sentence only
    (trainer_pose.identity.people); of another recogniser's sentence nothing more is known.
    """
    message, taken = getattr(response, 'message', ''), Taken.FREE
    if isinstance(response, Enroll.Response) and not response.success:
        taken = (Taken.NAME if _NAME_TAKEN in message
                 else Taken.FACE if _FACE_TAKEN in message else Taken.FREE)
    deleted = [
        (what, int(number)) for what, name in _DELETED.items()
        for number in re.findall(rf'(\d+) {name}', message)
    ] if isinstance(response, Forget.Response) else []
    return events.Answer(
        getattr(response, 'success', False), message,
        person_id=getattr(response, 'person_id', ''), reps=int(getattr(response, 'reps', 0)),
        taken=taken, deleted=tuple(deleted))


def ask_rate() -> GetParameters.Request:
    """How fast the mouth speaks."""
    return GetParameters.Request(names=['rate'])


def new_rate(response: GetParameters.Response, pace: str) -> SetParameters.Request | None:
    """A `slower` or `faster` rate than the mouth's; None for a mouth that has none."""
    if not response.values or response.values[0].type != ParameterType.PARAMETER_INTEGER:
        return None
    now = response.values[0].integer_value
    rate = min(max(round(now / _SLOWER if pace == 'faster' else now * _SLOWER), _SLOWEST), _FASTEST)
    return SetParameters.Request(parameters=[Parameter(name='rate', value=ParameterValue(
        type=ParameterType.PARAMETER_INTEGER, integer_value=rate))])


def items_to_workout(items: Iterable[Item], name: str = '') -> Workout:
    """A plan."""
    return Workout(name=name, items=[
        PlanItem(
            exercise=item.exercise, sets=int(item.sets), reps=int(item.reps),
            seconds=float(item.seconds), rest=float(item.rest))
        for item in items])


def answer_to_loaded(
    answer: events.Answer, response: LoadWorkout.Response,
) -> LoadWorkout.Response:
    """The workout of the day."""
    response.success, response.message = answer.success, answer.message
    response.workout = items_to_workout(answer.items, answer.name)
    return response


def answer_to_planned(
    answer: events.Answer, response: PlanWorkout.Response,
) -> PlanWorkout.Response:
    """A plan and its reasons."""
    response.success, response.explanation = answer.success, answer.message
    response.workout = items_to_workout(answer.items, answer.name)
    return response


def session_to_message(session: Session, now: int) -> SessionMessage:
    """Where the session is."""
    training, who = session.training, session.greeting.who
    message = SessionMessage(
        state=int(session.state), track_id=session.track_id, person_id=who.person_id,
        name=who.name, workout=items_to_workout(session.plan, session.plan_name),
        item=int(training.item),
        set=int(training.set), rest_until=to_stamp(training.rest.until),
        question=session.question)
    message.header.stamp = to_stamp(now)
    return message


def _finite(seconds: float) -> float:
    """Anybody may publish anything; a NaN is no time at all."""
    return seconds if isfinite(seconds) else 0.0
