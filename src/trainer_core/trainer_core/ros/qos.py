"""How messages are handed on, where more than one node has to agree on it."""

from rclpy.qos import QoSProfile

# Of what is counted nothing may be lost while a busy machine lets a node wait for its turn: this is
# three seconds of poses. A publisher needs it, too: what is not acknowledged is kept by it.
EVERY_ONE = QoSProfile(depth=100)
