"""Starts and shows the trainer: node list, launch files, configuration, command line."""
