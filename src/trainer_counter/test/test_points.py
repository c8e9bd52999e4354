"""Points that are not of the body: brought together with their image, whoever comes first."""

import math

import numpy as np
import pytest
from athletes import athlete, camera

from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_counter.exercises.schema import Exercise, Quantity
from trainer_counter.reps.body import across, stature, view
from trainer_counter.reps.points import SILENT, WAIT, Joining, NamedPoint, joined
from trainer_counter.reps.set import Set
from trainer_counter.reps.signals import mean_value, value

FRAME = SECOND // 30
BAR = [NamedPoint('bar_left', 0.5, 0.5, 0.9)]


def people(i, *xs):
    """Image i with a person at each x (px) of 100."""
    def person(k, x):
        pose = np.full((18, 3), (x, 50, 0.9), float)
        return Person(f'p{k}', pose, pose, 0.9)
    return People(i * FRAME, 100, 100, [person(k, x) for k, x in enumerate(xs)])


def stamps(ready):
    return [p.stamp // FRAME for p, _ in ready]


@pytest.mark.parametrize(('events', 'out'), [
    # P is an image with people, p its points, by number; out: which images come out when.
    ('p0 P0 p1 P1 p2 P2', [[], [0], [], [1], [], [2]]),
    ('P0 P1 P2', [[0], [1], [2]]),                                # nobody publishes points
    ('p0 P0 P1 p1 P2 P3 p2 p3', [[], [0], [], [1], [], [], [2], [3]]),  # the points are slower
    ('p0 P0 P1 P2 p2 P3 p3', [[], [0], [], [], [1, 2], [], [3]]),  # points of 1 were lost
    ('p5 P5 P0 P1', [[], [5], [0], [1]]),                         # time went back
], ids=['points first', 'no points', 'people first', 'points lost', 'time goes back'])
def test_people_wait_for_their_points(events, out):
    joining, results = Joining(), []
    for event in events.split():
        kind, i = event[0], int(event[1:])
        results.append(stamps(
            joining.people(people(i, 50), None) if kind == 'P' else
            joining.points(i * FRAME, BAR)))
    assert results == out


def test_nobody_waits_for_ever():
    joining = Joining()
    joining.points(0, BAR)
    ready = [stamps(joining.people(people(i, 50), None)) for i in range(1, WAIT + 4)]
    assert ready == [[]] * WAIT + [[1], [2], [3]]
    late = round(SILENT * 30) + 1  # nothing for a second: the detector has gone
    assert stamps(joining.people(people(late, 50), None)) == [4]
    assert stamps(joining.rest()) == [5, 6, 7, late]


def test_nobody_waits_where_no_exercise_wants_points():
    joining = Joining()
    joining.points(0, BAR)
    assert stamps(joining.people(people(1, 50), 'header', wanted=False)) == [1]


@pytest.mark.parametrize(('point', 'owners'), [
    (NamedPoint('bar', 0.5, 0.5, 0.9), ['p1']),
    (NamedPoint('bar', 0.2, 0.5, 0.9), ['p0']),
    (NamedPoint('bar', 0.2, 0.5, 0.9, 'p1'), ['p1']),
    (NamedPoint('bar', 0.2, 0.5, 0.9, 'p7'), []),
    (NamedPoint('bar', math.nan, math.nan, 0.0), []),
], ids=['nearest', 'nearest is the other', 'by track', 'track that is not there', 'not seen'])
def test_whose_point_it_is(point, owners):
    found = joined(people(0, 10, 60), [point])
    assert [p.id for p in found.people if 'bar' in p.points] == owners


def test_points_without_people():
    assert joined(people(0), BAR).people == []


def exercise(**fields):
    return Exercise.model_validate({
        'name': 'lift', 'spoken': {'en': 'lift'}, 'joints': ['left_knee'],
        'points': ['bar_left', 'bar_right', 'cone'],
        'measures': [{'height': ['bar', 'ankle'], 'rest': 0.2, 'peak': 0.6}], **fields})


@pytest.mark.parametrize(('quantity', 'left', 'right'), [
    ({'height': ['bar', 'ankle']}, 0.4, 0.3),
    ({'height': ['bar_left', 'ankle']}, 0.4, 0.4),
    ({'uneven': 'bar'}, 0.1, 0.1),
    ({'apart': 'bar'}, math.hypot(1.0, 0.1), math.hypot(1.0, 0.1)),
    ({'distance': ['cone', 'bar']}, 0.5, math.hypot(0.5, 0.1)),
    ({'tilt': ['cone', 'bar']}, 90, math.degrees(math.atan2(0.5, -0.1))),
    ({'angle': ['bar_left', 'cone', 'ankle']}, 90, 90),
])
def test_points_in_every_quantity(quantity, left, right):
    guards = [{**quantity, 'within': [0, 1], 'reason': 'test'}]
    found = exercise(guards=guards).guards[0]
    pose = [[50.0, 90.0, 0.9] for _ in range(18)]
    pose += [[0.0, 50.0, 0.9], [100.0, 60.0, 0.9], [50.0, 50.0, 0.9]]
    assert [value(pose, found, side, 100.0, 0.3) for side in ('left', 'right')] == [
        pytest.approx(left), pytest.approx(right)]
    pose[18:] = [[0.0, 0.0, 0.0]] * 3
    assert math.isnan(mean_value(pose, found, 100.0, 0.3))


def test_a_quantity_of_the_body_needs_no_exercise():
    assert Quantity(tilt=['hip', 'neck']).rows['left'] == (11, 1)


@pytest.mark.parametrize(('yaw', 'seen'), [
    (0, 'front'), (45, 'front'), (75, 'side'), (90, 'side'), (270, 'side'), (135, 'back'),
    (180, 'back')])
def test_a_quantity_counts_from_the_views_that_it_names(yaw, seen):
    pose = next(iter(athlete('{stand: 1}', camera(yaw)))).people[0].keypoints.tolist()
    tall = stature(pose, 0.3)
    assert view(across(pose, tall, 0.3)) == seen
    quantity = Quantity(tilt=['hip', 'neck'], views=['front'])
    assert math.isnan(mean_value(pose, quantity, tall, 0.3, view=seen)) == (seen != 'front')


def test_what_moves_may_be_a_point():
    """A kettlebell that goes up and down; while it is hidden nothing can be measured."""
    lift, stamp, movements = Set(exercise()), 0, []
    for hidden in (False, True):
        for i in range(240):
            up = 0.5 - 0.5 * math.cos(2 * math.pi * max(i - 30, 0) / 60) if i < 210 else 0.0
            y = 90 - 100 * (0.2 + 0.4 * up)
            body = people(0, 50).people[0].keypoints.copy()
            body[[8, 9, 10, 11, 12, 13], 1] = [60, 75, 90, 60, 75, 90]
            body[[2, 3, 4, 5, 6, 7], 1] = [30, 45, 60, 30, 45, 60]
            points = {} if hidden else {
                'bar_left': (40.0, y, 0.9), 'bar_right': (60.0, y, 0.9), 'cone': (0.0, 0.0, 0.9)}
            movements += lift.update(
                People(stamp, 100, 100, [Person('p0', body, body, 0.9, points=points)]))[1]
            stamp += FRAME
        assert lift.reps == 3
