"""The dialogue: what is said when, in which words."""
