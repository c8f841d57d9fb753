"""Elections and recalls: who stands, who named them, proxies, rounds, and the hand-over."""
