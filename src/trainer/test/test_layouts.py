"""RViz, rqt and Foxglove: their files can be read and show topics that there are."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rosidl_parser.definition import AbstractNestedType

from trainer import nodes
from trainer_msgs.msg import SetState

HERE = Path(__file__).resolve().parents[1]
LAUNCH = HERE.parents[1] / 'launch' / 'rviz.launch.py'
# What is to be seen somewhere in each of them.
SHOWN = {'overlay', 'set_state'}


def published() -> set[str]:
    """Every topic of the node list, relative or absolute; form comes with its node."""
    return {topic for node in nodes.NODES for topic in node.publishes} | set(nodes.RECORDED)


def texts(tree: Any) -> Iterator[str]:
    """Every text in a document, keys included."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for name, value in tree.items():
            yield str(name)
            yield from texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from texts(value)


def topic_of(path: str) -> str:
    """`/trainer/set_state/angles[0]` and `/trainer/set_state.mse` without their fields."""
    relative = path.removeprefix('/trainer/').partition('.')[0]
    parts = relative.split('/')
    return max((t for t in ('/'.join(parts[:n]) for n in (1, 2)) if t in published()),
               key=len, default=relative)


def rviz() -> dict:
    return yaml.safe_load((HERE / 'rviz/trainer.rviz').read_text())


def test_rviz_shows_what_there_is():
    manager = rviz()['Visualization Manager']
    shown = {d['Topic']['Value']: d for d in manager['Displays'] if 'Topic' in d}
    assert set(shown) == {'markers', 'overlay', 'image_raw', 'heatmaps', 'pafs'} <= published()
    classes = {t: d['Class'].rpartition('/')[2] for t, d in shown.items()}
    assert classes.pop('markers') == 'MarkerArray' and set(classes.values()) == {'Image'}
    # Ours are published reliably; images are big and only the newest is of use.
    assert shown['markers']['Topic']['Reliability Policy'] == 'Reliable'
    assert all(shown[t]['Topic']['Reliability Policy'] == 'Best Effort' for t in classes)
    assert manager['Global Options']['Fixed Frame'] == 'camera_optical_frame'
    assert manager['Views']['Current']['Target Frame'] in LAUNCH.read_text()


def test_the_view_of_rviz_stands_upright():
    """x away from the camera, z up: the quaternion of the launch file turns them so."""
    words = LAUNCH.read_text().split("'")
    x, y, z, w = (float(words[words.index(f'--q{axis}') + 2]) for axis in 'xyzw')
    forward = (1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w))
    up = (2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y))
    assert forward == pytest.approx((0, 0, 1))
    assert up == pytest.approx((0, -1, 0))


def test_rqt_reads_its_perspective():
    document = json.loads((HERE / 'rqt/trainer.perspective').read_text())
    manager = document['groups']['pluginmanager']
    plugins = ast.literal_eval(manager['keys']['running-plugins']['repr'])
    assert {f'plugin__{name.replace("/", "__")}__{n}' for name, serials in plugins.items()
            for n in serials} == set(manager['groups'])
    assert {name.partition('/')[0] for name in plugins} == {
        'rqt_image_view', 'rqt_plot', 'rqt_graph', 'rqt_console', 'rqt_runtime_monitor'}
    docks = document['groups']['mainwindow']['keys']['state']['repr(QByteArray.hex)']
    state = bytes.fromhex(ast.literal_eval(docks.removeprefix('QtCore.QByteArray')).decode())
    for name in plugins:  # Qt finds the place of a window by its name
        assert name.replace('/', '__').encode('utf-16-be') in state
    settings = {
        name: {k: ast.literal_eval(v['repr'])
               for k, v in group['groups']['plugin']['keys'].items()}
        for name, group in manager['groups'].items()}
    assert topic_of(settings['plugin__rqt_image_view__ImageView__1']['topic']) == 'overlay'
    plotted = [path for name, given in settings.items() if 'Plot' in name
               for path in given['topics']]
    assert {topic_of(path) for path in plotted} == {'set_state'}
    fields = {path.removeprefix('/trainer/set_state/') for path in plotted}
    assert fields >= {'angles[0]', 'mse', 'threshold', 'square_wave'}
    for field in fields:
        assert_numeric(field.replace('[', '.').partition('.')[0], '[' in field)


def assert_numeric(field: str, array: bool) -> None:
    """rqt_plot and Foxglove plot a field of SetState only if it is a number, or one of a list."""
    kind = dict(zip(SetState.get_fields_and_field_types(), SetState.SLOT_TYPES, strict=True))[field]
    assert isinstance(kind, AbstractNestedType) == array
    assert (kind.value_type if array else kind).typename in ('double', 'uint8', 'uint32')


def test_foxglove_reads_its_layout():
    layout = json.loads((HERE / 'foxglove/trainer.json').read_text())
    panels = layout['configById']
    placed = {text for text in texts(layout['layout']) if '!' in text}
    assert placed == set(panels)
    assert {name.partition('!')[0] for name in panels} >= {
        'Image', '3D', 'Plot', 'DiagnosticSummary'}
    ours = {text for text in texts(panels) if text.startswith('/trainer/')}
    assert {topic_of(text) for text in ours} <= published()
    assert SHOWN | {'markers'} <= {topic_of(text) for text in ours}
    for name, panel in panels.items():
        if name.startswith('Plot!'):
            for path in panel['paths']:
                field = path['value'].removeprefix('/trainer/set_state.')
                assert_numeric(field.partition('[')[0], '[' in field)
    assert panels['DiagnosticSummary!health']['topicToRender'] == '/diagnostics'


@pytest.mark.parametrize('pattern', ['rviz/*.rviz', 'rqt/*.perspective', 'foxglove/*.json'])
def test_they_are_installed_and_named_in_the_readme(pattern):
    assert f"files('{pattern}')" in (HERE / 'setup.py').read_text()
    for file in HERE.glob(pattern):
        assert file.name in (HERE / 'README.md').read_text()
