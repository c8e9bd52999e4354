import importlib.util
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TRAINING = TESTS.parent / 'training'

sys.path.append(str(TESTS))  # for ideal


@pytest.fixture(scope='module')
def training_module():
    """Loads a module of training/, which is no package, by its name."""
    def load(name):
        spec = importlib.util.spec_from_file_location(f'training_{name}', TRAINING / f'{name}.py')
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    sys.path.insert(0, str(TRAINING))
    try:
        yield load
    finally:
        sys.path.remove(str(TRAINING))
