"""Secret ballots: a key that nobody holds alone, sealed choices, opened without knowing whose they are."""
