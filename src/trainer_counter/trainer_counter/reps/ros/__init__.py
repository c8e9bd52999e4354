"""Parts of the counter node."""
