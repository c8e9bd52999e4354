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
        arguments=[
            '-d', LaunchConfiguration('rviz_config'), '-f', LaunchConfiguration('frame')],
        parameters=[{'use_sim_time': ParameterValue(
            LaunchConfiguration('use_sim_time'), value_type=bool)}],
        output='screen')
    # RViz turns views round a z axis that points up, and that of a camera points away from it. As
    # a child of the camera's frame this one cannot disturb the transforms of a robot.
    upright = Node(
        package='tf2_ros', executable='static_transform_publisher', name='view',
        namespace=LaunchConfiguration('namespace'),
        arguments=[
            '--qx', '0.5', '--qy', '-0.5', '--qz', '0.5', '--qw', '0.5',
            '--frame-id', LaunchConfiguration('frame'), '--child-frame-id', 'trainer_view'],
        output='screen')
    return LaunchDescription([
        *launching.declare(['namespace', 'use_sim_time']),
        DeclareLaunchArgument(
            'rviz_config',
            default_value=f'{get_package_share_directory("trainer")}/rviz/trainer.rviz',
            description='What RViz shows, a file that RViz has saved; its topics are relative, so '
            'that they follow the namespace'),
        DeclareLaunchArgument(
            'frame', default_value='camera_optical_frame',
            description='Frame that RViz looks from, the one in the header of the images'),
        upright,
        rviz,
        RegisterEventHandler(OnProcessExit(
            target_action=rviz, on_exit=EmitEvent(event=Shutdown(reason='RViz was closed')))),
    ])
