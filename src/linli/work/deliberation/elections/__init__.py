"""Elections and recalls: who stands, who named them, rounds, and the hand-over."""
