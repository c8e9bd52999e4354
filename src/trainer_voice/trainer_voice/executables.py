"""The console scripts of this package, as setup.py names them."""

from trainer_core.executable import node

dialogue_node = node('trainer_voice.dialogue.dialogue_node')
ears_node = node('trainer_voice.ears.ears_node')
mouth_node = node('trainer_voice.mouth.mouth_node')
