"""The pictures of the docs can be made again, and those that the READMEs show are there."""

import re
from pathlib import Path

import cv2
import pytest

from trainer import pictures

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
name: short
camera: {yaw: 35, pitch: 5, distance: 3.5, height: 0.95}
actors:
  - name: ana
    segments: [{stand: 1.5}, {squat: {reps: 3}}, {stand: 1}]
"""


def test_pictures_are_made_of_the_athlete(monkeypatch, tmp_path):
    (tmp_path / 'short.yaml').write_text(SCRIPT)
    monkeypatch.setattr(pictures, 'SOURCE', f'athlete:{tmp_path}/short.yaml')
    monkeypatch.setattr(pictures, 'RATE', 10.0)
    pictures.trained.cache_clear()
    names = set(pictures.PICTURES) - {'mirror'}  # whose page test_mirror_page looks at
    assert pictures.main([*names, '--folder', str(tmp_path / 'doc')]) == 0
    pictures.trained.cache_clear()
    made = {path.stem: path for path in (tmp_path / 'doc').iterdir()}
    assert set(made) == names
    for path in made.values():
        assert path.stat().st_size < 200_000
        assert cv2.imread(str(path)).std() > 5, path


def test_a_picture_that_there_is_not_is_named(capsys, tmp_path):
    assert pictures.main(['mona_lisa', '--folder', str(tmp_path)]) == 2
    assert "no picture 'mona_lisa'; there are overlay" in capsys.readouterr().err


@pytest.mark.parametrize('readme', [*ROOT.glob('*.md'), *ROOT.glob('src/*/README.md')],
                         ids=lambda path: path.parent.name)
def test_what_a_readme_shows_is_there(readme):
    for link in re.findall(r'!\[[^\]]*\]\(([^)#]+)\)', readme.read_text()):
        assert (readme.parent / link).is_file(), link
