"""The tables of 政策找人, by what they are about."""

from .leads import Batch, Lead, LeadEvent, Outreach, Wave
from .policies import Policy, PolicyVersion, StandardValue
from .runs import Preview, Run, RunCount, Snapshot

__all__ = [
    "Batch",
    "Lead",
    "LeadEvent",
    "Outreach",
    "Policy",
    "PolicyVersion",
    "Preview",
    "Run",
    "RunCount",
    "Snapshot",
    "StandardValue",
    "Wave",
]
