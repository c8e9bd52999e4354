"""What an exercise file says, checked; messages name the file, the line and the field."""

import math
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from trainer_core.angles import JOINTS
from trainer_core.errors import UserError

Part = Literal['nose', 'neck', 'shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle', 'eye', 'ear']
Limits = tuple[float, float]


class _Strict(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True)


class Quantity(_Strict):
    """Something measured in the picture on one side of the body; exactly one kind is given.

    angle: degrees at the middle one of three points. tilt: degrees from straight up to the
    direction from the first point to the second. height: how far the first point is above the
    second; distance: how far apart two points are; apart: a point and its twin on the other side;
    uneven: how much higher one of the two is; these four in statures of the person, so that neither
    body size nor distance matters.
    """

    angle: Annotated[list[Part], Field(min_length=3, max_length=3)] | None = None
    tilt: Annotated[list[Part], Field(min_length=2, max_length=2)] | None = None
    height: Annotated[list[Part], Field(min_length=2, max_length=2)] | None = None
    distance: Annotated[list[Part], Field(min_length=2, max_length=2)] | None = None
    apart: Part | None = None
    uneven: Part | None = None

    @model_validator(mode='after')
    def _one_kind(self) -> 'Quantity':
        if len(self._given()) != 1:
            raise ValueError('give exactly one of ' + ', '.join(self._kinds))
        return self

    _kinds: ClassVar = ('angle', 'tilt', 'height', 'distance', 'apart', 'uneven')

    def _given(self) -> list[str]:
        return [kind for kind in self._kinds if getattr(self, kind) is not None]

    @property
    def kind(self) -> str:
        return self._given()[0]

    @property
    def parts(self) -> list[str]:
        """The points; one for apart and uneven."""
        found = getattr(self, self.kind)
        return [found] if isinstance(found, str) else list(found)


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


class Exercise(_Strict):
    """One exercise file; the README of the package says what each field is for."""

    name: str = Field(pattern=r'^[a-z][a-z0-9_]*$')
    spoken: dict[str, str]  # language: name
    counts: Literal['reps', 'seconds'] = 'reps'
    sides: Literal['together', 'each'] = 'together'
    lead: Part | None = None  # the side whose point is higher at the far end leads; per-side counts
    joints: Annotated[list[str], Field(min_length=1)]  # angles of the seed rule
    threshold: float = Field(0.15, gt=0, le=10)  # rad^2, of the seed rule
    measures: list[Measure] = []
    start: list[Guard] = []  # true in the start position, or the set is not armed
    guards: list[Guard] = []  # true at the far end of a movement, or it is something else
    end: list[Guard] = []  # true when a movement has come back, or it led somewhere else
    travel: float = Field(0.5, gt=0)  # statures one may have moved sideways from start to end
    seconds: Limits = (0.5, 20.0)  # a repetition takes at least and at most

    @field_validator('joints')
    @classmethod
    def _known(cls, joints: list[str]) -> list[str]:
        for joint in joints:
            if joint not in JOINTS:
                raise ValueError(f'there is no joint {joint}; there are {", ".join(JOINTS)}')
        return joints

    @model_validator(mode='after')
    def _complete(self) -> 'Exercise':
        if 'en' not in self.spoken:
            raise ValueError('spoken needs a name in en')
        if self.counts == 'reps' and not self.measures:
            raise ValueError('measures are needed to count repetitions')
        if self.counts == 'seconds' and not self.guards:
            raise ValueError('guards are needed to time a hold')
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
        exercise = Exercise.model_validate(data)
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
