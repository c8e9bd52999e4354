"""The mirror: a page that shows what the trainer sees, counts and thinks."""
