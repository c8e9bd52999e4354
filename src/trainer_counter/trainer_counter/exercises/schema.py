"""What an exercise file says, checked; messages name the file, the line and the field."""

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from trainer_core.angles import JOINTS, is_of_body
from trainer_core.errors import UserError
from trainer_core.skeleton import INDEX, KEYPOINTS

Part = Literal['nose', 'neck', 'shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle', 'eye', 'ear']
PARTS = get_args(Part)
SIDES = ('left', 'right')
DEGREES = ('angle', 'tilt')  # kinds of quantities; the others are in statures
Limits = tuple[float, float]
Moment = Literal['start', 'out', 'far', 'back', 'end']
Phase = Literal['start', 'out', 'back', 'hold']
View = Literal['front', 'side', 'back']
Muscle = Literal[
    'quadriceps', 'hamstrings', 'glutes', 'calves', 'chest', 'back', 'shoulders', 'biceps',
    'triceps', 'core', 'heart']
Joint = Literal['neck', 'shoulder', 'elbow', 'wrist', 'back', 'hip', 'knee', 'ankle']


def _declared(name: str, info: ValidationInfo) -> str:
    """A part of the body, or a point that the file declares; `read` hands those over."""
    if info.context is None or name in PARTS:
        return name
    points = info.context['points']
    if name in points or {f'{name}_{side}' for side in SIDES} <= set(points):
        return name
    raise ValueError(
        f'there is no point {name}; there are {", ".join((*PARTS, *points))}; declare what is '
        'not a part of the body in the field points')


Point = Annotated[str, AfterValidator(_declared)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True)


class Quantity(_Strict):
    """Something measured in the picture on one side of the body; exactly one kind is given.

    angle: degrees at the middle one of three points. tilt: degrees from straight up to the
    direction from the first point to the second. height: how far the first point is above the
    second; distance: how far apart two points are; apart: a point and its twin on the other side;
    uneven: how much higher one of the two is; forward: how far the first point is in front of the
    second, the way the person faces; these five in statures of the person, so that neither
    body size nor distance matters. A point is a part of the body or one of the exercise's
    `points`; of bar_left and bar_right, `bar` is the one of the side. views: from where it can be
    trusted; from elsewhere it is as good as not seen.
    """

    angle: Annotated[list[Point], Field(min_length=3, max_length=3)] | None = None
    tilt: Annotated[list[Point], Field(min_length=2, max_length=2)] | None = None
    height: Annotated[list[Point], Field(min_length=2, max_length=2)] | None = None
    distance: Annotated[list[Point], Field(min_length=2, max_length=2)] | None = None
    forward: Annotated[list[Point], Field(min_length=2, max_length=2)] | None = None
    apart: Point | None = None
    uneven: Point | None = None
    views: list[View] = []  # empty: from everywhere
    _rows: dict[str, tuple[int, ...]] = PrivateAttr(default_factory=dict)

    @model_validator(mode='after')
    def _one_kind(self) -> 'Quantity':
        if len(self._given()) != 1:
            raise ValueError('give exactly one of ' + ', '.join(self._kinds))
        return self

    _kinds: ClassVar = ('angle', 'tilt', 'height', 'distance', 'forward', 'apart', 'uneven')

    def _given(self) -> list[str]:
        return [kind for kind in self._kinds if getattr(self, kind) is not None]

    def model_post_init(self, context: Any, /) -> None:
        self.resolve(())

    def resolve(self, points: Sequence[str]) -> None:
        """Find its rows in a pose of 18 keypoints followed by these points."""
        index = {**INDEX, **{name: len(KEYPOINTS) + i for i, name in enumerate(points)}}
        for side, other in (SIDES, SIDES[::-1]):
            if self._given():
                twin = [(self.parts[0], other)] if self.kind in ('apart', 'uneven') else []
                self._rows[side] = tuple(
                    _row(part, at, index) for part, at in [*((p, side) for p in self.parts), *twin])

    @cached_property
    def rows(self) -> dict[str, tuple[int, ...]]:
        """By side, the rows of its points in a pose; -1 for one that is not resolved yet."""
        return self._rows

    @cached_property
    def kind(self) -> str:
        return self._given()[0]

    @property
    def parts(self) -> list[str]:
        """The points; one for apart and uneven."""
        found = getattr(self, self.kind)
        return [found] if isinstance(found, str) else list(found)


def _row(part: str, side: str, index: dict[str, int]) -> int:
    names = (f'{side}_{part}', f'{part}_{side}', part)
    return next((index[name] for name in names if name in index), -1)


class Measure(Quantity):
    """A quantity that moves with the exercise, at the start position and at a full repetition."""

    rest: float
    peak: float
    weight: float = Field(1.0, gt=0)

    @model_validator(mode='after')
    def _moves(self) -> 'Measure':
        if math.isclose(self.rest, self.peak):
            raise ValueError('rest and peak must differ')
        return self


class Guard(Quantity):
    """A quantity that must be within limits, or something else is being done."""

    within: Limits
    reason: str = Field(min_length=3)

    @field_validator('within')
    @classmethod
    def _ordered(cls, limits: Limits) -> Limits:
        if limits[0] >= limits[1]:
            raise ValueError('the lower limit comes first')
        return limits


class FormPart(Quantity):
    """A part of the form beside joints and torso: a length that must be within limits."""

    name: str = Field(pattern=r'^[a-z][a-z_]*[a-z]$')
    within: Limits
    at: list[Moment] = []         # when; empty: all the time
    say: dict[str, str]           # language: what is said; without rep and moment

    @field_validator('name')
    @classmethod
    def _other(cls, name: str) -> str:
        if is_of_body(name):
            raise ValueError(f'{name} is judged by the baseline; give the part another name')
        return name

    @model_validator(mode='after')
    def _length(self) -> 'FormPart':
        if 'en' not in self.say:
            raise ValueError('say needs a sentence in en')
        if self.kind in DEGREES:
            raise ValueError('angles are judged by the baseline; give one of '
                             + ', '.join(k for k in self._kinds if k not in DEGREES))
        return self

    @field_validator('within')
    @classmethod
    def _ordered(cls, limits: Limits) -> Limits:
        if limits[0] >= limits[1]:
            raise ValueError('the lower limit comes first')
        return limits


class Hidden(_Strict):
    """What is measured where the measures cannot be seen: the legs are not in the picture.

    sinks: what of the upper body goes down with it; peak: by how many statures when all the way.
    """

    sinks: Annotated[list[Part], Field(min_length=1)]
    peak: float = Field(gt=0)

    @cached_property
    def rows(self) -> list[int]:
        """The rows of its points in a pose, of both sides."""
        return sorted({_row(part, side, INDEX) for part in self.sinks for side in SIDES})


class Exercise(_Strict):
    """One exercise file; the README of the package says what each field is for."""

    name: str = Field(pattern=r'^[a-z][a-z0-9_]*$')
    spoken: dict[str, str]  # language: name
    counts: Literal['reps', 'seconds'] = 'reps'
    sides: Literal['together', 'each'] = 'together'
    lead: Part | None = None  # the side whose point is higher at the far end leads; per-side counts
    joints: Annotated[list[str], Field(min_length=1)]  # angles of the seed rule
    threshold: float = Field(0.15, gt=0, le=10)  # rad^2, of the seed rule
    points: list[Annotated[str, Field(pattern=r'^[a-z][a-z0-9_]*$')]] = []  # besides the body's
    measures: list[Measure] = []
    hidden: Hidden | None = None  # measured where the measures cannot be seen
    start: list[Guard] = []  # true in the start position, or the set is not armed
    guards: list[Guard] = []  # true at the far end of a movement, or it is something else
    end: list[Guard] = []  # true when a movement has come back, or it led somewhere else
    # Somebody who fetches something moves like this, too: a single one does not count until another
    # like it follows, unless it is clear at its far end.
    everyday: bool = False
    clear: list[Guard] = []
    phases: dict[Phase, Annotated[str, Field(min_length=2, max_length=20)]] = {}  # their names
    travel: float = Field(0.5, gt=0)  # statures one may have moved sideways from start to end
    seconds: Limits = (0.5, 20.0)  # a repetition takes at least and at most
    parts: list[FormPart] = []  # of the form, beside joints and torso
    baseline: str = ''  # the exercise whose baseline the form is compared with; empty: its own
    # For plans.
    muscles: list[Muscle] = []  # the main one first
    equipment: list[str] = []  # for instance dumbbells; empty: none
    impact: Literal['low', 'jump'] = 'low'
    level: Literal['easy', 'medium', 'hard'] = 'medium'
    pace: float = Field(3.0, gt=0, le=60)  # s of a repetition at a calm tempo
    avoid_for: list[Joint] = []  # not with a bad one

    def phase(self, name: Phase) -> str:
        """What the file calls it."""
        return self.phases.get(name, name)

    @field_validator('joints')
    @classmethod
    def _known(cls, joints: list[str]) -> list[str]:
        for joint in joints:
            if joint not in JOINTS:
                raise ValueError(f'there is no joint {joint}; there are {", ".join(JOINTS)}')
        return joints

    @field_validator('points')
    @classmethod
    def _new(cls, points: list[str]) -> list[str]:
        for i, point in enumerate(points):
            if point in KEYPOINTS or point in PARTS:
                raise ValueError(f'{point} is a part of the body; give the point another name')
            if point in points[:i]:
                raise ValueError(f'{point} is there twice')
        return points

    @model_validator(mode='after')
    def _resolved(self) -> 'Exercise':
        for quantity in (
                *self.measures, *self.start, *self.guards, *self.clear, *self.end, *self.parts):
            quantity.resolve(self.points)
            if any(-1 in rows for rows in quantity.rows.values()):
                raise ValueError(
                    f'{quantity.kind} uses a point that is neither a part of the body nor in the '
                    'field points')
        return self

    @model_validator(mode='after')
    def _complete(self) -> 'Exercise':
        if 'en' not in self.spoken:
            raise ValueError('spoken needs a name in en')
        if self.counts == 'reps' and not self.measures:
            raise ValueError('measures are needed to count repetitions')
        if self.counts == 'seconds' and not self.guards:
            raise ValueError('guards are needed to time a hold')
        if self.hidden and self.sides == 'each':
            raise ValueError('hidden is for what both sides do together')
        if self.clear and not self.everyday:
            raise ValueError('clear says which repetitions are no everyday movement; it needs '
                             'everyday: true')
        return self


def read(path: Path) -> Exercise:
    """The exercise in a YAML file; raises UserError naming the file, the line and the field."""
    try:
        text = path.read_text('utf-8')
        root = yaml.compose(text, yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as error:
        raise UserError(f'exercise file {path} cannot be read: {error.strerror}') from None
    except UnicodeDecodeError:
        raise UserError(f'exercise file {path} is not text in UTF-8') from None
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        line = mark.line + 1 if mark else 1
        raise UserError(
            f'{path}, line {line}: this is not YAML ({getattr(error, "problem", error)})') from None
    if not isinstance(data, dict):
        raise UserError(f'{path}, line 1: an exercise file is a list of `field: value` lines')
    try:
        points = data.get('points')
        exercise = Exercise.model_validate(
            data, context={'points': points if isinstance(points, list) else []})
    except ValidationError as error:
        first = error.errors()[0]
        where = '.'.join(str(step) for step in first['loc']) or 'the file'
        what = first['msg'].removeprefix('Value error, ')
        raise UserError(f'{path}, line {_line(root, first["loc"])}: {where}: {what}') from None
    if exercise.name != path.stem:
        raise UserError(
            f'{path}, line {_line(root, ("name",))}: name: {exercise.name} must be the name of the '
            f'file, {path.stem}')
    return exercise


def _line(node: Any, steps: tuple[Any, ...]) -> int:
    """Line of the node at the end of the path, or of the last one on the way that exists."""
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            inner = next((v for k, v in node.value if k.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            inner = node.value[step] if step < len(node.value) else None
        else:
            inner = None
        if inner is None:
            break
        node = inner
    return int(node.start_mark.line) + 1 if node is not None else 1
