import os
from pathlib import Path

from setuptools import find_packages, setup

package_name = 'trainer'
here = Path(__file__).resolve().parent


def files(*patterns):
    """Paths relative to here, as setuptools wants them; an empty list would install nothing."""
    found = [p for pattern in patterns for p in sorted(here.glob(pattern))]
    if not found:
        raise SystemExit(f'setup.py of {package_name}: nothing matches {patterns} in {here}')
    return [os.path.relpath(p, here) for p in found]


setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={'trainer.mirror': ['web/*', 'web/*/*']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml']),
        # The launch files lie at the top of the repository, where people look for them.
        ('share/' + package_name + '/launch', files('../../launch/*.launch.py')),
        ('share/' + package_name + '/config', files('config/*.yaml')),
        ('share/' + package_name + '/rviz', files('rviz/*.rviz')),
        ('share/' + package_name + '/rqt', files('rqt/*.perspective')),
        ('share/' + package_name + '/foxglove', files('foxglove/*.json')),
    ],
    install_requires=['setuptools'],
    zip_safe=True,
    maintainer='Trainer maintainers',
    maintainer_email='trainer@example.com',
    description='Starts and shows the trainer: nodes, launch files, configuration, commands.',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            'markers_node = trainer.executables:markers_node',
            'mirror_node = trainer.executables:mirror_node',
        ],
    },
)
