"""Joint tracks without pictures: what a pose network would report, thousands of frames a second."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trainer_core.people import People, Person
from trainer_core.skeleton import INDEX, MIRROR
from trainer_sim.script import Script
from trainer_sim.script_file import load
from trainer_sim.session import Session, perform
from trainer_sim.visibility import HIDDEN, OUT


@dataclass(frozen=True)
class Noise:
    """Imperfections of a pose network; all zero is the truth."""

    jitter: float = 0.0       # standard deviation as a share of the torso, every frame anew
    drift: float = 0.0        # the same, but slow (about 1 Hz): errors that last
    drop_joint: float = 0.0   # chance that a keypoint is missing in a frame
    swap: float = 0.0         # chance that a run of 5 frames has left and right exchanged
    drop_frame: float = 0.0   # chance that a frame is missing
    hidden: float = 0.35      # confidence of keypoints that are covered; 0: not found
    blind: tuple[str, ...] = ()  # keypoints that are never found


class Track:
    """The people of a session frame by frame; session has the truth."""

    def __init__(self, session: Session, noise: Noise, seed: int):
        self.session = session
        rng = np.random.default_rng([seed, 1])
        n = len(session.stamps)
        self._kept = rng.random(n) >= noise.drop_frame
        self._poses = [_noisy(take.pixels, take.seen, noise, rng) for take in session.takes]

    def __len__(self) -> int:
        return int(self._kept.sum())

    def poses(self, actor: int = 0) -> np.ndarray:
        """Keypoints (n, 18, 3) x, y, confidence of one actor, dropped frames included."""
        return self._poses[actor]

    def __iter__(self) -> Iterator[People]:
        for i in np.flatnonzero(self._kept):
            people = []
            for k, poses in enumerate(self._poses):
                pose = poses[i]
                found = pose[:, 2] > 0
                if found.sum() < 4:
                    continue
                up = pose[INDEX['neck'], :2] - (
                    pose[INDEX['left_hip'], :2] + pose[INDEX['right_hip'], :2]) / 2
                ok = found[[INDEX['neck'], INDEX['left_hip'], INDEX['right_hip']]].all()
                people.append(Person(f'p{k:04d}', pose, pose, float(pose[found, 2].mean()),
                                     float(np.arctan2(up[0], -up[1])) if ok else float('nan')))
            yield People(int(self.session.stamps[i]), self.session.width, self.session.height,
                         people)


def open_track(script: str | Script = '', width: int = 640, height: int = 480, fps: float = 30.0,
               seed: int = 0, noise: Noise | None = None) -> Track:
    """The track of a script (name, .yaml file or parsed); raises UserError for a bad script."""
    parsed = load(script) if isinstance(script, str) else script
    return Track(perform(parsed, width, height, fps, seed), noise or Noise(), seed)


def _noisy(pixels: np.ndarray, seen: np.ndarray, noise: Noise, rng) -> np.ndarray:
    """Keypoints (n, 18, 3) x, y, confidence as a network might find them."""
    n = len(pixels)
    xy = pixels[..., :2].copy()
    hips = (xy[:, INDEX['left_hip']] + xy[:, INDEX['right_hip']]) / 2
    # The torso foreshortens; its longest view so far is its size.
    torso = np.linalg.norm(xy[:, INDEX['neck']] - hips, axis=-1)
    torso = np.full((n, 1, 1), np.percentile(torso[seen.any(1)], 90) if seen.any() else 1.0)
    if noise.jitter:
        xy += rng.normal(0, noise.jitter, xy.shape) * torso * np.where(
            seen == HIDDEN, 2.0, 1.0)[..., None]
    if noise.drift:
        xy += _slow(rng, xy.shape, 15) * noise.drift * torso
    confidence = np.where(seen == OUT, 0.0, np.where(seen == HIDDEN, noise.hidden, 0.9))
    if noise.drop_joint:
        confidence[rng.random(confidence.shape) < noise.drop_joint] = 0.0
    for name in noise.blind:
        confidence[:, INDEX[name]] = 0.0
    if noise.swap:
        for i in np.flatnonzero(rng.random(n) < noise.swap):
            xy[i:i + 5] = xy[i:i + 5][:, MIRROR]
            confidence[i:i + 5] = confidence[i:i + 5][:, MIRROR]
    pose = np.concatenate([xy, confidence[..., None]], -1)
    pose[pose[..., 2] <= 0] = 0.0
    return pose


def _slow(rng, shape: tuple[int, ...], frames: int) -> np.ndarray:
    """Unit noise that changes over about so many frames."""
    knots = rng.normal(0, 1, (shape[0] // frames + 3, *shape[1:]))
    place = np.arange(shape[0]) / frames
    i = place.astype(int)
    share = (place - i).reshape(-1, *[1] * (len(shape) - 1))
    share = share * share * (3 - 2 * share)
    return knots[i] * (1 - share) + knots[i + 1] * share
