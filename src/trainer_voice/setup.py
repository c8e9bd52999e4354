from setuptools import find_packages, setup

package_name = 'trainer_voice'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={
        'trainer_voice': [
            'dialogue/phrases/*.yaml', 'intents/*.yaml', 'plans/*.yaml', 'plans/words/*.yaml',
            'ears/acoustic/words/*.txt', 'ears/acoustic/weights/*'],
    },
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml']),
    ],
    install_requires=['setuptools'],
    zip_safe=True,
    maintainer='Trainer maintainers',
    maintainer_email='trainer@example.com',
    description='Talks: dialogue, ears and mouth.',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            'dialogue_node = trainer_voice.executables:dialogue_node',
            'ears_node = trainer_voice.executables:ears_node',
            'mouth_node = trainer_voice.executables:mouth_node',
        ],
    },
)
