"""`./trainer test` with checks that only say how they went."""

import subprocess
from types import SimpleNamespace

import pytest

from trainer.commands import test as command


@pytest.mark.parametrize(('codes', 'code', 'said'), [
    ((0, 0, 0, 0), 0, 'tests alone: passed'),
    ((1, 0, 0, 0), 1, 'ruff: failed (exit code 1)'),
    ((0, 0, 1, 0), 1, 'tests: failed (exit code 1)'),
    ((0, 0, 0, 1), 1, 'tests alone: failed (exit code 1)'),
    ((0, 0, 0, 5), 0, 'tests alone: passed'),
    ((0, 0, 5, 0), 0, 'tests: passed'),
    ((0, 0, 5, 5), 1, 'tests: failed (exit code 5)'),
], ids=['all pass', 'lint', 'side by side', 'alone', 'none of those alone', 'only those alone',
        'none at all'])
def test_what_counts_as_passed(monkeypatch, capsys, codes, code, said):
    given, lines = iter(codes), []
    monkeypatch.setattr(
        subprocess, 'call', lambda line, **_: lines.append(line) or next(given))
    assert command.main(SimpleNamespace(pytest=['-k', 'x'])) == code
    assert said in capsys.readouterr().out
    assert [line[-2:] == ['-k', 'x'] for line in lines] == [False, False, True, True]
