"""The services load_workout and plan_workout, asked through the graph."""

import pytest
from rclpy.node import Node

from trainer_core.database import open_database
from trainer_msgs.srv import LoadWorkout, PlanWorkout
from trainer_voice.dialogue.dialogue_node import DialogueNode
from trainer_voice.dialogue.events import Item
from trainer_voice.plans.book import Book
from trainer_voice.plans.workout import Workout


@pytest.fixture
def ask(graph, tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path / 'config'))
    file = tmp_path / 'trainer.sqlite'
    with open_database(file) as db:
        with db.transaction() as c:
            c.execute("INSERT INTO people VALUES ('a7k2m', 'Anna', '')")
        for weekday in range(7):
            Book(db).store('a7k2m', Workout('mine', (Item('lunge', 2, 7, 0.0, 45.0),)), weekday)
    graph.add(DialogueNode, parameters={'database': str(file)})
    asker = graph.add(Node, 'asker')
    clients = {kind: asker.create_client(kind, name) for kind, name in (
        (LoadWorkout, 'load_workout'), (PlanWorkout, 'plan_workout'))}
    assert graph.until(lambda: all(c.service_is_ready() for c in clients.values()))

    def ask(*requests):
        futures = [clients[kind].call_async(kind.Request(**fields)) for kind, fields in requests]
        assert graph.until(lambda: all(f.done() for f in futures), 30)
        return [f.result() for f in futures]
    return ask


def said(workout):
    return ', '.join(
        f'{i.exercise} {i.sets}x{i.reps or f"{i.seconds:g}s"} rest {i.rest:g}'
        for i in workout.items)


def test_workouts_are_loaded_and_planned(ask):
    plan, wrong, mine, taster, named, none = ask(
        (PlanWorkout, {'text': 'three sets of ten squats and a plank with a minute rest'}),
        (PlanWorkout, {'text': 'venti ruote', 'language': 'it'}),
        (LoadWorkout, {'person_id': 'a7k2m'}),
        (LoadWorkout, {}),
        (LoadWorkout, {'name': 'core'}),
        (LoadWorkout, {'name': 'yoga'}))
    assert said(plan.workout) == 'squat 3x10 rest 60, plank 1x30s rest 60'
    assert plan.success and plan.explanation == 'It takes five minutes.'
    assert not wrong.success and 'Non ho capito: ruote.' in wrong.explanation
    assert mine.success and said(mine.workout) == 'lunge 2x7 rest 45'
    assert taster.success and taster.workout.items[0].exercise == 'squat'
    assert named.success and named.workout.items[0].exercise == 'sit_up'
    assert not none.success and 'no workout called yoga' in none.message
