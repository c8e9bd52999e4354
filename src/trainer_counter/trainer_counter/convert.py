"""Sets to messages; the only place where trainer_counter builds messages."""

import math

from std_msgs.msg import Header

from trainer_core.ros.convert import to_stamp
from trainer_counter.reps.movement import Movement
from trainer_counter.reps.set import Set, State
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import Movement as MovementMessage
from trainer_msgs.msg import SetState


def state_to_message(state: State, the_set: Set, header: Header) -> SetState:
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


def result(outcome: int, the_set: Set | None, message: str) -> PerformSet.Result:
    """How a set ended; without one, because it could not begin."""
    return PerformSet.Result(
        outcome=int(outcome), reps=int(the_set.reps) if the_set else 0,
        seconds=float(the_set.hold_seconds) if the_set else 0.0, message=message)
