"""The console scripts of this package, as setup.py names them."""

from trainer_core.executable import node

markers_node = node('trainer.markers.markers_node')
mirror_node = node('trainer.mirror.mirror_node')
