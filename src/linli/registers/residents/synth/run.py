"""Making a whole city: a folder, its manifest, shard by shard, going on where it was left off."""

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linli.core.errors import Conflict, InvalidInput
from linli.foundation.places.edition import SHANGHAI

from . import files, parquet
from .areas import Shard, shards
from .assumptions import FOLDER
from .calendar import day_number
from .homes import real_compounds
from .tables import City, tables
from .workers import worked

MANIFEST = "city.json"
FORMS = {"parquet": parquet, "csv": files}
ROOM = 1.25  # of the disk that is needed, so that the last files fit
LONG_BYTES = 60  # a person, of facts in long form
MOST_FAULTS = 0.3  # more would leave too few rows that are right to borrow from
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for. The same order gives the same bytes, in however many processes."""

    persons: int
    seed: int
    to: str
    as_of: date
    area: str = ""
    compounds: Path | None = None
    faults: float = 0.0
    long_facts: bool = False

    def described(self) -> dict[str, Any]:
        """Return the order as the manifest keeps it, with digests of all that the city is made from."""
        listed = self.compounds.read_bytes() if self.compounds else b""
        return asdict(replace(self, compounds=None)) | {
            "as_of": str(self.as_of),
            "compounds": hashlib.sha256(listed).hexdigest() if listed else "",
            "figures": _figures_digest(),
        }


@dataclass(frozen=True, slots=True)
class Task:
    """One shard to be made into a folder; plain values, so that another process can take it."""

    order: Order
    folder: Path
    index: int


@dataclass(frozen=True, slots=True)
class Done:
    """A finished shard: its number, persons in it, faults that were planted."""

    index: int
    persons: int
    faults: Counter[str]


def _figures_digest() -> str:
    digest = hashlib.sha256(SHANGHAI.read_bytes())
    for path in sorted(FOLDER.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=2)
def city_of(order: Order) -> tuple[City, list[Shard]]:
    """Return the plan of a city and of its shards."""
    plan = shards(order.persons, order.area)
    listed = real_compounds(order.compounds) if order.compounds else {}
    return City(order.seed, day_number(order.as_of), len(plan), listed, order.long_facts), plan


def shard_make(task: Task) -> Done:
    """Make one shard of a city into the folder; its files appear whole or not at all."""
    city, plan = city_of(task.order)
    shard = plan[task.index]
    faults = FORMS[task.order.to].write(task.folder, shard, tables(city, shard), task.order.faults, city)
    return Done(shard.index, shard.total, faults)


def city_make(order: Order, folder: Path, *, processes: int, say: Say) -> Counter[str]:
    """Make a city into a folder and return how many faults of which kind were planted.

    An unfinished city of the same order goes on. Raises ``Conflict`` where the folder holds another city or
    other files, ``InvalidInput`` where the disk is too small.
    """
    if not 0 <= order.faults <= MOST_FAULTS:
        raise InvalidInput(_("故意写错的行最多占30%。"), hint=_("用 --faults 写明，如 --faults 0.01。"))
    form = FORMS[order.to]
    city, plan = city_of(order)
    kept = _opened(order, folder)
    left = [shard for shard in plan if not form.is_written(folder, shard, city)]
    size = form.BYTES_A_PERSON + LONG_BYTES * order.long_facts
    _room(folder, sum(shard.total for shard in left) * size)
    if len(left) < len(plan):
        say(
            _("接着做：%(done)d 片已经做好，还有 %(left)d 片。")
            % {"done": len(plan) - len(left), "left": len(left)}
        )
    faults: dict[str, Any] = kept.get("faults", {})  # by shard: one that is made again counts once
    began, made = time.monotonic(), 0
    tasks = [Task(order, folder, shard.index) for shard in left]
    for at, done in enumerate(worked(shard_make, tasks, processes), start=1):
        made += done.persons
        if done.faults:
            faults[str(done.index)] = done.faults
        _written(folder, {**kept, "faults": faults})
        say(_progress(at, len(left), made, time.monotonic() - began))
    form.finish(folder, plan)
    # in the order of shards, whichever process was first: the same order gives the same bytes
    sorted_faults = {index: faults[index] for index in sorted(faults, key=int)}
    _written(folder, {**kept, "faults": sorted_faults, "finished": True})
    return sum((Counter(counts) for counts in sorted_faults.values()), Counter[str]())


def _progress(at: int, number: int, persons: int, seconds: float) -> str:
    rate = persons / max(seconds, 1e-6)
    rest = seconds / at * (number - at)
    words = {
        "at": at,
        "number": number,
        "persons": f"{persons:,}",
        "rate": f"{rate:,.0f}",
        "rest": f"{rest:,.0f}",
    }
    return _("%(at)d/%(number)d 片，%(persons)s 人，每秒 %(rate)s 人，还要约 %(rest)s 秒") % words


def _opened(order: Order, folder: Path) -> dict[str, Any]:
    """Return the manifest of the folder, made anew in an empty one."""
    words = order.described()
    path = folder / MANIFEST
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Conflict(
                _("文件夹 %s 里有别的文件，没有动它。") % folder.name, hint=_("请用 --out 另选一个空文件夹。")
            )
        _written(folder, {"order": words})
        return {"order": words}
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if kept.get("order") != words:
        raise Conflict(
            _("文件夹 %s 里是另一座城市（人数、种子或其他参数不同），没有动它。") % folder.name,
            hint=_("请用 --out 另选一个空文件夹，或先删除这个文件夹。"),
        )
    return kept


def _written(folder: Path, manifest: dict[str, Any]) -> None:
    fresh = folder / f".{MANIFEST}"
    fresh.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(folder / MANIFEST)


def _room(folder: Path, needed: float) -> None:
    free = shutil.disk_usage(folder).free
    if needed * ROOM > free:
        words = {"needed": _size(needed * ROOM), "free": _size(free)}
        raise InvalidInput(
            _("磁盘放不下：大约需要 %(needed)s，只剩 %(free)s。") % words,
            hint=_("请减少 --persons，或用 --out 选一块大一些的磁盘。"),
        )


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
