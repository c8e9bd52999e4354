"""Look at a running trainer in RViz; leaving RViz ends this launch.

ros2 launch trainer rviz.launch.py
"""

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from trainer import launching


def generate_launch_description() -> LaunchDescription:
    rviz = Node(
        package='rviz2', executable='rviz2', name='rviz',
        namespace=LaunchConfiguration('namespace'),
        arguments=['-d', LaunchConfiguration('rviz_config')],
        parameters=[{'use_sim_time': ParameterValue(
            LaunchConfiguration('use_sim_time'), value_type=bool)}],
        output='screen')
    return LaunchDescription([
        *launching.declare(['namespace', 'use_sim_time']),
        DeclareLaunchArgument(
            'rviz_config',
            default_value=f'{get_package_share_directory("trainer")}/rviz/trainer.rviz',
            description='What RViz shows, a file that RViz has saved; its topics are relative, so '
            'that they follow the namespace'),
        rviz,
        RegisterEventHandler(OnProcessExit(
            target_action=rviz, on_exit=EmitEvent(event=Shutdown(reason='RViz was closed')))),
    ])
