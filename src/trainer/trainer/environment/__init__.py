"""Sets up all that the commands need, with the standard library of Python 3.10 to 3.13 alone.

The script `trainer` at the top of the repository runs this folder with the system's Python: it
looks whether each step of the set-up is still good, does those that are not, and then becomes the
command, in the virtual environment.
"""
