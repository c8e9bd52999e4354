"""The parts of the identity node that know ROS."""
