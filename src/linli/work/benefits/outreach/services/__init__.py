"""Every write of outreach."""

from .batches import batch_approve, batch_propose, batch_refuse, batch_strike
from .dealing import wave_deal
from .lapsing import leads_ended, leads_lapse, run_led
from .leads import leads_take
from .learning import lead_checked, lead_correct, lead_doubt, visit_learn, visit_reveal
from .paying import batch_pay
from .visits import (
    lead_settle,
    lead_undo,
    outreach_assign,
    outreach_channel,
    outreach_message,
    outreach_tell,
)
from .waves import wave_change, wave_end, wave_filled, wave_pause, wave_release, wave_resume, wave_run_out

__all__ = [
    "batch_approve",
    "batch_pay",
    "batch_propose",
    "batch_refuse",
    "batch_strike",
    "lead_checked",
    "lead_correct",
    "lead_doubt",
    "lead_settle",
    "lead_undo",
    "leads_ended",
    "leads_lapse",
    "leads_take",
    "outreach_assign",
    "outreach_channel",
    "outreach_message",
    "outreach_tell",
    "run_led",
    "visit_learn",
    "visit_reveal",
    "wave_change",
    "wave_deal",
    "wave_end",
    "wave_filled",
    "wave_pause",
    "wave_release",
    "wave_resume",
    "wave_run_out",
]
