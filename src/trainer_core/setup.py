from setuptools import find_packages, setup

package_name = 'trainer_core'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={'trainer_core': ['ros/*.xml']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml']),
    ],
    install_requires=['setuptools'],
    zip_safe=True,
    maintainer='Trainer maintainers',
    maintainer_email='trainer@example.com',
    description='Plain Python that the trainer packages share, and the helpers of every node.',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [],
    },
)
