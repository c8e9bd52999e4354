"""The dispatcher: which commands there are, and what each way of calling them ends with."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from trainer import cli
from trainer.environment.__main__ import take_distro
from trainer.environment.layout import ROOT
from trainer_core.errors import UserError


def test_a_command_that_is_not_delivered_is_not_listed(tmp_path):
    for name in ('zebra', 'doctor', 'run', '__init__', '_private'):
        (tmp_path / f'{name}.py').write_text(f'"""Does {name}.\n\nMore."""\nimport missing_module')
    assert cli.commands(tmp_path) == {
        'run': 'Does run.', 'doctor': 'Does doctor.', 'zebra': 'Does zebra.'}


def test_help_lists_every_command_with_one_line(capsys):
    assert cli.main(['--help']) == 0
    shown = capsys.readouterr().out
    for name, text in cli.commands().items():
        assert f'  {name} ' in shown and text in shown
        assert text, f'{name} has no docstring'


@pytest.mark.parametrize(('argv', 'needed'), [
    ([], False),
    (['--help'], False),
    (['nonsense'], False),
    (['doctor', '--json'], False),
    (['devices'], False),
    (['run'], True),
    (['run', '--help'], False),
    (['test', '-k', 'x'], True),
])
def test_what_needs_the_environment(argv, needed):
    assert cli.needs_setup(argv) == needed


def test_a_command_that_does_not_exist(capsys):
    assert cli.main(['docter']) == 2
    assert capsys.readouterr().err == "trainer: there is no command 'docter'; is it doctor?\n"


def _fail(error):
    def main(args):
        raise error
    return main


@pytest.mark.parametrize(('main', 'code', 'said'), [
    (lambda args: 3, 3, ''),
    (_fail(UserError('there is no camera 7; see ./trainer devices')), 2,
     'trainer: there is no camera 7; see ./trainer devices\n'),
    (_fail(KeyboardInterrupt()), 130, ''),
])
def test_how_a_command_ends(monkeypatch, capsys, main, code, said):
    module = SimpleNamespace(__doc__='A.', add_arguments=lambda parser: None, main=main)
    monkeypatch.setattr(cli, '_module', lambda name: module)
    assert cli.main(['run']) == code
    assert capsys.readouterr().err == said


def test_arguments_of_another_program_are_handed_on(monkeypatch):
    got = []
    module = SimpleNamespace(
        __doc__='A.', REST='pytest', add_arguments=lambda parser: None,
        main=lambda args: got.extend(args.pytest) or 0)
    monkeypatch.setattr(cli, '_module', lambda name: module)
    assert cli.main(['test', '-k', 'a or b', '--lf', 'tests']) == 0
    assert got == ['-k', 'a or b', '--lf', 'tests']


def test_an_unknown_argument_is_refused(capsys):
    with pytest.raises(SystemExit):
        cli.main(['doctor', '--nonsense'])
    assert '--nonsense' in capsys.readouterr().err


def test_distro_needs_a_name():
    with pytest.raises(UserError, match='--distro: give a name'):
        take_distro(['run', '--distro'])


def test_the_script_answers_from_elsewhere_through_a_link_without_ros(tmp_path):
    link = tmp_path / 'a folder' / 'tr'
    link.parent.mkdir()
    link.symlink_to(ROOT / 'trainer')
    done = subprocess.run(
        [link, '--help'], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={'PATH': f'{os.path.dirname(sys.executable)}:/usr/bin:/bin', 'HOME': str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, '')
    assert 'usage: ./trainer COMMAND' in done.stdout


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    done = subprocess.run(
        ['bash', '-c', f'"{ROOT}/trainer" doctor --json | head -c 1'], capture_output=True,
        text=True, timeout=120)
    assert done.stderr == ''
