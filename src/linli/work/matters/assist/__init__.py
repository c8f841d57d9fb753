"""Suggestions, never decisions: what a text is about, and what was said already; see the room's README."""
