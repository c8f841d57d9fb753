"""Acts that changed the demo's divisions: one done, a grid set up, one still to come. All invented."""

from collections.abc import Mapping
from datetime import timedelta

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.places.changeplan import ChangePlan, Named
from linli.foundation.places.models import ChangeKind
from linli.foundation.places.selectors import division_by_code
from linli.foundation.places.services import division_change_apply, division_change_plan

from .cast import COMMITTEES

MERGED, LATER = ("310110015013", "310110015014"), ("310110015009", "310110015010")
AHEAD = timedelta(days=120)  # still to come when the demo's month is over


def changes_build(cast: Mapping[str, Actor]) -> None:
    """Play the acts on the demo's first day."""
    district, street = cast["district.officer"], cast["street.duty"]
    first = division_by_code(MERGED[0])
    merger = ChangePlan(ChangeKind.MERGE, MERGED, (Named(first.code, first.name),))
    _done(district, merger, "演府〔2026〕3号（演示）")
    home = COMMITTEES["dunhua"]
    for number, name in enumerate(("第一网格", "第二网格", "第三网格"), start=1):
        grid = ChangePlan(ChangeKind.SET_UP, after=(Named(f"{home}{number:03}", name),), parent=home)
        _done(street, grid, "演街〔2026〕7号（演示）")
    third = division_by_code(LATER[0])
    coming = ChangePlan(ChangeKind.MERGE, LATER, (Named(third.code, third.name),))
    division_change_plan(
        actor=district, plan=coming, document="演府〔2026〕9号（演示）", effective_on=clock.today() + AHEAD
    )


def _done(actor: Actor, plan: ChangePlan, document: str) -> None:
    change = division_change_plan(actor=actor, plan=plan, document=document, effective_on=clock.today())
    division_change_apply(actor=actor, change_id=change.public_id)
