import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer_core.ros.stage import Graph

sys.path.append(str(Path(__file__).parent))  # for transcribe


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    """Nothing of what tests do is remembered."""
    monkeypatch.setenv('TRAINER_DATA', str(tmp_path / 'data'))
    return tmp_path / 'data'


@pytest.fixture
def graph() -> Iterator[Graph]:
    graph = Graph()
    yield graph
    graph.close()
