"""Every write about meetings, one function for one thing a person does."""

from .attending import (
    attendance_by_code,
    attendance_leave,
    attendance_self,
    attendance_take,
    invitation_claim,
    meeting_open,
    proxy_drop,
    proxy_give,
)
from .calling import invitees_tell, meeting_call, meeting_call_again
from .deciding import item_decide, meeting_adjourn, meeting_close, speaker_add, speaker_next
from .matters import matter_to_item
from .minutes import (
    meeting_file,
    minutes_sign,
    minutes_sign_self,
    minutes_write,
    objection_answer,
    objection_make,
)
from .planning import (
    candidates_mark,
    invitee_drop,
    invitees_add,
    item_add,
    item_drop,
    meeting_cancel,
    meeting_draft,
    meeting_edit,
    members_invite,
    staff_invite,
)

__all__ = [
    "attendance_by_code",
    "attendance_leave",
    "attendance_self",
    "attendance_take",
    "candidates_mark",
    "invitation_claim",
    "invitee_drop",
    "invitees_add",
    "invitees_tell",
    "item_add",
    "item_decide",
    "item_drop",
    "matter_to_item",
    "meeting_adjourn",
    "meeting_call",
    "meeting_call_again",
    "meeting_cancel",
    "meeting_close",
    "meeting_draft",
    "meeting_edit",
    "meeting_file",
    "meeting_open",
    "members_invite",
    "minutes_sign",
    "minutes_sign_self",
    "minutes_write",
    "objection_answer",
    "objection_make",
    "proxy_drop",
    "proxy_give",
    "speaker_add",
    "speaker_next",
    "staff_invite",
]
