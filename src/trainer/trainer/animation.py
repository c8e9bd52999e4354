"""The picture of a scored set in motion: the source with what was seen, and the curves below."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from trainer.canvas import Bgr, Canvas, bgr
from trainer.form_plot import BAD, GOOD
from trainer.markers.figure import Look, blamed, figure, hint_text
from trainer.plots import LIVES, OF_VERDICT
from trainer.summary import VERDICTS
from trainer.videofile import VideoFile
from trainer_core.clock import SECOND
from trainer_core.people import People, Person
from trainer_counter.reps.body import stature

LONGEST = 960     # px, of the picture's longer side in the video
NARROWEST = 640   # px, of the video
PANEL = 250       # px, height of the curves
WINDOW = 12.0     # s that the curves show
FLASH = 2.5       # s that a verdict is shown over the picture
LONGEST_GAP = 2.0  # s for which the last picture is repeated where the source has none
GROUND, GRID, INK, SOFT = bgr('#15181D'), bgr('#2A2F38'), bgr('#F2F4F7'), bgr('#98A2B3')
ERROR, LIMIT, WAVE = bgr('#F2F4F7'), bgr('#E69F00'), bgr('#56B4E9')
OTHERS = (0.6, 0.6, 0.6, 1.0)  # skeletons of those who do not train
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 18, 34, 26  # px round the curves


class Animation:
    """Takes what a `Score` takes, image by image, and writes a video at the rate of the source."""

    def __init__(self, path: str | Path, the_set: Any, fps: float):
        """the_set: asked for the count; raises UserError when path is no place for a video."""
        self._set = the_set
        self._file = VideoFile(path, fps)
        self._fps = fps
        self._states: deque[Any] = deque()
        self._movements: list[Any] = []
        self._first = self._last = -1  # stamps, ns
        self._form: tuple[int, Any] | None = None  # of the last repetition, and when it came
        self._ground = np.empty((0, 0, 3), np.uint8)
        self._high = 0.0               # upper end of the MSE axis, which moves slowly

    def add(
        self, picture: np.ndarray | None, people: People, state: Any, movements: Sequence[Any],
        forms: Sequence[Any] = (),
    ) -> None:
        """The next image; without a picture, as for a joint track, skeletons are drawn alone."""
        if people.stamp <= self._last:
            return  # time that goes back has no place in a video
        if self._first < 0:
            self._first = people.stamp
        self._last = people.stamp
        self._states.append(state)
        while state.stamp - self._states[0].stamp > WINDOW * SECOND:
            self._states.popleft()
        self._movements += movements
        self._form = (people.stamp, forms[-1]) if forms else self._form
        due = min(self._due(people.stamp) - self._file.count, round(LONGEST_GAP * self._fps))
        if due > 0:
            drawn = self.draw(picture, people, state)
            for _ in range(due):
                self._file.add(drawn)

    def close(self) -> None:
        """Finish the video; raises UserError."""
        self._file.close()

    def __enter__(self) -> 'Animation':
        return self

    def __exit__(self, *error: Any) -> None:
        self._file.__exit__(*error)

    def draw(self, picture: np.ndarray | None, people: People, state: Any) -> np.ndarray:
        """One picture of the video, (h, w, 3) BGR."""
        scale = LONGEST / max(people.width, people.height)
        w, h = (round(side * scale) // 2 * 2 for side in (people.width, people.height))
        width = max(w, NARROWEST)
        if self._ground.shape[:2] != (h + PANEL, width):
            self._ground = np.full((h + PANEL, width, 3), GROUND, np.uint8)
        frame = self._ground.copy()  # much faster than to fill it
        left = (width - w) // 2
        if picture is not None:
            frame[:h, left:left + w] = cv2.resize(
                picture, (w, h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        over = Canvas(frame[:h, left:left + w])
        form = None
        if self._form is not None and state.stamp - self._form[0] <= FLASH * SECOND:
            form = self._form[1]
        for person in people.people:
            trainee = person.id == state.track_id
            wrong = blamed(form.hints) if trainee and form is not None else set()
            _person(over, person, trainee, state, scale, wrong)
        self._head(Canvas(frame[:h]), state, form)
        self._curves(Canvas(frame[h:]), state)
        return frame

    def _due(self, stamp: int) -> int:
        """How many pictures the video has after an image of this stamp."""
        return round((stamp - self._first) / SECOND * self._fps) + 1

    def _head(self, canvas: Canvas, state: Any, form: Any) -> None:
        """Exercise and count; for a while the verdict on the last movement, and its form."""
        exercise = self._set.exercise
        name = exercise.spoken['en']
        life, colour = LIVES[int(state.life)]
        below = state.phase if life in ('armed', 'active') and state.phase else life
        x = 20.0
        canvas.box(x - 10, 10, x + 260, 78, GROUND, 0.55)
        canvas.text(x, 18, name.capitalize(), 24, INK, bold=True)
        canvas.dot(np.array([x + 6, 61]), 6, bgr(colour))
        canvas.text(x + 22, 61, below, 17, SOFT, 'lm')
        held = exercise.counts == 'seconds'
        count = f'{state.hold_seconds:.0f} s' if held else f'{state.reps}'
        right = canvas.width - 20
        canvas.box(right - 120 - 30 * (len(count) - 1), 10, right + 10, 118, GROUND, 0.55)
        canvas.text(right - 4, 62, count, 92, INK, 'rm', bold=True)
        last = self._movements[-1] if self._movements else None
        if last is not None and state.stamp - last.end <= FLASH * SECOND:
            verdict = VERDICTS[last.verdict]
            text = verdict.replace('_', ' ') + (f': {last.reason}' if last.reason else '')
            if verdict == 'rep':
                text = 'held' if held else f'repetition {last.count}'
            _flag(canvas, canvas.height - 34, text, bgr(OF_VERDICT[verdict]))
        if form is not None and form.median == form.median:
            hints = [hint_text(hint) for hint in form.hints[:2]]
            text = f'form {np.degrees(form.median):.0f}° off: ' + (
                ', '.join(hints) or ('good' if form.correct else 'not as the baseline'))
            _flag(canvas, canvas.height - 80, text, bgr(GOOD if form.correct else BAD))

    def _curves(self, canvas: Canvas, state: Any) -> None:
        """MSE with its threshold, the square wave under it, movements behind it."""
        now = state.stamp
        times = np.array([(s.stamp - now) / SECOND for s in self._states])
        mse = np.array([s.mse for s in self._states])
        x0, x1 = _LEFT, canvas.width - _RIGHT
        y0, y1 = _TOP, canvas.height - _BOTTOM - 46
        wave0, wave1 = y1 + 10, canvas.height - _BOTTOM
        known = mse[np.isfinite(mse)]
        wanted = max(float(known.max()) * 1.1 if len(known) else 0.0, 2.2 * state.threshold)
        self._high = wanted if self._high < wanted else 0.98 * self._high + 0.02 * wanted

        def x(seconds: Any) -> Any:
            return x1 + np.asarray(seconds) / WINDOW * (x1 - x0)

        def y(value: Any) -> Any:
            return y1 - np.asarray(value) / self._high * (y1 - y0)

        for m in self._movements:
            a, b = (m.start - now) / SECOND, (m.end - now) / SECOND
            if b >= -WINDOW:
                colour = bgr(OF_VERDICT[VERDICTS[m.verdict]])
                canvas.box(max(float(x(a)), x0), y0, float(x(b)), wave1, colour, 0.28)
                middle = float(x(max((a + b) / 2, -WINDOW)))
                if VERDICTS[m.verdict] == 'rep' and self._set.exercise.counts == 'reps':
                    canvas.text(middle, y0 + 4, str(m.count), 17, INK, 'mt', bold=True)
                else:
                    canvas.text(middle, y0 + 4, '×', 17, INK, 'mt', bold=True)
        begin = (self._first - now) / SECOND
        for second in range(max(0, int(-begin - WINDOW) + 1), int(-begin) + 1):
            at = float(x(begin + second))
            if at >= x0 and second % 2 == 0:
                canvas.line(np.array([(at, y0), (at, wave1)]), GRID)
                canvas.text(at, wave1 + 6, f'{second} s', 13, SOFT, 'mt')
        canvas.line(np.array([(x0, y0), (x0, wave1), (x1, wave1)]), SOFT)
        for value in (0.0, _round(self._high / 2)):
            canvas.text(x0 - 8, float(y(value)), f'{value:g}', 13, SOFT, 'rm')
        _dashed(canvas, x0, x1, float(y(state.threshold)), LIMIT)
        canvas.line(np.column_stack([x(times), y(mse)]), ERROR, 2)
        wave = wave1 - np.array([s.square_wave for s in self._states], float) * (wave1 - wave0)
        # Every level is held until the next image.
        canvas.line(np.column_stack(
            [np.repeat(x(times), 2)[1:], np.repeat(wave, 2)[:-1]]), WAVE, 2)
        if np.isfinite(mse[-1:]).any():
            canvas.dot(np.array([x1, float(y(mse[-1]))]), 4.5, ERROR)
        at = float(x0)
        for text, colour in (
                ('mean squared error of the angles (rad²)', ERROR),
                (f'threshold {state.threshold:g}', LIMIT), ('square wave', WAVE)):
            canvas.box(at, 16, at + 16, 19, colour)
            at += 24 + canvas.text(at + 22, 18, text, 14, SOFT, 'lm') + 20


def _flag(canvas: Canvas, y: float, text: str, colour: Bgr) -> None:
    """A line of text at the left border, with a mark in a colour."""
    left = 20.0
    canvas.box(0, y - 20, left + 6 + 13.2 * len(text), y + 20, GROUND, 0.6)
    canvas.box(0, y - 20, 8, y + 20, colour)
    canvas.text(left, y, text, 21, INK, 'lm', bold=True)


def _person(
    canvas: Canvas, person: Person, trainee: bool, state: Any, scale: float,
    wrong: set[str],
) -> None:
    size = stature(person.keypoints.tolist(), 0.1)
    if not size > 0:
        size = float(np.ptp(person.keypoints[person.keypoints[:, 2] > 0, 1], axis=0) or 100.0)
    joints = [
        joint for joint, value in zip(state.joints, state.angles, strict=True)
        if value == value] if trainee else []
    shapes = [
        s for s in figure(person.id, person.keypoints, size, Look(joints=joints, wrong=wrong))
        if s.kind != 'text' or s.namespace.endswith('degrees')]
    if not trainee:
        shapes = [replace(s, colours=[OTHERS] * len(s.colours), size=s.size / 2) for s in shapes]
    canvas.shapes(shapes, scale)


def _dashed(canvas: Canvas, x0: float, x1: float, y: float, colour: Bgr) -> None:
    canvas.line(np.array([
        point for x in np.arange(x0, x1 - 6, 12) for point in ((x, y), (x + 6, y), (np.nan, y))]),
        colour, 2)


def _round(value: float) -> float:
    """The next lower of 1, 2 and 5 times a power of ten."""
    if value <= 0:
        return 0.0
    step = 10.0 ** np.floor(np.log10(value))
    return float(step * max(n for n in (1, 2, 5) if n * step <= value * 1.0001))
