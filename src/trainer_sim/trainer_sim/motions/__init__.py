"""What the athlete can do: exercises with known repetitions, and everyday motions."""
