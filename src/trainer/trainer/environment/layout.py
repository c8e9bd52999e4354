"""Where things are in a checkout."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Layout:
    """The paths of one checkout."""

    root: Path = ROOT

    @property
    def sources(self) -> Path:
        return self.root / 'src'

    @property
    def workspace(self) -> Path:
        """The colcon workspace, with build, install and log."""
        return self.root / 'ros2_ws'

    @property
    def venv(self) -> Path:
        return self.workspace / '.venv'

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment, whether it exists or not."""
        return self.venv / 'bin' / 'python'

    @property
    def state(self) -> Path:
        """What the set-up knows of its steps, and their logs."""
        return self.workspace / '.trainer'

    @property
    def project(self) -> Path:
        return self.root / 'pyproject.toml'

    @property
    def commands(self) -> Path:
        return self.sources / 'trainer' / 'trainer' / 'commands'

    def packages(self) -> list[Path]:
        """The folders of the ROS packages, sorted."""
        return sorted(p.parent for p in self.sources.glob('*/package.xml'))
