"""Resolutions: what was decided, who carries it out, with which money and by when."""
