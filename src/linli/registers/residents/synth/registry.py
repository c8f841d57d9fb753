"""A made-up city into the registry, shard by shard, through the import that every file goes through."""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput
from linli.foundation.imports.incoming import incoming_read
from linli.foundation.imports.mapping import spec_read
from linli.foundation.imports.models import Import
from linli.foundation.imports.services import import_map_set, import_start, import_upload
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through
from linli.foundation.places.compoundfile import compounds_read
from linli.foundation.places.models import Division
from linli.foundation.places.services import compounds_load

from ..models import Resident
from . import files
from .areas import Shard
from .run import Order, city_of
from .tables import tables

MOST_PERSONS = 1_000_000
MARK = "虚拟城市"
COMPOUNDS = "小区.csv"
# In this order: what is lived in, who lives there, what is known of them, who owns and uses it.
STEPS: tuple[tuple[str, str, str], ...] = (
    ("房屋.csv", "homes", "housing"),
    ("人口.csv", "residents", "police"),
    ("事实.csv", "residents", "civil_affairs"),
    ("单位.csv", "establishments", "police"),
    ("产权.csv", "ownerships", "housing"),
)
HEAD_BYTES = 4096
Say = Callable[[str], None]


def city_enter(order: Order, *, actor: Actor, say: Say, sure: bool = False) -> Counter[str]:
    """Bring a city into the registry and return what became of its rows, by outcome.

    The same order again changes nothing. Raises ``InvalidInput`` for more than a million persons,
    ``Conflict`` where divisions are missing, or where real people may be
    registered (unless ``sure``).
    """
    if order.persons > MOST_PERSONS:
        raise InvalidInput(
            _("登记库里最多放 %s 个虚拟的人。") % f"{MOST_PERSONS:,}",
            hint=_("更多的人请用 --to parquet 写成文件。"),
        )
    _city, plan = city_of(order)
    _ready(plan, sure)
    counts = Counter[str]()
    for at, shard in enumerate(plan, start=1):
        with tempfile.TemporaryDirectory(prefix="linli-synth-") as folder:
            _entered(order, shard, Path(folder), actor, counts)
        say(
            _("%(at)d/%(number)d 片：%(words)s")
            % {"at": at, "number": len(plan), "words": outcome_words(counts)}
        )
    return counts


def outcome_words(counts: Mapping[str, int]) -> str:
    """Say what became of rows so far."""
    words = {"new": _("新增"), "changed": _("更新"), "unchanged": _("没有变化"), "quarantined": _("待改")}
    return "，".join(f"{word} {counts[name]:,}" for name, word in words.items() if counts.get(name))


def _ready(plan: list[Shard], sure: bool) -> None:
    codes = {each.code for shard in plan for each in shard.committees}
    known = set(Division.objects.on().filter(code__in=codes).values_list("code", flat=True))
    if codes - known:
        raise Conflict(
            _("还没有装入区划：缺 %d 个居村委。") % len(codes - known),
            hint=_("请先运行 linli divisions load。"),
        )
    if not sure and Resident.objects.exists() and not Import.objects.filter(name__startswith=MARK).exists():
        raise Conflict(
            _("登记库里已经有人，可能是真实的居民，没有放入虚拟的人。"),
            hint=_("请换一个空的安装；确实要混在一起，加 --sure。"),
        )


def _entered(order: Order, shard: Shard, folder: Path, actor: Actor, counts: Counter[str]) -> None:
    """Write one shard's files and bring them in, one after another."""
    city, _plan = city_of(order)
    files.write(folder, shard, tables(city, shard), order.faults, city)
    files.finish(folder, [shard])
    compounds_load(actor=actor, batch=compounds_read(folder / COMPOUNDS, MARK))
    for name, code, source in STEPS:
        counts += _imported(folder / name, f"{MARK}-{shard.name}-{name}", code, source, actor)


def _imported(path: Path, label: str, code: str, source: str, actor: Actor) -> Counter[str]:
    target = target_get(code)
    with path.open("rb") as opened:
        if len(opened.readlines(2 * HEAD_BYTES)) < 2:
            return Counter()  # a head without rows
        opened.seek(0)
        incoming = incoming_read(File(opened, name=label), target)
    job = import_upload(actor=actor, target=code, incoming=incoming)
    spec = spec_read({**job.spec, "fixed": {**job.spec.get("fixed", {}), "source": source}})
    import_map_set(actor=actor, import_id=job.pk, spec=spec)
    work_through(job.pk)
    job.refresh_from_db()
    if job.state == Import.State.CHECKED:
        import_start(actor=actor, import_id=job.pk)
        work_through(job.pk)
        job.refresh_from_db()
    if job.state != Import.State.DONE:
        raise Conflict(f"{label}：{job.failure}", hint=_("改正后再运行一次，已经导入的不会重复。"))
    found: dict[str, Any] = job.counts
    return Counter({name: int(found.get(name, 0)) for name in ("new", "changed", "unchanged", "quarantined")})
