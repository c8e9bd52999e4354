"""Talks: dialogue, ears, mouth."""
