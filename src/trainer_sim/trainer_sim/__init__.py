"""An athlete that is drawn, with known truth."""
