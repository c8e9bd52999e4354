"""Play a bag with ros2 bag and let nodes work on it in its time.

ros2 launch trainer replay.launch.py bag:=my_bag
ros2 launch trainer replay.launch.py bag:=my_bag nodes:=all,-camera   (a bag of images only)
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction

from trainer import launching, nodes


def generate_launch_description() -> LaunchDescription:
    return LaunchDescription([
        *launching.declare(
            ['namespace', 'nodes', 'model', 'engine', 'image_transport', 'exercise', 'reps',
             'seconds', 'sets', 'rest', 'method', 'language', 'voice', 'voice_file', 'params_file',
             'use_sim_time', 'log_level'],
            nodes='counter,dialogue,mouth', image_transport='compressed', use_sim_time=True),
        DeclareLaunchArgument('bag', description='Folder of the bag'),
        DeclareLaunchArgument('rate', default_value='1.0', description='2.0 is twice as fast'),
        DeclareLaunchArgument(
            'loop', default_value='false', choices=['true', 'false'],
            description='Start again at the end'),
        launching.start(),
        OpaqueFunction(function=play),
    ])


def play(context: LaunchContext) -> list[ExecuteProcess]:
    given = launching.arguments(context)
    own = context.launch_configurations
    chosen = nodes.chosen(given['nodes'])
    made_here = launching.absolute(
        [topic for node in chosen for topic in node.publishes], given['namespace'])
    command = ['ros2', 'bag', 'play', own['bag'], '--clock', '--rate', own['rate']]
    command += ['--loop'] if own['loop'] == 'true' else []
    command += ['--exclude-topics', *made_here] if made_here else []
    return [ExecuteProcess(cmd=command, output='screen')]
