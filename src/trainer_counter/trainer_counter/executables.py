"""The console scripts of this package, as setup.py names them."""

from trainer_core.executable import node

counter_node = node('trainer_counter.reps.counter_node')
form_node = node('trainer_counter.form.form_node')
