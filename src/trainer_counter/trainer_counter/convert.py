"""Sets to messages; the only place where trainer_counter builds messages."""

import math

from std_msgs.msg import Header

from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_counter.exercises.teaching import Lesson
from trainer_counter.form.judge import Form
from trainer_counter.reps.auto import AutoSet
from trainer_counter.reps.movement import Movement, Side, Verdict
from trainer_counter.reps.points import NamedPoint
from trainer_counter.reps.set import Set, State
from trainer_counter.reps.sets import Asked
from trainer_msgs.action import PerformSet, TeachExercise
from trainer_msgs.msg import (
    FormScore,
    Hint,
    Identity,
    IdentityArray,
    NamedPointArray,
    PartScore,
    SetState,
)
from trainer_msgs.msg import Movement as MovementMessage


def state_to_message(state: State, the_set: Set | AutoSet, header: Header) -> SetState:
    """Where the trainee is; header is that of the image."""
    return SetState(
        header=header, track_id=state.track_id, exercise=the_set.exercise.name,
        method=the_set.method, state=int(state.life), phase=state.phase, reps=int(state.reps),
        reps_left=int(state.reps_left), reps_right=int(state.reps_right),
        target_reps=int(the_set.target_reps), hold_seconds=float(state.hold_seconds),
        target_seconds=float(the_set.target_seconds), joints=list(state.joints),
        angles=[float(a) for a in state.angles],
        initial_angles=[float(a) for a in state.initial_angles],
        measurable=[not math.isnan(a) for a in state.angles], mse=float(state.mse),
        threshold=float(state.threshold), square_wave=int(state.square_wave))


def movement_to_message(movement: Movement, exercise: str, header: Header) -> MovementMessage:
    """A finished movement; header is that of the image in which it was decided."""
    return MovementMessage(
        header=header, track_id=movement.track_id, exercise=exercise,
        verdict=int(movement.verdict), reason=movement.reason, count=int(movement.count),
        start=to_stamp(movement.start), end=to_stamp(movement.end), side=int(movement.side),
        range=float(movement.range), seconds_out=float(movement.seconds_out),
        seconds_back=float(movement.seconds_back))


def result(outcome: int, the_set: Set | AutoSet | None, message: str) -> PerformSet.Result:
    """How a set ended; without one, because it could not begin."""
    return PerformSet.Result(
        outcome=int(outcome), reps=int(the_set.reps) if the_set else 0,
        seconds=float(the_set.hold_seconds) if the_set else 0.0, message=message)


def asked(goal: PerformSet.Goal, method: str) -> Asked:
    """What a goal asks for; method: of a goal that names none."""
    return Asked(
        goal.exercise, goal.method or method, goal.target_reps, goal.target_seconds, goal.rest,
        goal.track_id)


def known(message: IdentityArray) -> dict[str, str]:
    """person_id by track_id of those who are known."""
    return {i.track_id: i.person_id for i in message.identities if i.state == Identity.KNOWN}


def points(message: NamedPointArray) -> list[NamedPoint]:
    """The named points of an image."""
    return [NamedPoint(p.name, p.x, p.y, p.confidence, p.track_id) for p in message.points]


def movement_from_message(message: MovementMessage) -> Movement:
    """What the counter said about a movement."""
    return Movement(
        Verdict(message.verdict), message.reason, stamp_ns(message.start), stamp_ns(message.end),
        Side(message.side), message.range, message.seconds_out, message.seconds_back,
        message.count, message.track_id)


def form_to_message(form: Form, frame_id: str) -> FormScore:
    """The form of a repetition; its stamp is that of the image that ended it."""
    return FormScore(
        header=Header(stamp=to_stamp(form.end), frame_id=frame_id), track_id=form.track_id,
        exercise=form.exercise, rep=int(form.rep),
        parts=[PartScore(part=p.part, judged=bool(p.judged), distance=float(p.distance))
               for p in form.parts],
        median=float(form.median), threshold=float(form.threshold), correct=bool(form.correct),
        range=float(form.range), tempo=float(form.tempo), asymmetry=float(form.asymmetry),
        hints=[Hint(part=h.part, direction=h.direction, amount=float(h.amount), moment=h.moment,
                    progress=float(h.progress)) for h in form.hints])


def lesson_to_feedback(lesson: Lesson) -> TeachExercise.Feedback:
    """How far a lesson has come."""
    return TeachExercise.Feedback(seen=int(lesson.seen), instruction=lesson.instruction)


def taught(file: str, message: str) -> TeachExercise.Result:
    """How a lesson ended; file: '' = nothing was learned."""
    return TeachExercise.Result(success=bool(file), file=file, message=message)
