"""Tests of the authors' part."""
