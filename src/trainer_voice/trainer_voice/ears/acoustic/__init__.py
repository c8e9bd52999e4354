"""What was said, by sounds: a small network hears phones, a graph of phrases makes words."""
