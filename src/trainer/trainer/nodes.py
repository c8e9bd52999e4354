"""Every node of the trainer and every argument it is started with.

`launch/*.launch.py` and `./trainer run` are both made from these two tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainer_core.errors import UserError


@dataclass(frozen=True)
class Argument:
    """Something given at start, as `name:=value` under ros2 launch or as an option of run."""

    name: str
    kind: type
    text: str
    default: Any = None  # None: when it is not given, parameter files and the node itself decide
    choices: tuple[str, ...] = ()

    def value(self, text: str) -> Any:
        """Text in its type; '' is not given where there is no default. Raises UserError."""
        if text == '' and self.default is None:
            return None
        try:
            if self.kind is bool:
                return {'true': True, '1': True, 'false': False, '0': False}[text.lower()]
            given = self.kind(text)
        except (ValueError, KeyError):
            kind = 'true or false' if self.kind is bool else f'a value of type {self.kind.__name__}'
            raise UserError(f'argument {self.name} is {text!r}; give {kind}') from None
        if self.choices and given not in self.choices:
            raise UserError(
                f'argument {self.name} is {text!r}; give one of {", ".join(self.choices)}')
        return given


ARGUMENTS = (
    Argument('namespace', str, 'Namespace of every node and topic', 'trainer'),
    Argument('nodes', str, 'Which nodes: all, or names and groups (see, judge, talk, show) with '
             'commas, or those to leave out, as in -mouth,-dialogue', 'all'),
    Argument('source', str, 'What the camera opens: index or device, video file, folder of images, '
             'bag, stream URL, or athlete[:script]; not given: the first camera, else athlete'),
    Argument('speed', str, 'A file by its own clock (real), or as fast as it can be seen (max)',
             choices=('real', 'max')),
    Argument('loop', bool, 'Start a file again when it ends'),
    Argument('width', int, 'Width to ask of a camera or the athlete (px), 0 = its own'),
    Argument('height', int, 'Height to ask of a camera or the athlete (px), 0 = its own'),
    Argument('rate', float, 'Pictures a second to ask of a camera or the athlete, 0 = its own'),
    Argument('at_end', str, 'What the camera does when its source ends',
             choices=('stay', 'exit')),
    Argument('enabled', bool, 'false: the camera sends nothing until its service enable says so'),
    Argument('model', str, 'Network of the pose node, an ONNX file; not given: the one shipped'),
    Argument('engine', str, 'What the network runs on, for instance openvino or onnxruntime'),
    Argument('image_transport', str, 'Which images pose and identity take: image_raw, or '
             'image_raw/compressed', choices=('raw', 'compressed')),
    Argument('exercise', str, 'Exercise of a set that begins at once, the name of an exercise '
             'file; not given: a greeting, and the workout of the day'),
    Argument('reps', int, 'Repetitions of a set, 0 = open end'),
    Argument('seconds', float, 'Length of a set that is a hold (s), 0 = open end'),
    Argument('sets', int, 'How many sets'),
    Argument('rest', float, 'Rest after each set (s)'),
    Argument('method', str, 'How repetitions are counted: default, or mse, the seed rule'),
    Argument('language', str, 'Language that is spoken, BCP 47, for instance en'),
    Argument('voice', str, 'How the mouth speaks: auto, text (without sound), file or an engine'),
    Argument('voice_file', str, 'WAV file that voice file writes; a CSV beside it tells what when'),
    Argument('microphone', str, 'What the ears listen to: a number or part of a name as '
             "./trainer devices lists them, file:PATH, pipe:PATH; not given: the system's choice"),
    Argument('recogniser', str, 'How it is understood: auto, phones, pocketsphinx, whisper, google '
             '(which sends it to Google), or text: do not listen'),
    Argument('mirror_host', str, 'Address that the mirror page is served on: 127.0.0.1, or 0.0.0.0 '
             'for the local network, which then needs the token that the mirror logs'),
    Argument('mirror_port', int, 'Port of the mirror page, 0 = a free one'),
    Argument('params_file', str, 'YAML file of parameters, in the form of config/trainer.yaml'),
    Argument('use_sim_time', bool, 'Take time from /clock, as when a bag is replayed', False),
    Argument('log_level', str, 'How much the nodes tell', 'info',
             ('debug', 'info', 'warn', 'error', 'fatal')),
)


@dataclass(frozen=True)
class Node:
    """One process."""

    name: str
    package: str
    group: str
    text: str
    publishes: tuple[str, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)  # parameter: argument
    lifecycle: bool = False

    @property
    def executable(self) -> str:
        return f'{self.name}_node'

    def restarted(self, arguments: Mapping[str, Any]) -> bool:
        """Whether it is started again when it ends; all are, but a camera that is to exit."""
        return self.name != 'camera' or arguments['at_end'] != 'exit'


NODES = (
    Node('camera', 'trainer_pose', 'see', 'Images of a camera, a file, a bag or the athlete',
         ('image_raw', 'image_raw/compressed', 'camera_info'),
         {name: name for name in (
             'source', 'speed', 'loop', 'width', 'height', 'rate', 'at_end', 'enabled')},
         lifecycle=True),
    Node('pose', 'trainer_pose', 'see', 'Finds the keypoints of everybody in the image',
         ('poses', 'overlay', 'heatmaps', 'pafs'),
         {name: name for name in ('model', 'engine', 'image_transport')}, lifecycle=True),
    Node('identity', 'trainer_pose', 'see', 'Tells by their faces who the people in view are',
         ('identities',), {'image_transport': 'image_transport'}, lifecycle=True),
    Node('counter', 'trainer_counter', 'judge', 'Counts repetitions and judges every movement',
         ('set_state', 'movements'), {'method': 'method'}),
    Node('form', 'trainer_counter', 'judge', 'Compares every repetition with a correct one',
         ('form', 'ghost')),
    Node('dialogue', 'trainer_voice', 'talk', 'Runs the session and decides what is said',
         ('say', 'session'),
         {'exercise': 'exercise', 'target_reps': 'reps', 'target_seconds': 'seconds',
          'sets': 'sets', 'rest': 'rest', 'language': 'language'}),
    Node('mouth', 'trainer_voice', 'talk', 'Speaks, or writes where there is no sound',
         ('speech_status',),
         {'voice': 'voice', 'file': 'voice_file', 'language': 'language'},
         lifecycle=True),
    Node('ears', 'trainer_voice', 'talk', 'Listens to the microphone for commands and answers',
         ('heard',),
         {name: name for name in ('microphone', 'recogniser', 'language')}, lifecycle=True),
    Node('markers', 'trainer', 'show', 'Skeletons, angles, count and ghost for RViz and Foxglove',
         ('markers',)),
    Node('mirror', 'trainer', 'show', 'Serves the page that people train in front of',
         ('heard',), {'host': 'mirror_host', 'port': 'mirror_port', 'language': 'language'}),
)

# What a recording holds besides the images; the names without / are those of the namespace.
RECORDED = (
    'camera_info', 'poses', 'points', 'identities', 'set_state', 'movements', 'form', 'heard',
    'say', 'speech_status', 'session', '/diagnostics', '/tf_static')
IMAGES = {'none': (), 'compressed': ('image_raw/compressed',), 'raw': ('image_raw',)}

NAMES = tuple(node.name for node in NODES)
GROUPS = tuple(dict.fromkeys(node.group for node in NODES))


def chosen(selection: str | Iterable[str] = 'all') -> list[Node]:
    """The nodes meant by the argument `nodes`; raises UserError for a name that is not there."""
    words = selection.replace(',', ' ').split() if isinstance(selection, str) else list(selection)
    wanted: set[str] = set()
    if not words or words[0].startswith('-'):
        words = ['all', *words]
    for word in words:
        name = word.removeprefix('-')
        meant = {node.name for node in NODES if name in (node.name, node.group, 'all')}
        if not meant:
            raise UserError(
                f'there is no node {name!r}; nodes are {", ".join(NAMES)}, '
                f'groups {", ".join(GROUPS)}')
        wanted = wanted - meant if word.startswith('-') else wanted | meant
    return [node for node in NODES if node.name in wanted]


def names(selection: str) -> set[str]:
    """The names of the chosen nodes."""
    return {node.name for node in chosen(selection)}


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments from those given as text or typed; raises UserError naming a wrong one."""
    values = {}
    for argument in ARGUMENTS:
        value = given.get(argument.name, argument.default)
        values[argument.name] = argument.value(value) if isinstance(value, str) else value
    return values


def parameters(node: Node, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the arguments say about a node's parameters; the rest is left to parameter files."""
    found = {
        parameter: arguments[name] for parameter, name in node.parameters.items()
        if arguments[name] is not None}
    if arguments['use_sim_time']:
        found['use_sim_time'] = True
    return found


def choose_source(arguments: dict[str, Any]) -> str:
    """Where no source is given: the first camera here, else the athlete, again and again.

    Returns what was chosen as a sentence for people; '' where there was nothing to choose.
    """
    if arguments['source'] is not None or 'camera' not in names(arguments['nodes']):
        return ''
    from trainer_pose.camera.devices import cameras  # which loads OpenCV
    found = cameras()
    if found:
        arguments['source'] = found[0].path
        return f'source: camera {found[0]}'
    arguments['source'] = 'athlete'
    if arguments['loop'] is None and arguments['at_end'] != 'exit':
        arguments['loop'] = True
    return 'no camera found: the athlete trains'
