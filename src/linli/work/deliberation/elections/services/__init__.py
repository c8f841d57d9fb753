"""What people do about elections and recalls."""

from .candidates import (
    candidate_agree,
    candidate_declare,
    candidate_end,
    candidate_offer,
    candidate_propose,
    candidate_support,
    candidates_publish,
    relation_settle,
)
from .making import (
    ElectionDraft,
    PostEntry,
    election_cancel,
    election_conclude,
    election_make,
    handover_record,
)
from .recalls import (
    RecallDraft,
    recall_conclude,
    recall_defend,
    recall_drop,
    recall_make,
    recall_support,
    recall_vote,
)
from .rounds import outcome_take, round_open
from .seating import elected_seat

__all__ = [
    "ElectionDraft",
    "PostEntry",
    "RecallDraft",
    "candidate_agree",
    "candidate_declare",
    "candidate_end",
    "candidate_offer",
    "candidate_propose",
    "candidate_support",
    "candidates_publish",
    "elected_seat",
    "election_cancel",
    "election_conclude",
    "election_make",
    "handover_record",
    "outcome_take",
    "recall_conclude",
    "recall_defend",
    "recall_drop",
    "recall_make",
    "recall_support",
    "recall_vote",
    "relation_settle",
    "round_open",
]
