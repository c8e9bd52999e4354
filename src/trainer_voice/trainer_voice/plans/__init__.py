"""Workouts: of the day, with progression, and made from words; `Book` has it all at hand."""
