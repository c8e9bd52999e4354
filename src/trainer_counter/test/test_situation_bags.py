"""Situations of test_situations.py as bags: recorded and read again, the verdicts are the same."""

import pytest
from athletes import count
from std_msgs.msg import Header
from test_situations import TABLE

from trainer.scoring import open_material
from trainer_core.ros.bags import Writer
from trainer_core.ros.convert import people_to_message, to_stamp

NAMED = (
    'walks off and comes back', 'picks up a bottle', 'both sides hidden for 1 s at the bottom',
    'somebody walks by in front', 'alternating lunges', 'a cut in the video')
SITUATIONS = [s for s in TABLE if s.name in NAMED]


def test_every_situation_named_is_there():
    assert sorted(s.name for s in SITUATIONS) == sorted(NAMED)


@pytest.mark.parametrize('situation', SITUATIONS, ids=[s.name for s in SITUATIONS])
def test_a_bag_has_the_same_verdicts(situation, tmp_path):
    path, track = tmp_path / 'bag', situation.track[::2]  # 15 images a second will do
    with Writer(path) as writer:
        for people in track:
            header = Header(stamp=to_stamp(people.stamp), frame_id='camera')
            writer.write('/trainer/poses', people_to_message(people, header), people.stamp)
    counted = count(situation.exercise, open_material(str(path)).people)
    assert counted.verdicts == situation.verdicts
    assert counted.set.reps == (0 if situation.seconds else situation.verdicts.count('R'))
