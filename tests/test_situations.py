"""Situations of a real room as bags: through the counter node and through `./trainer score`."""

import pytest
from std_msgs.msg import Header

from trainer_core.ros.bags import Writer
from trainer_core.ros.convert import people_to_message, to_stamp
from trainer_sim.script_file import parse
from trainer_sim.track import Noise, open_track

pytestmark = pytest.mark.alone

LIMIT = 60.0
SCRIPT = """
name: room
camera: {{yaw: {yaw}, pitch: 5, distance: {distance}, height: 0.95}}
actors:
  - {{name: ana, segments: [{ana}]}}
{others}
"""
PASSER = """\
  - name: ben
    at: [1.2, 3.6]
    facing: -90
    segments: [{stand: 3}, {walk: {to: [1.2, -3.8]}}, {absent: 1}]
"""
PARAMETERS = """\
/**/counter:
  ros__parameters:
    exercise: squat
"""


@pytest.mark.parametrize(('yaw', 'distance', 'ana', 'others', 'verdicts'), [
    (30, 3.8, '{stand: 2}, {squat: {reps: 2, tempo: 1.4}}, {leave: {to: right}}, {absent: 1.5}, '
     '{walk: {to: [0, 0]}}, {turn: 0}, {stand: 1.5}, {squat: {reps: 2, tempo: 1.4}}, {stand: 1}',
     '', ['rep', 'rep', 'not_in_set', 'rep', 'rep']),
    (30, 3.8, '{stand: 2}, {squat: {reps: 2, tempo: 1.4}}, {tie_shoe: 4}, {stand: 1}, '
     '{squat: {reps: 1, range: 0.45}}, {stand: 1}', '', ['rep', 'rep', 'not_in_set', 'partial']),
    (10, 4.6, '{stand: 2}, {squat: {reps: 4, tempo: 1.4}}, {stand: 1}', PASSER, ['rep'] * 4),
], ids=['walks off and comes back', 'ties a shoe, then goes not deep enough',
        'somebody walks by in front'])
def test_a_bag_of_a_situation(trainer, steadily, tmp_path, yaw, distance, ana, others, verdicts):
    script = parse(SCRIPT.format(yaw=yaw, distance=distance, ana=ana, others=others), 'room')
    bag, parameters = tmp_path / 'bag', tmp_path / 'counter.yaml'
    parameters.write_text(PARAMETERS)
    with Writer(bag) as writer:
        for people in open_track(script, fps=20.0, noise=Noise(jitter=0.01, drift=0.01)):
            header = Header(stamp=to_stamp(people.stamp + 10**9), frame_id='lens')
            writer.write(
                '/gym/poses', people_to_message(people, header), people.stamp + 10**9)

    def found(*arguments):
        program = trainer(*arguments, '--json')
        assert program.wait(LIMIT) == 0, program.err
        return [movement['verdict'] for movement in program.json()['movements']]

    assert found('score', bag, '--exercise', 'squat') == verdicts
    assert steadily(lambda _: found(
        'replay', bag, '--nodes', 'counter', '--params', parameters, '--rate', '3')) == verdicts
