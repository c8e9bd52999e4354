"""What the identity node says about remembering and forgetting, as the dialogue understands it."""

import numpy as np
import pytest

from trainer_core.database import MEMORY, open_database
from trainer_core.errors import UserError
from trainer_msgs.srv import Enroll, Forget
from trainer_pose.identity import people
from trainer_voice import convert
from trainer_voice.dialogue.events import Taken

ANNA, BEN = np.zeros(128), np.full(128, 0.2)


@pytest.fixture
def database():
    with open_database(MEMORY) as db:
        people.add(db, 'Anna', [(ANNA, 1.0), (ANNA + 0.001, 1.0)])
        yield db


@pytest.mark.parametrize(('name', 'face', 'taken'), [
    ('Anna', BEN, Taken.NAME), ('Ben', ANNA, Taken.FACE), ('', BEN, Taken.FREE)])
def test_why_somebody_cannot_be_remembered(database, name, face, taken):
    with pytest.raises(UserError) as error:
        people.add(database, name, [(face, 1.0)])
    answer = convert.answer_from_service(
        Enroll.Response(success=False, message=str(error.value)))
    assert (answer.success, answer.taken) == (False, taken)


def test_what_was_deleted(database):
    answer = convert.answer_from_service(
        Forget.Response(success=True, message=people.forget(database, 'Anna')))
    assert dict(answer.deleted) == {'faces': 2, 'workouts': 0, 'sessions': 0}
