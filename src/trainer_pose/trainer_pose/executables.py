"""The console scripts of this package, as setup.py names them."""

from trainer_core.executable import node

camera_node = node('trainer_pose.camera.camera_node')
identity_node = node('trainer_pose.identity.identity_node')
pose_node = node('trainer_pose.paf.pose_node')
colour_points_node = node('trainer_pose.points.colour_points_node')
