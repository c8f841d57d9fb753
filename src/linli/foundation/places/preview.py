"""What an act about divisions will change, counted before anybody confirms it; reads only."""

from dataclasses import dataclass
from datetime import date

from linli.core.fields import in_areas

from .changeops import Ops, change_ops, nodes_of
from .changeplan import ChangePlan
from .models import Division
from .records import AreaCount, area_counts, holders_of


@dataclass(frozen=True, slots=True)
class Preview:
    """What ends, begins and goes on elsewhere; how many records follow; who is in charge of what changes.

    ``moved`` counts the divisions that get another place in the tree, ``records`` everything that stands
    in what changes (of a split, also what stays).
    """

    ops: Ops
    moved: int
    records: list[AreaCount]
    holders: dict[str, list[str]]


def change_preview(plan: ChangePlan, day: date) -> Preview:
    """Return what an act would change; raises ``InvalidInput`` like planning it."""
    ops = change_ops(plan, day)
    moved = [node for alter in ops.alter for node in nodes_of(alter, ops) if node.path != node.division.path]
    tops = [alter.division.path for alter in ops.alter if any(n.division == alter.division for n in moved)]
    tops += [end.division.path for end in ops.end]
    ids = {node.division.pk for node in moved} | {end.division.pk for end in ops.end}
    ids |= {alter.division.pk for alter in ops.alter}
    records = area_counts(in_areas("area_path", tuple(tops))) if tops else []
    if ops.compounds and not tops:
        paths = tuple({compound.area_path for compound, _code in ops.compounds})
        records = area_counts(in_areas("area_path", paths))
    return Preview(ops, len(moved), records, holders_of(sorted(ids)))


def code_next(parent: Division) -> str:
    """Return the code after the highest that a parent ever gave out, as a proposal."""
    length = {2: 4, 4: 6, 6: 9, 9: 12, 12: 15}[len(parent.code)]
    last = Division.objects.filter(code__gte=parent.code, code__lt=f"{parent.code}:", level=parent.level + 1)
    highest = last.order_by("-code").values_list("code", flat=True).first()
    number = int(highest[len(parent.code) :]) + 1 if highest else 1
    return f"{parent.code}{number:0{length - len(parent.code)}}"
