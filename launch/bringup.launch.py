"""Start the trainer: every node, under one namespace.

ros2 launch trainer bringup.launch.py --show-args
ros2 launch trainer bringup.launch.py source:=athlete exercise:=squat
"""

from launch import LaunchDescription

from trainer import launching


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([*launching.declare(), launching.start()])
