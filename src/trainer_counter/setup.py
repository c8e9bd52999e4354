from setuptools import find_packages, setup

package_name = 'trainer_counter'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={
        'trainer_counter': [
            'exercises/*.yaml', 'exercises/examples/*.yaml', 'reps/*.npz', 'baselines/*.npz'],
    },
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml']),
    ],
    install_requires=['setuptools'],
    zip_safe=True,
    maintainer='Trainer maintainers',
    maintainer_email='trainer@example.com',
    description='Judges: repetitions and exercises.',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            'counter_node = trainer_counter.executables:counter_node',
            'form_node = trainer_counter.executables:form_node',
        ],
    },
)
