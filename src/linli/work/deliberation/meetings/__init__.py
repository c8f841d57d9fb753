"""Meetings: agenda, lawful notice, attendance, quorum, show of hands, minutes."""
