"""The dialogue node with those it asks for something: plans, corrections, the database."""

from datetime import datetime

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from test_dialogue_node import Hall, T
from test_whole_conversation import WORKOUT
from test_whole_conversation import Hall as Gym

from trainer_core.database import open_database
from trainer_msgs.action import PerformSet
from trainer_msgs.msg import FormScore, Heard, Hint, Movement, Session
from trainer_msgs.srv import CorrectCount, JudgeMovement, LoadWorkout, PlanWorkout
from trainer_voice.history.records import sessions
from trainer_voice.mouth.mouth_node import MouthNode

WEEK = """
guest:
  every day: short
workouts:
  short:
    - squat: 2 x 12, rest 40 s
"""


def call(hall, kind, name, request):
    client = hall.listener.create_client(kind, name)
    assert hall.graph.until(client.service_is_ready)
    future = client.call_async(request)
    assert hall.graph.until(future.done)
    return future.result()


@pytest.fixture
def week(tmp_path):
    (tmp_path / 'workouts.yaml').write_text(WEEK)
    return str(tmp_path / 'workouts.yaml')


def test_the_workout_of_the_day(graph, week):
    hall = Hall(graph, workouts=week)
    response = call(hall, LoadWorkout, 'load_workout', LoadWorkout.Request())
    item, = response.workout.items
    assert (response.success, response.workout.name) == (True, 'short')
    assert (item.exercise, item.sets, item.reps, item.rest) == ('squat', 2, 12, 40.0)
    missing = call(hall, LoadWorkout, 'load_workout', LoadWorkout.Request(name='nonsense'))
    assert not missing.success and 'nonsense' in missing.message


def test_a_plan_from_words(graph):
    hall = Hall(graph)
    response = call(hall, PlanWorkout, 'plan_workout', PlanWorkout.Request(
        text='twenty push ups and a plank'))
    assert response.success and response.explanation
    assert [i.exercise for i in response.workout.items] == ['push_up', 'plank']
    assert not call(hall, PlanWorkout, 'plan_workout', PlanWorkout.Request(
        text='blue potatoes')).success


def test_hints_and_praise(graph):
    hall = Hall(graph, exercise='squat')
    counter = hall.counter()
    forms = hall.listener.create_publisher(FormScore, 'form', 10)
    assert graph.until(forms.get_subscription_count)
    for rep, hints in ((1, [Hint(part='left_knee', direction='bend', amount=0.35,
                                 moment='bottom')]), (2, [])):
        counter.move(T + rep * 8 * 10**9, count=rep)
        hall.texts(2 * rep)
        message = FormScore(track_id='p3fk2', exercise='squat', rep=rep, correct=not hints,
                            hints=hints)
        message.header.stamp.sec = 1_795_000_000 + 8 * rep
        forms.publish(message)
        hall.texts(2 * rep + 1)
    assert hall.texts(5)[1:4] == [
        'one', 'Bend your left knee twenty degrees more.', 'two']
    assert hall.said[2].priority == hall.said[4].priority == 2


def test_everything_is_written_down(graph, data):
    hall = Hall(graph, exercise='squat', target_reps=2)
    counter = hall.counter()
    counter.move(T, count=1)
    counter.move(T + 10**9, Movement.PARTIAL, count=1)
    counter.move(T + 2 * 10**9, count=2)
    hall.texts(4)
    counter.end(outcome=PerformSet.Result.COMPLETED, reps=2)
    hall.state(Session.SUMMARY)
    path = data / 'trainer.sqlite'

    def written():
        with open_database(path) as db:
            done = sessions(db, '')
            return [(m['verdict'], m['count']) for m in db.rows('SELECT * FROM movements')] if (
                done and done[-1].ended) else None
    assert graph.until(written)
    assert written() == [('rep', 1), ('partial', 1), ('rep', 2)]
    assert path.stat().st_mode & 0o077 == 0
    with open_database(path) as db:
        started = sessions(db, '')[0].started
    assert abs((datetime.now(started.tzinfo) - started).total_seconds()) < 60


def test_a_broken_database_stops_nothing(graph, tmp_path):
    broken = tmp_path / 'broken.sqlite'
    broken.write_text('this is no database' * 1000)
    hall = Hall(graph, exercise='squat', target_reps=1, database=str(broken))
    counter = hall.counter()
    counter.move(T, count=1)
    assert hall.texts(2)[1] == 'one'
    assert hall.diagnosed('is damaged').level == DiagnosticStatus.WARN
    broken.unlink()  # it is moved away, as the message says
    counter.end(outcome=PerformSet.Result.COMPLETED, reps=1)
    hall.state(Session.SUMMARY)
    assert graph.until(lambda: hall.dialogue._keeper.waiting == 0)
    with open_database(broken) as db:
        assert [(s.exercise, s.reps) for done in sessions(db, '') for s in done.sets] == [
            ('squat', 1)]


@pytest.mark.parametrize('words, rate, then', [
    ('slower please', 160, 136), ('faster please', 136, 160), ('slower', 85, 80),
    ('speed up', 390, 400)])
def test_pace_reaches_the_mouth(graph, words, rate, then):
    mouth = graph.add(MouthNode, parameters={'voice': 'null', 'rate': rate})
    hall = Hall(graph, exercise='squat')
    hall.counter()
    heard = hall.listener.create_publisher(Heard, 'heard', 10)
    assert graph.until(heard.get_subscription_count)
    heard.publish(Heard(text=words))
    assert graph.until(lambda: mouth.params.rate == then)


@pytest.mark.parametrize('name', ['ears', 'ears_of_a_robot'])
def test_ears_that_die_are_missed(graph, name):
    """Though there is a mirror, whose buttons still work."""
    hall = Hall(graph, exercise='squat')
    hall.counter()
    ears, mirror = graph.add(Node, name), graph.add(Node, 'mirror')
    for node in (ears, mirror):
        node.create_publisher(Heard, 'heard', 10)
    health = ears.create_publisher(DiagnosticArray, '/diagnostics', 10)

    def listened():
        if name == 'ears':  # ours tell how they are
            health.publish(listening(DiagnosticStatus.OK))
        return hall.dialogue._senses._listened
    assert graph.until(listened)
    graph.remove(ears)
    assert hall.texts(2)[1] == 'I cannot hear you at the moment. You can type.'
    assert hall.diagnosed('without ears').level == DiagnosticStatus.WARN


def test_a_microphone_that_is_pulled_out_and_plugged_in_again(graph):
    hall = Hall(graph, exercise='squat')
    hall.counter()
    ears = graph.add(Node, 'ears')
    ears.create_publisher(Heard, 'heard', 10)
    health = ears.create_publisher(DiagnosticArray, '/diagnostics', 10)
    assert graph.until(health.get_subscription_count)

    def told(level, until):
        def look():
            health.publish(listening(level))
            return until()
        assert graph.until(look), [m.text for m in hall.said]
    told(DiagnosticStatus.WARN, lambda: len(hall.health) > 3)
    told(DiagnosticStatus.OK, lambda: hall.dialogue._senses._listened)
    assert [m.text for m in hall.said][1:] == []  # it never was there: nobody has missed it
    told(DiagnosticStatus.WARN, lambda: len(hall.said) > 1)
    told(DiagnosticStatus.OK, lambda: len(hall.said) > 2)
    assert hall.texts(3)[1:] == [
        'I cannot hear you at the moment. You can type.', 'I can hear you again.']


def listening(level):
    return DiagnosticArray(status=[DiagnosticStatus(
        level=level, name='trainer/ears: listening', values=[
            KeyValue(key='device', value='default')])])


def test_a_service_that_is_not_there_is_an_answer(graph):
    hall = Hall(graph, exercise='squat')
    counter = hall.counter()
    counter.move(T, count=1)
    words = hall.listener.create_publisher(Heard, 'heard', 10)
    assert graph.until(words.get_subscription_count)
    words.publish(Heard(text='no, I did four'))
    assert hall.texts(3)[2] == 'I could not change that.'


def test_a_human_trainer_corrects_by_words_and_by_service(graph, tmp_path):
    """With the real counter: both values are kept."""
    hall = Gym(graph, tmp_path, exercise='squat', target_reps=0)
    hall.listener = hall.world
    assert graph.until(lambda: hall.world.session.state == Session.TRAINING)
    assert hall.play(WORKOUT, lambda: len(hall.world.moved) == 2, 40)
    hall.world.say('no, I did five')
    assert hall.play(WORKOUT, lambda: 'Corrected: five.' in hall.world.texts, 2), (
        hall.world.texts)
    judged = call(hall, JudgeMovement, 'judge_movement', JudgeMovement.Request(accept=False))
    assert (judged.success, judged.reps) == (True, 4)
    assert hall.play(WORKOUT, lambda: len(hall.world.moved) == 3, 10)
    assert hall.play(WORKOUT, lambda: 'five' in hall.world.texts, 2), hall.world.texts
    counted = call(hall, CorrectCount, 'correct_count', CorrectCount.Request(reps=7))
    assert counted.success and counted.counted == 5
    hall.play(WORKOUT, limit=2)
    hall.world.say('stop')
    assert hall.play(WORKOUT, lambda: 'seven repetitions' in ' '.join(hall.world.texts), 5), (
        hall.world.texts)
    assert graph.until(hall.state(Session.SUMMARY))
    assert graph.until(lambda: hall.dialogue._keeper.waiting == 0)
    with open_database(hall.database) as db:
        a_set, = sessions(db, '')[0].sets
    assert (a_set.counted, a_set.corrected) == (3, 7)


