"""What goes wrong outside the program and can be put right by whoever runs it."""


class UserError(Exception):
    """One clear sentence that names the file, topic, parameter or device and says what to do.

    Shown without a traceback; a node that meets one at start-up ends with exit code 2, which is
    not restarted.
    """
