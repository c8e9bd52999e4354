"""Reads scripts: YAML files as described in the README of the package.

Everything that is wrong in a script is a UserError that names file and line and says what exists.
"""

from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from trainer_core.errors import UserError
from trainer_sim.body import Body
from trainer_sim.camera import Camera
from trainer_sim.motions.exercises import EXERCISES
from trainer_sim.pieces import Fault, Style, known_part
from trainer_sim.script import BACKGROUNDS, EVERYDAY, Actor, Clothes, Scene, Script, Segment


class _Mapping(dict):
    """A mapping of the file that remembers the lines of its keys."""

    line = 0
    lines: dict[str, int]


def presets() -> list[str]:
    """Names of the scripts in the package, without ending."""
    folder = resources.files('trainer_sim') / 'scripts'
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith('.yaml'))


def load(script: str = '') -> Script:
    """A script by name: '' is the demo, then presets, exercises, and files ending in .yaml.

    Raises UserError naming file and line.
    """
    name = script or 'demo'
    if name.endswith(('.yaml', '.yml')):
        path = Path(name)
        try:
            text = path.read_text(encoding='utf-8')
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, 'strerror', None) or 'it is not a text file'
            raise UserError(f'athlete script {name} cannot be read: {reason}') from error
        return parse(text, name, path.parent)
    if name in presets():
        text = (resources.files('trainer_sim') / 'scripts' / f'{name}.yaml').read_text('utf-8')
        return parse(text, f'{name}.yaml')
    if name in EXERCISES:
        return parse(_alone(name), f'athlete:{name}')
    raise UserError(
        f'the athlete has no script "{name}"; give a file ending in .yaml, a script '
        f'({", ".join(presets())}) or an exercise ({", ".join(EXERCISES)})')


def _alone(name: str) -> str:
    """The script of one exercise with a walk-in."""
    kind = EXERCISES[name]
    dose = 'seconds: 12' if kind.seconds else 'reps: 5'
    low = kind.way and kind.prop != 'bar'
    high = kind.prop == 'bar'
    height, distance = (0.5, 3.3) if low else (1.35, 4.3) if high else (1.0, 3.5)
    middle = -0.5 if kind.offset(Body()) < 0 else 0.0  # who sits down sits behind the feet
    if name == 'burpee':
        height, distance = 0.95, 4.0
    return f"""
name: {name}
scene: {{background: {'gym' if high else 'room'}}}
camera: {{yaw: {kind.view}, pitch: 5, height: {height}, distance: {distance}, x: {middle}}}
actors:
  - name: athlete
    segments:
      - enter: {{from: left}}
      - stand: 1.5
      - {name}: {{{dose}}}
      - stand: 1.5
"""


def parse(text: str, name: str, folder: Path | None = None) -> Script:
    """A script from its text; `name` is used in messages, pictures are looked for in `folder`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, 'problem', None) or 'it is not YAML'
        raise UserError(f'{name}, line {line}: {problem}') from error
    reader = _Reader(name, folder)
    data = reader.plain(root) if root is not None else None
    if not isinstance(data, _Mapping):
        raise UserError(f'{name}, line 1: a script is a mapping with "actors"')
    return reader.script(data)


class _Reader:
    def __init__(self, name: str, folder: Path | None):
        self.name, self.folder = name, folder or Path('.')

    def fail(self, line: int, text: str) -> UserError:
        return UserError(f'{self.name}, line {line}: {text}')

    def plain(self, node) -> Any:
        """A YAML node as Python values, mappings with their lines."""
        if isinstance(node, yaml.MappingNode):
            result = _Mapping()
            result.line, result.lines = node.start_mark.line + 1, {}
            for key, value in node.value:
                text = str(key.value)
                if text in result:
                    raise self.fail(key.start_mark.line + 1, f'"{text}" is given twice')
                result[text] = self.plain(value)
                result.lines[text] = key.start_mark.line + 1
            return result
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item) for item in node.value]
        return yaml.safe_load(yaml.serialize(node))

    def known(self, data: _Mapping, names, what: str) -> None:
        for key in data:
            if key not in names:
                raise self.fail(data.lines[key], f'{what} has no "{key}"; it has '
                                f'{", ".join(names)}')

    def script(self, data: _Mapping) -> Script:
        self.known(data, ('name', 'scene', 'camera', 'actors'), 'a script')
        actors = data.get('actors')
        if not isinstance(actors, list) or not actors:
            raise self.fail(data.lines.get('actors', 1), '"actors" must be a list of actors')
        scene = self.filled(Scene, self.mapping(data, 'scene'), 'a scene')
        background = scene.background
        if background not in BACKGROUNDS:
            picture = self.folder / background
            if not picture.is_file():
                raise self.fail(data['scene'].lines['background'], f'there is no background '
                                f'"{background}"; give {", ".join(BACKGROUNDS)} or a picture file')
            scene = Scene(**{**scene.__dict__, 'background': str(picture)})
        names: set[str] = set()
        result = []
        for i, entry in enumerate(actors):
            actor = self.actor(entry, i, data.lines['actors'])
            if actor.name in names:
                raise self.fail(entry.lines['name'], f'there are two actors "{actor.name}"')
            names.add(actor.name)
            result.append(actor)
        return Script(str(data.get('name', self.name)), tuple(result), scene,
                      self.cameras(data), self.folder)

    def cameras(self, data: _Mapping) -> tuple[tuple[float, Camera], ...]:
        given = data.get('camera', _Mapping())
        if not isinstance(given, list):
            return ((0.0, self.filled(Camera, self.mapping(data, 'camera'), 'a camera')),)
        cameras: list[tuple[float, Camera]] = []
        last = -1.0
        for entry in given:
            if not isinstance(entry, _Mapping):
                raise self.fail(data.lines['camera'], 'every camera must be a mapping')
            start = self.number(entry, 'from', 0.0, minimum=0.0)
            if start <= last or (not cameras and start):
                raise self.fail(entry.line, 'cameras must start with "from: 0" and follow in time')
            last = start
            rest = _Mapping({k: v for k, v in entry.items() if k != 'from'})
            rest.line, rest.lines = entry.line, entry.lines
            cameras.append((start, self.filled(Camera, rest, 'a camera')))
        return tuple(cameras) or ((0.0, Camera()),)

    def mapping(self, data: _Mapping, key: str) -> _Mapping:
        value = data.get(key)
        if value is None:
            value = _Mapping()
            value.lines = {}
        if not isinstance(value, _Mapping):
            raise self.fail(data.lines[key], f'"{key}" must be a mapping')
        return value

    def number(self, data: _Mapping, key: str, default: float, minimum: float = -1e9,
               maximum: float = 1e9) -> float:
        value = data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not (
                minimum <= value <= maximum):
            limits = '' if maximum >= 1e9 and minimum <= -1e9 else (
                f' of at least {minimum:g}' if maximum >= 1e9 else
                f' from {minimum:g} to {maximum:g}')
            raise self.fail(data.lines.get(key, data.line),
                            f'"{key}" must be a number{limits}, not {value!r}')
        return float(value)

    def filled(self, kind, data: _Mapping, what: str):
        """A flat dataclass from a mapping, checked by the types of its defaults."""
        self.known(data, [f.name for f in fields(kind)], what)
        values: dict[str, Any] = {}
        for f in fields(kind):
            if f.name not in data:
                continue
            value, default = data[f.name], f.default
            if isinstance(default, bool) and isinstance(value, bool):
                values[f.name] = value
            elif isinstance(default, float):
                low, high = _LIMITS.get((kind.__name__, f.name), (-1e9, 1e9))
                values[f.name] = self.number(data, f.name, 0.0, low, high)
            elif isinstance(default, str) and isinstance(value, str):
                allowed = _CHOICES.get(f.name)
                if allowed and value not in allowed:
                    raise self.fail(data.lines[f.name], f'"{f.name}" must be one of '
                                    f'{", ".join(allowed)}, not {value!r}')
                if str(default).startswith('#') and not _is_colour(value):
                    raise self.fail(data.lines[f.name], f'"{f.name}" must be a colour like '
                                    f'"#3a6ea5", not {value!r}')
                values[f.name] = value
            else:
                raise self.fail(data.lines[f.name], f'"{f.name}" must be '
                                f'{"true or false" if isinstance(default, bool) else "text"}, '
                                f'not {value!r}')
        return kind(**values)

    def actor(self, data: Any, index: int, line: int) -> Actor:
        if not isinstance(data, _Mapping):
            raise self.fail(line, 'every actor must be a mapping with "segments"')
        self.known(data, [f.name for f in fields(Actor)], 'an actor')
        segments = data.get('segments')
        if not isinstance(segments, list) or not segments:
            raise self.fail(data.lines.get('segments', data.line),
                            '"segments" must be a list of motions')
        at = data.get('at', [0.0, 0.0])
        if not _is_place(at):
            raise self.fail(data.lines['at'], f'"at" must be [x, y] in m, not {at!r}')
        where = data.lines['segments']
        return Actor(
            str(data.get('name', f'athlete{index + 1}')),
            tuple(self.segment(entry, where) for entry in segments),
            self.filled(Body, self.mapping(data, 'body'), 'a body'),
            self.filled(Clothes, self.mapping(data, 'clothes'), 'clothes'),
            (float(at[0]), float(at[1])), self.number(data, 'facing', 0.0),
            self.number(data, 'sway', 1.0, 0.0, 5.0))

    def segment(self, data: Any, line: int) -> Segment:
        if isinstance(data, str):
            data_ = _Mapping({data: None})
            data_.line, data_.lines = line, {data: line}
            data = data_
        if not isinstance(data, _Mapping) or len(data) != 1:
            raise self.fail(getattr(data, 'line', line),
                            'every segment is one motion with its parameters, for instance '
                            '"- squat: {reps: 5}"')
        (motion, values), = data.items()
        line = data.lines[motion]
        if motion not in EXERCISES and motion not in EVERYDAY:
            raise self.fail(line, f'there is no motion "{motion}"; there are '
                            f'{", ".join((*EVERYDAY, *EXERCISES))}')
        if values is None:
            values = _Mapping()
        if isinstance(values, (int, float)) and not isinstance(values, bool):
            key = _BARE.get(motion, 'seconds')
            if motion in EXERCISES:
                key = 'seconds' if EXERCISES[motion].seconds else 'reps'
            values = _Mapping({key: values})
        if not isinstance(values, _Mapping):
            raise self.fail(line, f'"{motion}" takes a number or a mapping of parameters')
        if not values.line:
            values.line, values.lines = line, dict.fromkeys(values, line)
        return Segment(motion, self.checked(motion, values), line)

    def checked(self, motion: str, data: _Mapping) -> dict[str, Any]:
        """The parameters of one motion, with the right types."""
        if motion in EXERCISES and not EXERCISES[motion].seconds:
            return {'style': self.style(motion, data)}
        if motion in EXERCISES:
            self.known(data, ('seconds', 'range'), motion)
            return {'seconds': self.number(data, 'seconds', EXERCISES[motion].seconds, 0.1, 3600),
                    'range': self.number(data, 'range', 1.0, 0.0, 1.0)}
        if motion in ('walk', 'enter', 'leave'):
            key = {'walk': 'to', 'enter': 'from', 'leave': 'to'}[motion]
            self.known(data, (key,), motion)
            value = data.get(key, None if motion == 'walk' else 'left')
            if not _is_place(value) and not (motion != 'walk' and value in ('left', 'right')):
                text = 'must be [x, y] in m' + ('' if motion == 'walk' else ', left or right')
                raise self.fail(data.line, f'"{key}" of {motion} {text}, not {value!r}')
            return {key: value}
        if motion == 'turn':
            self.known(data, ('facing',), motion)
            return {'facing': self.number(data, 'facing', 0.0)}
        self.known(data, ('seconds',), motion)
        default = {'stand': 2.0, 'wait': 5.0, 'wave': 3.0, 'pick_up': 3.2, 'put_down': 3.2,
                   'tie_shoe': 7.0, 'drink': 4.0, 'phone': 5.0, 'scratch': 2.5}
        least = {'wave': 1.8, 'pick_up': 1.5, 'put_down': 1.5, 'tie_shoe': 4.0, 'wait': 2.0,
                 'drink': 1.8, 'phone': 1.8, 'scratch': 1.8}
        return {'seconds': self.number(data, 'seconds', default.get(motion, 2.0),
                                       least.get(motion, 0.0), 86400)}

    def style(self, motion: str, data: _Mapping) -> Style:
        """How repetitions are done."""
        self.known(data, ('reps', 'range', 'tempo', 'pause', 'rest', 'dips', 'side', 'asymmetry',
                          'variation', 'faults'), motion)
        ranges = data.get('range', 1.0)
        ranges = ranges if isinstance(ranges, list) else [ranges]
        for value in ranges:
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not (
                    0 < value <= 1.0):
                raise self.fail(data.lines['range'], '"range" must be a share above 0 and up to 1, '
                                f'or a list of them, not {value!r}')
        side = data.get('side', '')
        if side not in ('', 'both', 'left', 'right'):
            raise self.fail(data.lines['side'], f'"side" must be left, right or both, not {side!r}')
        if side in ('left', 'right') and motion not in ('lunge', 'biceps_curl'):
            raise self.fail(data.lines['side'], f'{motion} has no side; lunge and biceps_curl have')
        return Style(
            int(self.number(data, 'reps', 5, 1, 10000)), tuple(float(r) for r in ranges),
            self.number(data, 'tempo', 1.0, 0.1, 5.0), self.number(data, 'pause', -1.0, -1.0, 600),
            self.number(data, 'rest', -1.0, -1.0, 600), int(self.number(data, 'dips', 1, 1, 5)),
            '' if side == 'both' else side, self.number(data, 'asymmetry', 0.0, -0.9, 0.9),
            self.number(data, 'variation', 1.0, 0.0, 3.0), self.faults(data))

    def faults(self, data: _Mapping) -> tuple[Fault, ...]:
        given = data.get('faults', [])
        if not isinstance(given, list):
            raise self.fail(data.lines['faults'], '"faults" must be a list')
        faults = []
        for entry in given:
            if not isinstance(entry, _Mapping):
                raise self.fail(data.lines['faults'], 'a fault is a mapping, for instance '
                                '{part: left_knee, amount: 0.3, reps: [3]}')
            self.known(entry, ('part', 'amount', 'reps'), 'a fault')
            part = entry.get('part')
            if not isinstance(part, str) or not known_part(part):
                raise self.fail(entry.line, f'a fault has no part {part!r}; parts are tempo and '
                                'left_ or right_ with elbow, shoulder, hip, knee')
            reps = entry.get('reps', [])
            if not isinstance(reps, list) or any(
                    isinstance(r, bool) or not isinstance(r, int) or r < 1 for r in reps):
                raise self.fail(entry.lines['reps'], f'"reps" of a fault must be a list of numbers '
                                f'from 1, not {reps!r}')
            amount = self.number(entry, 'amount', 0.3, -0.8, 2.0 if part == 'tempo' else 0.95)
            faults.append(Fault(part, amount, tuple(reps)))
        return tuple(faults)


_BARE = {'turn': 'facing'}
_CHOICES = {'sleeves': ('none', 'short', 'long'), 'legs': ('short', 'long')}
_LIMITS = {
    ('Body', 'height'): (1.4, 2.1), ('Body', 'legs'): (0.85, 1.15), ('Body', 'arms'): (0.85, 1.15),
    ('Body', 'shoulders'): (0.75, 1.3), ('Body', 'hips'): (0.75, 1.3), ('Body', 'build'): (0, 1),
    ('Camera', 'pitch'): (-80, 89), ('Camera', 'distance'): (0.5, 50), ('Camera', 'fov'): (5, 120),
    ('Scene', 'ambient'): (0, 1), ('Scene', 'noise'): (0, 50),
    ('Scene', 'light_pitch'): (5, 90),
}


def _is_place(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) for v in value)


def _is_colour(value: str) -> bool:
    return len(value) == 7 and value[0] == '#' and all(c in '0123456789abcdefABCDEF'
                                                       for c in value[1:])
