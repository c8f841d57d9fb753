"""The public catalogue: policies in plain words, their history, a check that keeps nothing."""
