"""What a file that is complete for an area no longer names: found, counted by committee, and measured."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings

from linli.foundation.places.models import Division
from linli.foundation.places.selectors import division_by_code

from .mapping import spec_read
from .models import Import
from .opening import table_of
from .planning import chunks, rows_plan, together_of
from .taking import scope_of
from .targets import target_get

FEW = 20  # below so many records of a committee a share says nothing: one of three is no third of a people


@dataclass(frozen=True, slots=True)
class Share:
    """How many records a committee has now, and how many of them would end."""

    path: str
    name: str
    now: int
    ends: int

    @property
    def percent(self) -> int:
        """The share that would end, rounded down."""
        return 100 * self.ends // max(self.now, 1)

    @property
    def is_much(self) -> bool:
        """Whether somebody else has to look at it first."""
        limit: int = settings.IMPORT_END_PERCENT
        return self.ends * 100 > limit * self.now and self.now >= FEW


@dataclass(frozen=True, slots=True)
class Ending:
    """What would end: ids, by committee; ``keyless`` rows of the file wait and may mean any of them."""

    ids: list[int]
    shares: list[Share] = field(default_factory=list)
    keyless: int = 0

    def plain(self) -> dict[str, Any]:
        """Return it as JSON, without the ids."""
        return {
            "ends": len(self.ids),
            "now": sum(share.now for share in self.shares),
            "keyless": self.keyless,
            "is_much": any(share.is_much for share in self.shares),
            "shares": [
                {**asdict(share), "percent": share.percent, "is_much": share.is_much}
                for share in self.shares
                if share.ends
            ],
        }


def ending_found(job: Import, named: set[int], keyless: int) -> Ending:
    """Return what an import that is complete for an area would end; ``named`` are the records it names."""
    target, spec = target_get(job.target), spec_read(job.spec)
    assert target.present is not None  # the map says complete only where the target can
    now, ends, ids = Counter[str](), Counter[str](), []
    for subject, path in target.present(fixed=spec.fixed, area=division_by_code(spec.complete).path):
        now[path] += 1
        if subject not in named:
            ends[path] += 1
            ids.append(subject)
    names = _names(now)
    shares = [Share(path, names.get(path, ""), now[path], ends[path]) for path in sorted(now)]
    return Ending(sorted(ids), sorted(shares, key=lambda share: -share.percent), keyless)


def _names(paths: Iterable[str]) -> dict[str, str]:
    return dict(Division.objects.on().filter(path__in=list(paths)).values_list("path", "name"))


def named_by(job: Import) -> set[int]:
    """Return the records that a file names once taken: by rows, what became of them, corrected ones."""
    target, spec = target_get(job.target), spec_read(job.spec)
    named = {*job.rows.values_list("subject_id", flat=True), *job.ending.get("named", ())}
    for chunk in chunks(table_of(job).rows(), target.batch, together_of(target, spec, job.headers)):
        plan = rows_plan(target, spec, job.headers, scope_of(job), chunk, job_id=job.pk)
        named.update(plan.subjects.values())
    return named
