"""What the camera shares with ROS besides its node: parameters, CameraInfo, bags as a source."""
