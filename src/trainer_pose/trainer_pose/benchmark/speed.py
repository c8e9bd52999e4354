"""Milliseconds of the network, of decoding, and of following one person."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from trainer_pose.paf import decoder
from trainer_pose.paf.estimator import PoseEstimator

ROUNDS = 5    # of which the fastest counts: what is slower was disturbed


def milliseconds(work: Callable[[], object], least: float = 0.25) -> float:
    """Of one call, after two to warm up; the fastest of some rounds of `least` s together."""
    for _ in range(2):
        work()
    best = float('inf')
    for _ in range(ROUNDS):
        calls, start = 0, perf_counter()
        while perf_counter() - start < least / ROUNDS or not calls:
            work()
            calls += 1
        best = min(best, (perf_counter() - start) / calls)
    return 1000 * best


def network(model: str, engine: str, threads: int, side: int, picture: np.ndarray) -> float:
    """Of one inference on (side, side)."""
    import cv2
    estimator = PoseEstimator(model, engine, threads)
    crop = cv2.resize(picture, (side, side))
    return milliseconds(lambda: estimator.engine.infer(crop))


def decoding(model: str, crop: np.ndarray, people: int) -> float:
    """Of decoding the maps of (side, side, 3) with one person, put side by side `people` times; of
    one person as a whole, too, as for somebody followed.
    """
    estimator = PoseEstimator(model)
    heat, pafs = (np.concatenate([maps] * people, 2) for maps in estimator.engine.infer(crop))

    def decode() -> int:
        candidates = decoder.candidates(heat, pafs)
        if people == 1:
            decoder.body(candidates, estimator.engine.stride)
        return len(decoder.decode(candidates, estimator.engine.stride)[0])

    found = decode()
    assert found >= people, f'{found} of {people} people found in the maps'
    return milliseconds(decode)


def following(model: str, engine: str, threads: int, frames: list[tuple[int, np.ndarray]]) -> float:
    """Of one image of a video with one person: the median over stamps (ns) and pictures."""
    estimator = PoseEstimator(model, engine, threads)
    times = []
    for stamp, picture in frames:
        start = perf_counter()
        estimator.update(picture, stamp)
        times.append(perf_counter() - start)
    return 1000 * float(np.median(times))
