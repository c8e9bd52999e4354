"""Files made of a performance: video, truth as JSON, joint track, contact sheet."""

import json
from pathlib import Path

import cv2
import numpy as np

from trainer_core.errors import UserError
from trainer_core.skeleton import LIMBS
from trainer_sim.athlete import Athlete, open_athlete
from trainer_sim.motions import floor
from trainer_sim.motions.exercises import EXERCISES
from trainer_sim.render.painter import Painter
from trainer_sim.script_file import parse
from trainer_sim.track import Track
from trainer_sim.visibility import OUT, SEEN


def _opened(path: Path) -> Path:
    """The path, when its folder exists."""
    if not path.parent.is_dir():
        raise UserError(f'{path} cannot be written: there is no folder {path.parent}')
    return path


def write_video(athlete: Athlete, path: Path, fps: float) -> None:
    """All frames as MPEG-4; raises UserError when the file cannot be written."""
    session = athlete.session
    writer = cv2.VideoWriter(str(_opened(path)), cv2.VideoWriter.fourcc(*'mp4v'), fps,
                             (session.width, session.height))
    if not writer.isOpened():
        raise UserError(f'{path} cannot be written as a video; give a name ending in .mp4')
    try:
        for frame in athlete:
            writer.write(frame.image)
    finally:
        writer.release()


def write_truth(athlete: Athlete, path: Path) -> None:
    """Sets, repetitions, holds and faults as JSON, times in s."""
    _write(path, json.dumps(athlete.truth(), indent=1) + '\n')


def write_track(track: Track, path: Path) -> None:
    """Joint track as .npz: stamps (n,) ns, keypoints (n, people, 18, 3) x, y, confidence in
    pixels, size (2,) width and height, names (people,).
    """
    session = track.session
    poses = np.stack([track.poses(k) for k in range(len(session.takes))], 1)
    with _opened(path).open('wb') as file:
        np.savez_compressed(file, stamps=session.stamps, keypoints=poses.astype(np.float32),
                            size=np.array([session.width, session.height]),
                            names=np.array([take.actor.name for take in session.takes]))


def write_sheet(athlete: Athlete, path: Path, columns: int = 4, rows: int = 3,
                skeleton: bool = False) -> None:
    """Frames evenly spread over the performance in one picture."""
    paint = Painter(athlete.session)
    chosen = np.linspace(0, len(athlete) - 1, columns * rows).astype(int)
    cells = [drawn(athlete, paint, int(i)) if skeleton else paint(int(i)) for i in chosen]
    sheet = np.vstack([np.hstack(cells[r * columns:(r + 1) * columns]) for r in range(rows)])
    if not cv2.imwrite(str(_opened(path)), sheet):
        raise UserError(f'{path} cannot be written as a picture; give a name ending in .png')


def write_exercises(path: Path, width: int = 240, height: int = 200, columns: int = 4) -> None:
    """Every exercise at its turning point, with its name: the picture of the README."""
    cells = []
    for name, kind in EXERCISES.items():
        dose = 'seconds: 1' if kind.seconds else 'reps: 1'
        low, high = floor.crouch in kind.way or floor.sit in kind.way, kind.prop == 'bar'
        aim, away = (0.4, 3.0) if low else (1.35, 3.9) if high else (1.12, 3.5)
        athlete = open_athlete(parse(
            f'scene: {{background: plain, colour: "#c9ced2", noise: 0}}\n'
            f'camera: {{yaw: {kind.view}, pitch: 6, height: {aim}, distance: {away}}}\n'
            f'actors: [{{segments: [{name}: {{{dose}}}]}}]\n', name), width, height)
        done = athlete.truth()['actors'][0]['sets'][0]
        time = done['hold']['start'] + 0.5 if kind.seconds else done['reps'][0]['turn']
        if name == 'burpee':
            time = done['reps'][0]['start'] + 0.37 * (kind.out + kind.back)
        image = Painter(athlete.session)(round(time * 30))
        cv2.putText(image, name.replace('_', ' '), (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5,
                    (70, 60, 50), 1, cv2.LINE_AA)
        cells.append(image)
    rows = [np.hstack(cells[i:i + columns]) for i in range(0, len(cells), columns)]
    if not cv2.imwrite(str(_opened(path)), np.vstack(rows), [cv2.IMWRITE_PNG_COMPRESSION, 9]):
        raise UserError(f'{path} cannot be written as a picture; give a name ending in .png')


def drawn(athlete: Athlete, paint: Painter, i: int) -> np.ndarray:
    """Frame i with its true skeletons: green is seen, red is covered."""
    image = paint(i)
    for person in athlete.people(i):
        points = person.keypoints
        for a, b in LIMBS:
            if OUT not in (points[a, 2], points[b, 2]):
                seen = points[a, 2] == points[b, 2] == SEEN
                cv2.line(image, _px(points[a]), _px(points[b]),
                         (60, 200, 60) if seen else (60, 60, 220), 1, cv2.LINE_AA)
        for point in points[points[:, 2] != OUT]:
            cv2.circle(image, _px(point), 2, (60, 255, 60) if point[2] == SEEN else (40, 40, 255),
                       -1, cv2.LINE_AA)
    return image


def _px(point: np.ndarray) -> tuple[int, int]:
    return int(round(float(point[0]))), int(round(float(point[1])))


def _write(path: Path, text: str) -> None:
    try:
        _opened(path).write_text(text, encoding='utf-8')
    except OSError as error:
        raise UserError(f'{path} cannot be written: {error.strerror}') from error
