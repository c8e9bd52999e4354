"""The few helpers every node shares; the only part of trainer_core that imports rclpy."""
