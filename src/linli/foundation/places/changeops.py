"""From what was decided to what is done in the tree: checked against the divisions of today; reads only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.core.fields import in_areas

from .changeplan import ChangePlan, Named
from .models import CODE_LENGTH, ChangeKind, Compound, Division, Level
from .records import area_counts, holders_of

_LEVELS = (Level.COUNTY, Level.STREET, Level.COMMITTEE, Level.GRID)


@dataclass(frozen=True, slots=True)
class Begin:
    """A division that comes into being below another."""

    code: str
    name: str
    parent: Division


@dataclass(frozen=True, slots=True)
class Alter:
    """A division that goes on under another code, name or parent (given as a code: it may be new)."""

    division: Division
    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class End:
    """A division that ends: whoever was in charge gets ``into``, what still lies there goes to ``rest``."""

    division: Division
    into: tuple[str, ...] = ()
    rest: str = ""


@dataclass(slots=True)
class Ops:
    """What happens in the tree, in this order.

    ``stale`` are divisions whose outline is no longer true; ``share`` gives whoever is in charge of a
    division the named codes too.
    """

    begin: list[Begin] = field(default_factory=list)
    alter: list[Alter] = field(default_factory=list)
    compounds: list[tuple[Compound, str]] = field(default_factory=list)
    end: list[End] = field(default_factory=list)
    stale: list[Division] = field(default_factory=list)
    share: list[tuple[Division, tuple[str, ...]]] = field(default_factory=list)
    before: list[Named] = field(default_factory=list)
    after: list[Named] = field(default_factory=list)


def refused(message: str, hint: str = "", field_name: str = "") -> InvalidInput:
    """Return a refusal that names the field it belongs to."""
    return InvalidInput(message, hint=hint, details={field_name: message} if field_name else {})


def living(code: str, day: date) -> Division:
    """Return the division of today with a code; it must have stood before the act's day."""
    found = Division.objects.on().filter(code=code).select_related("parent").first()
    if found is None:
        raise refused(_("没有代码为“%s”的现行区划。") % code[:20], _("请核对代码；可能已经撤销或变更。"))
    if found.level not in _LEVELS:
        raise refused(_("“%s”是省市级区划，不在这里变更。") % found.name, _("省市级区划随全国区划版本装入。"))
    _stood(found, day)
    return found


def _stood(division: Division, day: date) -> None:
    if division.valid_from > day:
        raise refused(
            _("“%(name)s”在%(since)s已有更晚的变更，生效日期不能早于这一天。")
            % {"name": division.name, "since": division.valid_from},
            field_name="effective_on",
        )


def _code_free(code: str, level: int, parent: Division, day: date) -> str:
    """Refuse a code of another level, outside its parent's, or in use."""
    if not code.isascii() or not code.isdigit() or len(code) != CODE_LENGTH[level]:
        raise refused(
            _("代码“%(code)s”不对：%(level)s区划的代码是%(n)d位数字。")
            % {"code": code[:20], "level": Level(level).label, "n": CODE_LENGTH[level]},
            field_name="after",
        )
    if not code.startswith(parent.code):
        raise refused(
            _("代码“%(code)s”应以上级“%(name)s”的代码 %(parent)s 开头。")
            % {"code": code, "name": parent.name, "parent": parent.code},
            field_name="after",
        )
    taken = Division.objects.filter(code=code).exclude(valid_to__lte=day).first()
    if taken is not None:
        raise refused(
            _("代码 %(code)s 已由“%(name)s”使用。") % {"code": code, "name": taken.name}, field_name="after"
        )
    return code


def _name_good(name: str, parent: Division | None, but: Sequence[Division] = ()) -> str:
    name = "".join(name.split())
    if not 2 <= len(name) <= 60:
        raise refused(_("请填写名称，2到60个字。"), field_name="after")
    same = Division.objects.on().filter(parent=parent, name=name).exclude(pk__in=[d.pk for d in but])
    if same.exists():
        raise refused(_("“%(p)s”下面已有“%(n)s”。") % {"p": parent, "n": name}, field_name="after")
    return name


def _one_before(plan: ChangePlan, day: date) -> Division:
    if len(plan.before) != 1:
        raise refused(_("请选择一个区划。"), field_name="before")
    return living(plan.before[0], day)


def _parent_of(division: Division) -> Division:
    if division.parent is None:
        raise refused(_("“%s”没有上级。") % division.name)
    return division.parent


def _one_after(plan: ChangePlan) -> Named:
    if len(plan.after) != 1:
        raise refused(_("请填写变更后的代码和名称。"), field_name="after")
    return plan.after[0]


def _children(division: Division) -> list[Division]:
    return list(Division.objects.on().filter(parent=division).select_related("parent").order_by("code"))


def _move_child(child: Division, target: str, day: date) -> Alter:
    for inner in Division.objects.on().under(child.path).filter(valid_from__gt=day)[:1]:
        _stood(inner, day)
    return Alter(child, child.code, child.name, target)


# -- one function a kind -----------------------------------------------------------------------------------


def _set_up(plan: ChangePlan, day: date) -> Ops:
    above = Division.objects.on().filter(code=plan.parent).first()
    if above is None or not Level.CITY <= above.level < Level.GRID:
        raise refused(_("请选择上级区划。"), field_name="parent")
    _stood(above, day)
    new = _one_after(plan)
    code = _code_free(new.code, above.level + 1, above, day)
    begun = Begin(code, _name_good(new.name, above), above)
    return Ops(begin=[begun], after=[Named(begun.code, begun.name)])


def _abolish(plan: ChangePlan, day: date) -> Ops:
    gone = _one_before(plan, day)
    ops = Ops(before=[Named(gone.code, gone.name)])
    if not plan.rest:
        _empty(gone)
        ops.end = [End(gone)]
        return ops
    heir = living(plan.rest, day)
    if heir.pk == gone.pk or heir.level != gone.level:
        raise refused(_("承接的区划须是另一个同级区划。"), field_name="rest")
    ops.alter = [_move_child(child, heir.code, day) for child in _children(gone)]
    ops.end = [End(gone, (heir.code,), heir.code)]
    ops.after, ops.stale = [Named(heir.code, heir.name)], [heir]
    return ops


def _empty(gone: Division) -> None:
    """Refuse to end without a successor what still holds anything."""
    inside = list(Division.objects.on().under(gone.path).values_list("pk", flat=True))
    held = [
        _("%(n)d%(unit)s%(label)s%(open)s")
        % {
            "n": row.count,
            "unit": _("条"),
            "label": row.label,
            "open": _("（其中%d条在办）") % row.open if row.open else "",
        }
        for row in area_counts(in_areas("area_path", (gone.path,)))
    ]
    held += [
        _("%(n)d个%(label)s") % {"n": len(names), "label": label}
        for label, names in holders_of(inside).items()
    ]
    if len(inside) > 1:
        held.append(_("%d个下级区划") % (len(inside) - 1))
    if held:
        raise refused(
            _("“%(name)s”还有%(held)s，不能直接撤销。") % {"name": gone.name, "held": "、".join(held)},
            _("请填写由哪个区划承接，或先办理这些。"),
            "rest",
        )


def _merge(plan: ChangePlan, day: date) -> Ops:
    parts = [living(code, day) for code in dict.fromkeys(plan.before)]
    if len(parts) < 2:
        raise refused(_("合并至少要选两个区划。"), field_name="before")
    above = _parent_of(parts[0])
    if any(part.level != parts[0].level for part in parts):
        raise refused(_("只能合并同一级的区划。"), field_name="before")
    if any(part.parent_id != above.pk for part in parts):
        raise refused(
            _("不在同一个上级，不能合并。"), _("先用“边界调整”把它们划到同一个上级，再合并。"), "before"
        )
    new = _one_after(plan)
    kept = next((part for part in parts if part.code == new.code), None)
    name = _name_good(new.name, above, parts)
    ops = Ops(before=[Named(part.code, part.name) for part in parts], after=[Named(new.code, name)])
    if kept is None:
        ops.begin = [Begin(_code_free(new.code, parts[0].level, above, day), name, above)]
    elif kept.name != name:
        ops.alter = [Alter(kept, kept.code, name, above.code)]
    gone = [part for part in parts if part is not kept]
    ops.alter += [_move_child(child, new.code, day) for part in gone for child in _children(part)]
    ops.end = [End(part, (new.code,), new.code) for part in gone]
    return ops


def _split(plan: ChangePlan, day: date) -> Ops:
    whole = _one_before(plan, day)
    above = _parent_of(whole)
    codes = [named.code for named in plan.after]
    if len(set(codes)) != len(codes) or len(codes) < 2:
        raise refused(_("拆分至少要有两个不同的新区划。"), field_name="after")
    if plan.rest not in codes:
        raise refused(_("请选择没有分到的事项和小区归哪一个。"), field_name="rest")
    kept = whole if whole.code in codes else None
    ops = Ops(before=[Named(whole.code, whole.name)], stale=[whole])
    for named in plan.after:
        name = _name_good(named.name, above, [whole])
        ops.after.append(Named(named.code, name))
        if kept is None or named.code != kept.code:
            ops.begin.append(Begin(_code_free(named.code, whole.level, above, day), name, above))
        elif name != kept.name:
            ops.alter.append(Alter(kept, kept.code, name, above.code))
    _share(plan, whole, codes, ops, day)
    if kept is None:
        ops.end = [End(whole, tuple(codes), plan.rest)]
    else:
        ops.share = [(whole, tuple(code for code in codes if code != kept.code))]
    return ops


def _share(plan: ChangePlan, whole: Division, codes: Iterable[str], ops: Ops, day: date) -> None:
    """Give every child and every compound of a division that is split to one of its parts."""
    children = {child.code: child for child in _children(whole)}
    compounds: dict[str, Compound] = {}
    if whole.level == Level.COMMITTEE:
        compounds = {str(c.public_id): c for c in Compound.objects.filter(committee=whole)}
    _all_assigned({code: child.name for code, child in children.items()}, plan.children, codes)
    _all_assigned({key: compound.name for key, compound in compounds.items()}, plan.compounds, codes)
    ops.alter += [
        _move_child(child, plan.children[code], day)
        for code, child in children.items()
        if plan.children[code] != whole.code
    ]
    ops.compounds = [
        (compound, plan.compounds[key])
        for key, compound in compounds.items()
        if plan.compounds[key] != whole.code
    ]


def _all_assigned(names: Mapping[str, str], said: Mapping[str, str], codes: Iterable[str]) -> None:
    known = set(codes)
    missing = [name for key, name in names.items() if said.get(key) not in known]
    if missing:
        raise refused(
            _("还有%(n)d个没有分到新区划：%(names)s。")
            % {"n": len(missing), "names": "、".join(missing[:10])},
            field_name="children",
        )
    if unknown := set(said) - set(names):
        raise refused(_("“%s”不属于要拆分的区划。") % sorted(unknown)[0][:40], field_name="children")


def _renumber(plan: ChangePlan, day: date) -> Ops:
    division = _one_before(plan, day)
    new = _one_after(plan)
    above = _parent_of(division)
    altered = Alter(division, _code_free(new.code, division.level, above, day), division.name, above.code)
    for inner in Division.objects.on().under(division.path).filter(valid_from__gt=day)[:1]:
        _stood(inner, day)
    return Ops(
        alter=[altered], before=[Named(division.code, division.name)], after=[Named(new.code, division.name)]
    )


def _rename(plan: ChangePlan, day: date) -> Ops:
    division = _one_before(plan, day)
    above = _parent_of(division)
    name = _name_good(_one_after(plan).name, above, [division])
    if name == division.name:
        raise refused(_("新名称和现在的一样。"), field_name="after")
    altered = Alter(division, division.code, name, above.code)
    return Ops(
        alter=[altered], before=[Named(division.code, division.name)], after=[Named(division.code, name)]
    )


def _boundary(plan: ChangePlan, day: date) -> Ops:
    if not plan.children and not plan.compounds:
        raise refused(_("请选择要调整的下级区划或小区。"), field_name="children")
    ops = Ops()
    touched: dict[str, Division] = {}
    for code, target in plan.children.items():
        child, to = living(code, day), living(target, day)
        source = _parent_of(child)
        if to.level != child.level - 1 or to.pk == source.pk:
            raise refused(
                _("“%(child)s”不能划到“%(to)s”下面：要选另一个%(level)s区划。")
                % {"child": child.name, "to": to.name, "level": Level(child.level - 1).label},
                field_name="children",
            )
        ops.alter.append(_move_child(child, to.code, day))
        touched |= {source.code: source, to.code: to}
    for key, target in plan.compounds.items():
        compound, to = _compound(key), living(target, day)
        if to.level != Level.COMMITTEE or compound.committee_id == to.pk:
            raise refused(_("“%(c)s”要划到另一个居村委会。") % {"c": compound.name}, field_name="compounds")
        ops.compounds.append((compound, to.code))
        source = compound.committee or compound.street
        touched |= {source.code: source, to.code: to}
    ops.stale = list(touched.values())
    ops.before = ops.after = [Named(division.code, division.name) for division in ops.stale]
    return ops


def _compound(public_id: str) -> Compound:
    from .selectors import compound_by_public_id

    return compound_by_public_id(public_id)


_KINDS = {
    ChangeKind.SET_UP: _set_up,
    ChangeKind.ABOLISH: _abolish,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
    ChangeKind.RENUMBER: _renumber,
    ChangeKind.RENAME: _rename,
    ChangeKind.BOUNDARY: _boundary,
}


def change_ops(plan: ChangePlan, day: date) -> Ops:
    """Return what an act does in the tree on its day; raises ``InvalidInput`` for what cannot be."""
    ops = _KINDS[plan.kind](plan, day)
    for end in ops.end:
        if end.division.valid_from >= day:
            raise refused(
                _("“%s”当天才变更过，不能当天撤销。") % end.division.name, field_name="effective_on"
            )
    _names_meet(ops)
    return ops


# -- what moves --------------------------------------------------------------------------------------------


def path_of(code: str, ops: Ops) -> str:
    """Return the path that a code has after the act."""
    for begun in ops.begin:
        if begun.code == code:
            return f"{begun.parent.path}{code}/"
    return Division.objects.on().get(code=code).path


@dataclass(frozen=True, slots=True)
class Node:
    """A division of an altered subtree: what it is now, and its code and path after the act."""

    division: Division
    code: str
    path: str


def nodes_of(alter: Alter, ops: Ops) -> list[Node]:
    """Return an altered division and everything below it, parents first.

    Below a division that is renumbered, codes that begin with the old one follow.
    """
    old = alter.division
    above = path_of(alter.parent, ops)
    paths: dict[str, str] = {}
    nodes = []
    for division in Division.objects.on().under(old.path).order_by("level", "code"):
        code = division.code
        if code.startswith(old.code):
            code = alter.code + code[len(old.code) :]
        parent = division.path[: -len(division.code) - 1]
        path = f"{paths.get(parent, above)}{code}/"
        paths[division.path] = path
        nodes.append(Node(division, code, path))
    return nodes


def moves_of(ops: Ops) -> Iterator[tuple[str, str, Compound | None]]:
    """Yield old path, new path and, where only its records move, the compound."""
    for alter in ops.alter:
        for node in nodes_of(alter, ops):
            if node.path != node.division.path:
                yield node.division.path, node.path, None
    for compound, code in ops.compounds:
        new = path_of(code, ops)
        old = {compound.area_path, compound.committee.path if compound.committee else compound.street.path}
        yield from ((path, new, compound) for path in sorted(old - {new}))
    for end in ops.end:
        if end.rest:
            yield end.division.path, path_of(end.rest, ops), None


def _names_meet(ops: Ops) -> None:
    """Refuse where two compounds of one name would stand in one street."""
    arriving: dict[str, list[Compound]] = {}
    for end in ops.end:
        if end.division.level == Level.STREET and end.rest:
            arriving.setdefault(end.rest, []).extend(Compound.objects.filter(street=end.division))
    for alter in ops.alter:
        if alter.division.level == Level.COMMITTEE and alter.parent != getattr(
            alter.division.parent, "code", ""
        ):
            arriving.setdefault(alter.parent, []).extend(Compound.objects.filter(committee=alter.division))
    for code, compounds in arriving.items():
        ids = {compound.pk for compound in compounds}
        there = Compound.objects.filter(street__code=code, street__valid_to=None).exclude(pk__in=ids)
        names = [*there.values_list("name", flat=True), *{c.pk: c.name for c in compounds}.values()]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise refused(
                _("同一街镇会有两个同名小区：%s。") % "、".join(twice[:5]),
                _("请先在“小区”里改名，再办变更。"),
            )
