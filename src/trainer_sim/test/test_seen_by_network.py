"""A pose network that never saw the athlete finds its skeleton: the figure is human enough."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer_core.skeleton import INDEX, KEYPOINTS
from trainer_sim.athlete import open_athlete
from trainer_sim.render.painter import Painter
from trainer_sim.visibility import SEEN

MODEL = (Path(__file__).resolve().parents[4]
         / 'shared' / 'models' / 'lightweight_openpose_hpe0001_int8_qdq.onnx')
SIZE, STRIDE = 256, 8

# exercise, least share of the keypoints in sight that are found within 0.2 torso
CASES = [('squat', 0.9), ('shoulder_press', 0.9), ('biceps_curl', 0.9), ('jumping_jack', 0.9),
         ('push_up', 0.9), ('sit_up', 0.9)]


@pytest.fixture(scope='module')
def heatmaps():
    """Network input (256, 256, 3) BGR to maps (18, 32, 32)."""
    if not MODEL.is_file():
        pytest.skip('the reference model is not here (../shared/models)')
    onnxruntime = pytest.importorskip('onnxruntime')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(MODEL), options, ['CPUExecutionProvider'])
    return lambda image: session.run(['heatmaps'], {
        'image': image.transpose(2, 0, 1)[None].astype(np.float32)})[0][0, :18]


def upright(image: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The person turned upright in the network's input, and the affine map (2, 3) to it."""
    hips = (points[INDEX['left_hip']] + points[INDEX['right_hip']]) / 2
    up = points[INDEX['neck']] - hips
    low, high = points.min(0), points.max(0)
    middle = (low + high) / 2
    turn = cv2.getRotationMatrix2D(middle.tolist(), float(np.degrees(np.arctan2(up[0], -up[1]))),
                                   0.68 * SIZE / float((high - low).max()))
    turn[:, 2] += SIZE / 2 - middle
    return cv2.warpAffine(image, turn, (SIZE, SIZE), flags=cv2.INTER_AREA,
                          borderMode=cv2.BORDER_REPLICATE), turn


@pytest.mark.parametrize(('name', 'least'), CASES)
def test_the_reference_network_finds_the_skeleton(heatmaps, name, least):
    athlete = open_athlete(name, 640, 480, 15.0)
    paint = Painter(athlete.session)
    rep = athlete.truth()['actors'][0]['sets'][0]['reps'][0]
    found = np.zeros((2, 18))
    for time in np.linspace(rep['start'], rep['turn'], 6):
        i = round(time * 15)
        person, = athlete.people(i)
        points = person.keypoints[:, :2]
        image, turn = upright(paint(i), points)
        maps = heatmaps(image)
        # One person is in the picture: the highest peak is the keypoint.
        peak = maps.reshape(18, -1).argmax(1)
        place = np.stack([peak % maps.shape[2], peak // maps.shape[2]], 1) * STRIDE + STRIDE / 2
        expected = points @ turn[:, :2].T + turn[:, 2]
        torso = max(np.linalg.norm(expected[INDEX[f'{a}_shoulder']] - expected[INDEX[f'{b}_hip']])
                    for a, b in (('left', 'right'), ('right', 'left')))
        seen = person.keypoints[:, 2] == SEEN
        near = np.linalg.norm(place - expected, axis=1) < 0.2 * torso
        found += [seen & near & (maps.reshape(18, -1).max(1) > 0.1), seen]
    share = found[0].sum() / found[1].sum()
    missed = {KEYPOINTS[k]: f'{found[0, k]:.0f}/{found[1, k]:.0f}' for k in range(18)
              if found[0, k] < found[1, k]}
    assert share >= least, f'{share:.2f}, missed {missed}'
