"""Tests of the public catalogue."""
