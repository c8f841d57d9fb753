"""Recordings: one strict reader a container, each says how long it is and which bytes may be shown."""
