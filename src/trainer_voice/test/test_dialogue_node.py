"""The dialogue on real ROS with a counter that does what the test tells it."""

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.action import ActionServer, CancelResponse
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.task import Future
from std_srvs.srv import SetBool, Trigger

from trainer_core.errors import UserError
from trainer_core.ros.convert import stamp_ns, to_stamp
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import Movement, Say, Session, SetState, SpeechStatus
from trainer_msgs.srv import AdjustSet
from trainer_voice.dialogue import dialogue_node
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.ros import counter_link


class Counter(Node):
    """Takes goals, and ends them as it is told."""

    def __init__(self, **kwargs):
        super().__init__('counter', **kwargs)
        self.goals, self.handles, self.ends, self.canceled = [], [], [], 0
        self.movements = self.create_publisher(Movement, 'movements', 10)
        self.server = ActionServer(
            self, PerformSet, 'perform_set', self._execute, cancel_callback=self._cancel)

    async def _execute(self, handle):
        end = Future()
        self.goals.append(handle.request)
        self.handles.append(handle)
        self.ends.append(end)
        result = await end
        handle.succeed()
        return result

    def _cancel(self, handle):
        self.canceled += 1
        return CancelResponse.REJECT

    def move(self, stamp, verdict=Movement.REP, count=0):
        message = Movement(verdict=verdict, count=count, track_id='p3fk2', exercise='squat')
        message.header.stamp = to_stamp(stamp)
        self.movements.publish(message)

    def show(self, stamp, **state):
        message = SetState(track_id='p3fk2', **state)
        message.header.stamp = to_stamp(stamp)
        self.handles[-1].publish_feedback(PerformSet.Feedback(state=message))

    def end(self, **result):
        self.ends[-1].set_result(PerformSet.Result(**result))

    def destroy_node(self):
        self.server.destroy()
        super().destroy_node()


class Replacing(Counter):
    """Ends a set when another one comes, as the real one does."""

    async def _execute(self, handle):
        if self.ends and not self.ends[-1].done():
            self.end(outcome=PerformSet.Result.REPLACED)
        return await super()._execute(handle)


class Hall:
    """A dialogue, a listener, and counters that come and go."""

    def __init__(self, graph, **parameters):
        self.graph = graph
        self.listener = graph.add(Node, 'listener')
        self.said, self.sessions, self.health = [], [], []
        self.listener.create_publisher(SpeechStatus, 'speech_status', 10)
        self.listener.create_subscription(Say, 'say', self.said.append, 10)
        self.listener.create_subscription(
            DiagnosticArray, '/diagnostics', lambda m: self.health.extend(m.status), 10)
        self.dialogue = graph.add(DialogueNode, parameters=parameters)
        assert graph.until(self.dialogue._say.get_subscription_count)
        # After the dialogue: what it published before must reach us all the same.
        self.listener.create_subscription(
            Session, 'session', self.sessions.append,
            QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))

    def counter(self, kind=Counter):
        counter = self.graph.add(kind)
        assert self.graph.until(lambda: counter.goals)
        assert self.graph.until(
            lambda: self.sessions and self.sessions[-1].state == Session.TRAINING)
        assert self.graph.until(counter.movements.get_subscription_count)
        return counter

    def texts(self, n):
        assert self.graph.until(lambda: len(self.said) >= n), [m.text for m in self.said]
        return [m.text for m in self.said]

    def state(self, state):
        assert self.graph.until(lambda: self.sessions and self.sessions[-1].state == state), (
            self.sessions and self.sessions[-1].state)
        return self.sessions[-1]

    def diagnosed(self, words):
        assert self.graph.until(lambda: any(words in s.message for s in self.health)), [
            s.message for s in self.health]
        return next(s for s in self.health if words in s.message)

    def service(self, kind, name, request):
        client = self.listener.create_client(kind, name)
        assert self.graph.until(client.service_is_ready)
        future = client.call_async(request)
        assert self.graph.until(future.done)
        assert future.result().success


T = 1_795_000_000_123_456_789


def test_a_set_is_counted_aloud(graph):
    hall = Hall(graph, exercise='push_up', target_reps=2, rest=30.0, seed=1)
    counter = hall.counter()
    goal, = counter.goals
    assert (goal.exercise, goal.target_reps, goal.rest) == ('push_up', 2, 30.0)
    assert 'ush' in hall.texts(1)[0] and 'Two repetitions.' in hall.texts(1)[0]
    counter.move(T, count=1)
    assert hall.texts(2)[1] == 'one'
    number = hall.said[1]
    assert (stamp_ns(number.header.stamp), stamp_ns(number.deadline)) == (T, T + 10**9)
    assert (number.priority, number.group, number.language) == (Say.COUNT, 'count', 'en')
    counter.move(T + 2 * 10**9, Movement.PARTIAL)
    counter.move(T + 4 * 10**9, count=2)
    assert hall.texts(4)[3] == 'two'
    assert hall.said[2].priority == Say.HINT
    counter.end(outcome=PerformSet.Result.COMPLETED, reps=2)
    assert 'wo repetitions' in hall.texts(5)[4]
    session = hall.state(Session.SUMMARY)
    item, = session.workout.items
    assert (item.exercise, item.reps, item.sets, item.rest) == ('push_up', 2, 1, 30.0)
    assert session.track_id == ''


def test_a_rest_that_the_counter_was_given_is_kept(graph):
    hall = Hall(graph, exercise='push_up', target_reps=2, rest=30.0, sets=2, seed=1)
    counter = hall.counter()
    rests = hall.listener.create_client(AdjustSet, 'dialogue/adjust_set')
    counter.move(T, count=2)
    counter.end(outcome=PerformSet.Result.COMPLETED, reps=2)
    began = hall.state(Session.RESTING).rest_until
    assert graph.until(rests.service_is_ready)

    def give(rest, track_id=''):
        asked = rests.call_async(AdjustSet.Request(
            target_reps=-1, target_seconds=-1.0, rest=rest, track_id=track_id))
        assert graph.until(asked.done)
        return asked.result().success

    assert give(90.0)
    assert graph.until(lambda: stamp_ns(hall.sessions[-1].rest_until) == (
        stamp_ns(began) + 60 * 10**9))
    assert graph.until(lambda: any('ninety' in m.text for m in hall.said))
    assert (give(90.0), give(-1.0), give(60.0, 'p0009')) == (True, False, False)
    assert hall.sessions[-1].workout.items[0].rest == 90.0
    assert len([m for m in hall.said if 'ninety' in m.text]) == 1  # nothing new was given


def test_the_announcement_waits_for_the_mouth(graph):
    dialogue = graph.add(DialogueNode, parameters={'exercise': 'squat'})
    counter, listener, said = graph.add(Counter), graph.add(Node, 'listener'), []
    listener.create_subscription(Say, 'say', said.append, 10)  # a recorder, for instance
    assert graph.until(lambda: dialogue._unheard)
    assert counter.goals == []
    listener.create_publisher(SpeechStatus, 'speech_status', 10)
    assert graph.until(lambda: said and counter.goals)
    assert said[0].text.startswith('Squats.')


def test_but_not_for_ever(graph, monkeypatch):
    monkeypatch.setattr(dialogue_node, '_MOUTH_WAIT', 0.2)
    graph.add(DialogueNode, parameters={'exercise': 'squat'})
    counter = graph.add(Counter)
    assert graph.until(lambda: counter.goals)


def test_a_hold_in_italian(graph):
    hall = Hall(graph, exercise='plank', target_seconds=12, language='it')
    counter = hall.counter()
    assert counter.goals[0].target_seconds == 12.0
    assert 'odici secondi' in hall.texts(1)[0]
    for second in (6.5, 7.1, 8.0, 9.2, 10.0, 11.0):
        counter.show(T, state=SetState.ACTIVE, hold_seconds=second)
    assert hall.texts(6)[1:] == ['cinque', 'quattro', 'tre', 'due', 'uno']
    assert {m.language for m in hall.said} == {'it'}
    assert hall.state(Session.TRAINING).track_id == 'p3fk2'


def test_lost_is_said_once(graph):
    hall = Hall(graph, exercise='squat')
    counter = hall.counter()
    for i in range(8):
        counter.show(T + i * 10**9, state=SetState.NOBODY)
    hall.texts(2)
    counter.move(T + 9 * 10**9, count=1)
    assert hall.texts(3)[2] == 'one'
    assert 'cannot see you' in hall.said[1].text


def test_idle_without_an_exercise(graph):
    hall = Hall(graph)
    assert hall.state(Session.IDLE).workout.items == []
    counter = graph.add(Counter)
    assert hall.diagnosed('idle').level == DiagnosticStatus.OK
    assert graph.until(lambda: hall.dialogue._link.up)
    assert (counter.goals, hall.said) == ([], [])


def test_no_counter_is_said_in_diagnostics(graph):
    hall = Hall(graph, exercise='squat')
    health = hall.diagnosed('no counter answers on /trainer/perform_set')
    assert health.level == DiagnosticStatus.WARN
    assert hall.state(Session.IDLE)


def test_the_counter_dies_and_comes_back(graph):
    hall = Hall(graph, exercise='squat', target_reps=5)
    counter = hall.counter()
    counter.move(T, count=1)
    assert hall.texts(2)[1] == 'one'
    graph.remove(counter)
    assert hall.texts(3)[2] == 'One moment, please.'
    hall.state(Session.PAUSED)
    counter = hall.counter()
    assert (counter.goals[0].exercise, counter.goals[0].target_reps) == ('squat', 5)
    assert hall.texts(4)[3].lower().endswith('go on.')
    counter.move(T + 5 * 10**9, count=2)
    assert hall.texts(5)[4] == 'two'


def test_a_killed_counter_is_still_in_the_graph(graph):
    hall = Hall(graph, exercise='squat', target_reps=5)
    dead = hall.counter()
    graph.executor.remove_node(dead)  # it is seen, and answers no more
    alive = graph.add(Counter)
    assert graph.until(lambda: alive.goals)
    assert hall.texts(2)[1] == 'One moment, please.'


def test_answers_slower_than_patience(graph, monkeypatch):
    """The goal is sent several times; the counter takes each and replaces the one before."""
    monkeypatch.setattr(counter_link, '_LOOK', 0.001)
    monkeypatch.setattr(counter_link, '_PATIENCE', 0.0)
    hall = Hall(graph, exercise='squat', target_reps=1)
    counter = hall.counter(Replacing)
    assert graph.until(lambda: all(end.done() for end in counter.ends[:-1]))
    counter.move(T, count=1)
    assert hall.texts(2)[1] == 'one'
    counter.end(outcome=PerformSet.Result.COMPLETED, reps=1)
    hall.state(Session.SUMMARY)


def test_a_wrong_exercise(graph):
    hall = Hall(graph, exercise='squad')
    counter = hall.counter()
    counter.end(
        outcome=PerformSet.Result.INVALID, message='There is no exercise squad; there is squat.')
    assert hall.texts(2)[1] == 'There is no exercise squad; there is squat.'
    hall.state(Session.IDLE)
    assert hall.diagnosed('no exercise squad').level == DiagnosticStatus.ERROR
    # And is put right while everything runs.
    hall.dialogue.set_parameters([Parameter('exercise', value='squat')])
    assert graph.until(lambda: len(counter.goals) == 2)
    assert counter.goals[1].exercise == 'squat'
    hall.state(Session.TRAINING)


def test_disabled_reset_and_enabled(graph):
    hall = Hall(graph, exercise='squat')
    counter = hall.counter()
    hall.service(SetBool, 'dialogue/enable', SetBool.Request(data=False))
    hall.state(Session.IDLE)
    assert graph.until(lambda: counter.canceled)
    hall.service(SetBool, 'dialogue/enable', SetBool.Request(data=True))
    hall.state(Session.TRAINING)
    hall.service(Trigger, 'dialogue/reset', Trigger.Request())
    assert graph.until(lambda: len(counter.goals) == 3)


@pytest.mark.parametrize(('parameters', 'sentence'), [
    ({'language': 'xx'}, "parameter language is 'xx'; there are phrases in en, it"),
    ({'sets': 0}, 'parameter sets of node dialogue: .*Min: 1, Max: 100, value: 0'),
    ({'target_reps': 'ten'}, 'target_reps'),
])
def test_a_wrong_parameter_ends_it_with_one_sentence(graph, parameters, sentence):
    with pytest.raises(UserError, match=sentence):
        graph.add(DialogueNode, parameters=parameters)
