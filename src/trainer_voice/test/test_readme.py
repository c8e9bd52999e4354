"""The README says what the code does."""

import re
from pathlib import Path

import pytest

from trainer_core.ros.params import table
from trainer_voice.dialogue.dialogue_node import DialogueParams
from trainer_voice.dialogue.events import State
from trainer_voice.ears import recognisers
from trainer_voice.ears.ears_node import EarsParams
from trainer_voice.mouth import voices
from trainer_voice.mouth.mouth_node import MouthParams

README = (Path(__file__).parents[1] / 'README.md').read_text()


@pytest.mark.parametrize(('node', 'kind'), [
    ('mouth', MouthParams), ('dialogue', DialogueParams), ('ears', EarsParams)])
def test_parameter_tables(node, kind):
    printed = re.search(
        rf'<!-- parameters of the {node} -->\n(.*?)<!-- end -->', README, re.DOTALL)
    assert printed and printed[1] == table(kind)


def test_state_diagram():
    diagram = re.search(r'stateDiagram-v2\n(.*?)```', README, re.DOTALL)
    assert diagram
    states = set(re.findall(r'\b[A-Z]{4,}\b', diagram[1]))
    assert states == {s.name for s in State}


def test_voices():
    for name in voices.NAMES:
        assert f'| `{name}` |' in README


def test_recognisers():
    for name in recognisers.NAMES:
        assert f'| `{name}` |' in README
