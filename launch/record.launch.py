"""Record a running trainer with ros2 bag.

ros2 launch trainer record.launch.py output:=my_bag
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction

from trainer import launching, nodes


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([
        *launching.declare(['namespace', 'use_sim_time']),
        DeclareLaunchArgument(
            'output', default_value='',
            description='Folder of the bag, which must not exist yet; not given: rosbag2 and the '
            'time'),
        DeclareLaunchArgument(
            'storage', default_value='mcap', choices=['mcap', 'sqlite3'],
            description='Format of the bag'),
        DeclareLaunchArgument(
            'images', default_value='compressed', choices=list(nodes.IMAGES),
            description='Which images; raw ones are about 27 MB a second'),
        OpaqueFunction(function=record),
    ])


def record(context: LaunchContext) -> list[ExecuteProcess]:
    given = launching.arguments(context)
    own = context.launch_configurations
    topics = launching.absolute(
        [*nodes.RECORDED, *nodes.IMAGES[own['images']]], given['namespace'])
    command = ['ros2', 'bag', 'record', '--storage', own['storage']]
    command += ['--output', own['output']] if own['output'] else []
    command += ['--use-sim-time'] if given['use_sim_time'] else []
    return [ExecuteProcess(cmd=[*command, '--topics', *topics], output='screen')]
