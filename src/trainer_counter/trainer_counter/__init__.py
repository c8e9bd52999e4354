"""Judges: repetitions, form, exercises."""
