"""Tests of the room of benefits."""
