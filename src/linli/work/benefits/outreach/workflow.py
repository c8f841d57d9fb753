"""Where a lead may go from where; undoing is not a move, it takes the last one back."""

from linli.core.words import gettext_lazy as _
from linli.core.workflow import Move, Workflow

from ..models import Lead

S = Lead.State
NEW = frozenset({S.WAITING, S.OPEN})  # nobody has spoken to them yet
GOING = frozenset({S.OPEN, S.TOLD, S.APPLIED})  # between being handed out and the end
STANDING = NEW | GOING  # the states of the constraint "one at a time"

MOVES = (
    Move("deal", _("派给工作人员"), frozenset({S.WAITING}), S.OPEN),
    Move("tell", _("记为已告知"), frozenset({S.OPEN}), S.TOLD),
    Move("apply", _("记为已申请"), frozenset({S.OPEN, S.TOLD}), S.APPLIED),
    Move("grant", _("记为已享受"), GOING, S.GRANTED),
    Move("refuse", _("记为未获批"), GOING, S.REFUSED),
    Move("has", _("记为早已享受"), GOING, S.HAS),
    Move("decline", _("记为本人不要"), GOING, S.DECLINED),
    Move("wrong", _("记为信息有误"), GOING, S.WRONG),
    Move("lapse", _("记为不再符合"), NEW, S.GONE),
    Move("object", _("因本人反对而停止"), NEW | {S.TOLD}, S.OBJECTED),
    Move("approve", _("列入免申即享"), STANDING, S.GRANTED),
)
LEADS = Workflow("lead", {str(state): str(state.label) for state in S}, MOVES)
# What somebody at the door can press, in the order of the page.
PRESSED = ("tell", "apply", "grant", "has", "decline", "refuse", "wrong")
REASONED = frozenset({"refuse", "decline", "wrong"})  # why, in a few words
