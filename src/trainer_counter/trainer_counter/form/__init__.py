"""How well a repetition was done, compared with a baseline by dynamic time warping."""
