"""The pictures of the README and the docs, made by the program itself from the athlete.

python -m trainer.pictures [NAME...] [--folder doc]
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from PIL import Image

from trainer.animation import GROUND, INK, Animation
from trainer.canvas import Canvas
from trainer.forming import Forming
from trainer.markers.figure import Look, figure, ghost
from trainer.plots import draw
from trainer.scoring import Score
from trainer_core.errors import UserError
from trainer_core.people import People
from trainer_core.ros.domain import Claim
from trainer_core.skeleton import INDEX
from trainer_counter.reps.body import stature
from trainer_counter.reps.opening import open_set
from trainer_pose.camera.sources import open_source
from trainer_pose.paf import draw as views
from trainer_pose.paf.estimator import PoseEstimator, View

SOURCE, EXERCISE, RATE = 'athlete:squat', 'squat', 15.0
WIDTH = 1200   # px
QUALITY = 82   # of JPEG
COLOURS = 255  # of a plot as PNG


@dataclass(frozen=True)
class Moment:
    """The deepest point of the third squat, as the pose network sees it."""

    picture: np.ndarray
    people: People
    views: list[View]
    animated: np.ndarray
    score: Score       # of the whole set
    joints: tuple[str, ...]


@lru_cache(maxsize=1)
def trained() -> Moment:
    """One set of the athlete, through the network and the counter."""
    estimator, score = PoseEstimator(), Score(open_set(EXERCISE), SOURCE)
    best: tuple[float, np.ndarray, People, list[View], np.ndarray] | None = None
    with TemporaryDirectory() as folder, \
            Animation(f'{folder}/set.mp4', score.set, RATE) as animation, \
            open_source(SOURCE, speed='max', rate=RATE) as source:
        score.watcher, score.former = animation, Forming()
        for stamp, image in source:
            people = estimator.update(image, stamp)
            score.update(people, image)
            state = score.states[-1]
            if score.set.reps == 2 and state.mse == state.mse and (
                    best is None or state.mse > best[0]):
                best = (state.mse, image.copy(), people, estimator.views(image, stamp),
                        animation.draw(image, people, state))
    score.settle()
    if best is None:
        raise UserError(f'{SOURCE} was not counted: the shipped network does not see the squats')
    return Moment(*best[1:], score, score.states[-1].joints)


def overlay(folder: Path) -> None:
    """Skeleton, part confidence maps and part affinity fields side by side."""
    seen = trained()
    fields = views.pafs(seen.picture, seen.views)
    key = views.wheel(110)
    fields[10:120, -120:-10] = np.maximum(fields[10:120, -120:-10], key)
    w, h = WIDTH // 3, round(WIDTH // 3 * seen.picture.shape[0] / seen.picture.shape[1])
    panels = []
    for title, image in (
            ('overlay', views.overlay(seen.picture, seen.people.people)),
            ('heatmaps', views.heatmaps(seen.picture, seen.views)), ('pafs', fields)):
        panel = cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA)
        Canvas(panel).text(12, 20, title, 16, INK, 'lm', bold=True, halo=True)
        panels.append(panel)
    jpeg(folder / 'overlay.jpg', np.hstack(panels))


def pafs(folder: Path) -> None:
    """The part affinity fields with the colour wheel that is their key."""
    seen = trained()
    fields = views.pafs(seen.picture, seen.views)
    h = fields.shape[0]
    side = np.full((h, 300, 3), GROUND, np.uint8)
    side[h // 2 - 110:h // 2 + 110, 40:260] = np.maximum(
        views.wheel(220), np.array(GROUND, np.uint8))
    canvas = Canvas(side)
    canvas.text(150, h // 2 - 140, 'a limb that points', 17, INK, 'mm')
    for x, y, word, anchor in (
            (150, h // 2 - 116, 'up', 'mb'), (150, h // 2 + 116, 'down', 'mt'),
            (38, h // 2, 'left', 'rm'), (262, h // 2, 'right', 'lm')):
        canvas.text(x, y, word, 13, INK, anchor)
    jpeg(folder / 'pafs.jpg', np.hstack([fields, side]))


def plot(folder: Path) -> None:
    """Angles, MSE, square wave, phases and verdicts of the set."""
    draw(trained().score, folder / 'plot.png')
    image = Image.open(folder / 'plot.png').convert('RGB')
    image.resize((WIDTH, round(WIDTH * image.height / image.width)), Image.Resampling.LANCZOS) \
        .quantize(COLOURS, dither=Image.Dither.NONE).save(folder / 'plot.png', optimize=True)


def animation(folder: Path) -> None:
    """One picture of the video that `score --video` writes."""
    jpeg(folder / 'animation.jpg', trained().animated)


def markers(folder: Path) -> None:
    """What RViz shows: skeleton, angles, and the ghost of a deeper squat with what to do."""
    seen = trained()
    person = seen.people.people[0]
    pose = person.keypoints
    size = stature(pose.tolist(), 0.1)
    scale = 1.6
    h, w = (round(side * scale) for side in seen.picture.shape[:2])
    canvas = Canvas(np.full((h, w, 3), (48, 48, 48), np.uint8))
    deeper = pose.copy()
    # Everything above the knees a little further down and back, as in a deeper squat.
    knees = pose[[INDEX['left_knee'], INDEX['right_knee']], 1].mean()
    above = pose[:, 1] < knees - 0.02 * size
    deeper[above, 1] += 0.07 * size
    ghosts = [replace(s, colours=[(0.55, 0.53, 0.24, 1.0)] * len(s.colours))
              for s in ghost(person.id, deeper, size, 0.1)]
    look = Look(
        joints=seen.joints, wrong={'left_knee', 'left_upper_leg'},
        hints=[('left_knee', 'bend left knee 20° (bottom)')], name='Ana', count='2 / 10',
        phase='out')
    canvas.shapes([*ghosts, *figure(person.id, pose, size, look)], scale)
    seen_xy = pose[pose[:, 2] > 0, :2] * scale
    (x0, y0), (x1, y1) = seen_xy.min(0) - 0.45 * size * scale, seen_xy.max(0) + 0.2 * size * scale
    x1 += size * scale  # for the hint
    jpeg(folder / 'markers.jpg', canvas.image[
        max(round(y0), 0):round(y1), max(round(x0), 0):round(x1)])


def mirror(folder: Path) -> None:
    """The mirror page in a real browser, on a smart mirror and on a laptop."""
    from playwright.sync_api import sync_playwright

    from trainer.environment.system import browser
    from trainer.mirror.show import SCRIPT, Show, house, perform, until
    from trainer_msgs.msg import Session, SpeechStatus

    chromium = browser()
    if not chromium:
        raise UserError('mirror needs Chromium: sudo apt-get install chromium')
    claim = Claim()
    with TemporaryDirectory() as home, house(claim.number) as nodes, \
            sync_playwright() as playwright:
        # Nobody's own history is to be seen on it.
        given = {name: os.environ.get(name) for name in ('TRAINER_DATA', 'XDG_STATE_HOME')}
        os.environ |= dict.fromkeys(given, home)
        script = Path(home) / 'squats.yaml'
        script.write_text(SCRIPT.format(yaw=35, reps=3))
        scenes = perform(script, {'p3fk2': 'squat'}, target=12, width=960, height=540)
        deepest = max(
            (i for i, s in enumerate(scenes) if s.states[0][1].reps == 2),
            key=lambda i: np.nan_to_num(scenes[i].states[0][1].mse))
        page_maker = playwright.chromium.launch(
            executable_path=chromium, args=['--no-sandbox', '--disable-gpu'])
        node, show = nodes.mirror(), nodes.add(Show)
        for name, (width, height) in {
                'mirror_portrait': (1080, 1920), 'mirror_landscape': (1920, 1080)}.items():
            page = page_maker.new_page(viewport={'width': width, 'height': height})
            page.goto(node._server.url())
            page.wait_for_function('() => document.body.dataset.link === "open"')
            until(show.states.get_subscription_count)
            show.session(Session.TRAINING)
            show.knows({'p3fk2': 'Ana'})
            for i, scene in enumerate(scenes[:deepest + 1]):
                show.scene(scene)
                page.wait_for_timeout(60)
                if i == deepest - 6:
                    show.form(2, ('left_knee',))
                    show.says('Bend your left knee twenty degrees more.')
            page.wait_for_timeout(800)
            show.scene(scenes[deepest])
            page.wait_for_timeout(300)
            shot = np.frombuffer(page.screenshot(), np.uint8)
            image = cv2.imdecode(shot, cv2.IMREAD_COLOR)
            assert image is not None  # Chromium's PNG
            scale = 900 / max(image.shape)
            jpeg(folder / f'{name}.jpg', cv2.resize(
                image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            show.says('', SpeechStatus.FINISHED)
            page.close()
        page_maker.close()
        for variable, value in given.items():
            os.environ.pop(variable)
            if value is not None:
                os.environ[variable] = value


# Name: what makes the file, or files, of that name in a folder. Others may add theirs.
PICTURES: dict[str, Callable[[Path], None]] = {
    'overlay': overlay, 'pafs': pafs, 'plot': plot, 'animation': animation, 'markers': markers,
    'mirror': mirror}


def jpeg(path: Path, image: np.ndarray) -> None:
    """Write a picture, at most WIDTH px wide; raises UserError."""
    if image.shape[1] > WIDTH:
        h = round(image.shape[0] * WIDTH / image.shape[1])
        image = cv2.resize(image, (WIDTH, h), interpolation=cv2.INTER_AREA)
    ok, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    try:
        path.write_bytes(data.tobytes() if ok else b'')
    except OSError as error:
        raise UserError(f'{path} cannot be written: {error.strerror}') from None


def main(argv: list[str] | None = None) -> int:
    """Make all pictures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('names', nargs='*', metavar='NAME', help=', '.join(PICTURES))
    parser.add_argument('--folder', type=Path, default=Path('doc'), help='(default: doc)')
    args = parser.parse_args(argv)
    try:
        for name in args.names or PICTURES:
            if name not in PICTURES:
                raise UserError(f'there is no picture {name!r}; there are {", ".join(PICTURES)}')
            args.folder.mkdir(parents=True, exist_ok=True)
            PICTURES[name](args.folder)
            print(f'drawn: {name}', file=sys.stderr)
    except UserError as error:
        print(f'pictures: {error}', file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
