"""Messages, to the nanosecond, and whatever strangers may publish."""

import math

import pytest
from rclpy.serialization import deserialize_message, serialize_message

from trainer_core.ros.convert import to_stamp
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import Movement, Say, Session, SetState, SpeechStatus
from trainer_voice import convert
from trainer_voice.dialogue.events import Item, Life, Outcome, State, Verdict
from trainer_voice.dialogue.session import Session as Leading
from trainer_voice.dialogue.wording import Wording
from trainer_voice.mouth import mouth
from trainer_voice.mouth.queue import Priority, Utterance

T = 1_795_000_000_123_456_789


def wire(message):
    return deserialize_message(serialize_message(message), type(message))


@pytest.mark.parametrize('utterance', [
    Utterance('seven'),
    Utterance('ventitré', 's7', 'it', Priority.COUNT, T, T + 10**9, 'count'),
    Utterance('', language='en-GB', priority=Priority.ALERT),
])
def test_what_is_to_be_said(utterance):
    assert convert.utterance_from_message(
        wire(convert.utterance_to_message(utterance))) == utterance


def test_what_became_of_it():
    message = wire(convert.status_to_message(mouth.Status(
        Utterance('seven', 's7', stamp=5), mouth.State.DROPPED, 'late by 0.20 s', T)))
    assert (message.id, message.text, message.state, message.reason) == (
        's7', 'seven', SpeechStatus.DROPPED, 'late by 0.20 s')
    assert message.header.stamp == to_stamp(T)


@pytest.mark.parametrize(('enum', 'message'), [
    (Priority, Say), (mouth.State, SpeechStatus), (State, Session), (Verdict, Movement),
    (Life, SetState), (Outcome, PerformSet.Result),
])
def test_the_numbers_are_those_of_the_messages(enum, message):
    for value in enum:
        assert getattr(message, value.name) == value


def test_a_set_there_and_back():
    goal = convert.item_to_goal(Item('plank', 2, 0, 30, 15))
    assert (goal.exercise, goal.target_seconds, goal.rest, goal.target_reps) == (
        'plank', 30.0, 15.0, 0)
    result = convert.result_from_message(PerformSet.Result(outcome=2, reps=7, message='left'))
    assert (result.outcome, result.reps, result.message) == (Outcome.LEFT, 7, 'left')


@pytest.mark.parametrize(('measurable', 'enough'), [
    ([], True), ([False, False], False), ([False, True], True)])
def test_what_is_seen_of_a_set(measurable, enough):
    message = SetState(state=SetState.ARMED, track_id='p3fk2', measurable=measurable)
    message.header.stamp = to_stamp(T)
    view = convert.view_from_message(message)
    assert (view.stamp, view.life, view.track_id, view.measurable) == (
        T, Life.ARMED, 'p3fk2', enough)


def test_where_the_session_is():
    session = Leading([Item('squat', 2, 10, 0.0, 30.0)], Wording('en'), str)
    session.counter_up(T)
    message = wire(convert.session_to_message(session, T))
    assert (message.state, message.item, message.set) == (Session.ANNOUNCING, 0, 1)
    assert message.workout.items[0].reps == 10


def test_nonsense_does_not_stop_the_session():
    session = Leading([Item('plank', 1, 0, 30.0)], Wording('en'), str)
    session.counter_up(T)
    session.accepted(T)
    movement = convert.movement_from_message(Movement(verdict=99, count=2**32 - 1))
    assert session.moved(movement) == []
    for seconds in (math.nan, math.inf, -5.0):
        assert session.seen(
            convert.view_from_message(SetState(state=77, hold_seconds=seconds))) == []
    said, = session.ended(
        convert.result_from_message(PerformSet.Result(seconds=math.nan)), T)
    assert 'hirty seconds' in said.text
