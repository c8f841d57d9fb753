"""Reckoning rules: one person in plain Python with a trace, a city in columns by Ibis."""
