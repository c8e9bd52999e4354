from setuptools import find_packages, setup

package_name = 'trainer_pose'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={
        'trainer_pose': ['weights/*'],
    },
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml']),
    ],
    install_requires=['setuptools'],
    zip_safe=True,
    maintainer='Trainer maintainers',
    maintainer_email='trainer@example.com',
    description='Sees: camera and part affinity field pose.',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            'camera_node = trainer_pose.executables:camera_node',
            'identity_node = trainer_pose.executables:identity_node',
            'pose_node = trainer_pose.executables:pose_node',
            'colour_points_node = trainer_pose.executables:colour_points_node',
        ],
    },
)
