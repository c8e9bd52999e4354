"""What of trainer_voice needs ROS and is not a node."""
