"""Telling people: waves, leads grouped by household, visits, results, and who needs no application."""
