"""How the keys stand: which there are, which is current, what goes on."""

from dataclasses import dataclass

from django.db.models import QuerySet

from linli.core.crypto import key_ring

from .models import KeyRun
from .renewing import counts


def runs_open() -> QuerySet[KeyRun]:
    """Return the renewals that go on."""
    return KeyRun.objects.filter(finished_at__isnull=True).order_by("pk")


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One data key: whether it is there, whether it is the current one, how many rows name it."""

    name: str
    is_there: bool
    is_current: bool
    rows: int


def key_lines() -> list[KeyLine]:
    """Return every data key that the ring holds or the database names (every row is looked at)."""
    ring = key_ring()
    rows: dict[str, int] = {}
    for by_key in counts().values():
        for key, count in by_key.items():
            rows[key] = rows.get(key, 0) + count
    held, current = ring.data_keys(), ring.current
    return [
        KeyLine(name, name in held, name == current, rows.get(name, 0))
        for name in sorted({*held, *rows, current})
    ]
