"""Counting: from the poses of a person to verdicts on movements."""
