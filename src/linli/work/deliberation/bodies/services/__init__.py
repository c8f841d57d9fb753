"""Every write about bodies, one function for one thing a person does."""

from ..kinds import Declaration
from .founding import body_change, body_dissolve, body_found, term_begin
from .members import MemberEntry, member_join, member_leave, member_post
from .sittings import bodies_watch, body_met, body_unmet

__all__ = [
    "Declaration",
    "MemberEntry",
    "bodies_watch",
    "body_change",
    "body_dissolve",
    "body_found",
    "body_met",
    "body_unmet",
    "member_join",
    "member_leave",
    "member_post",
    "term_begin",
]
