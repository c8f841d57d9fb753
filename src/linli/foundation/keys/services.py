"""A new key, everything renewed under it while people work, and an old key taken out of use."""

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.crypto.usage import kept_keys_named, kept_models, kept_renew
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import record, service
from linli.core.words import gettext_lazy as _

from .models import KeyRun
from .permissions import can_handle_keys
from .renewing import changes_write, counts, older, places, renewed

BATCH = 2_000
NOT_YOURS = _("密钥由平台运维人员管理。")


def _allowed(actor: Actor) -> None:
    if not can_handle_keys(actor):
        raise NotAllowed(NOT_YOURS)


@service
def key_renewal_begin(*, actor: Actor, kind: str = KeyRun.Kind.DATA, with_new_key: bool = True) -> KeyRun:
    """Make a new key the current one and begin to renew everything under it (``run_key_…`` in batches).

    Without ``with_new_key`` what is left under older keys is renewed under the present one. Refused while
    a renewal of the kind goes on.
    """
    _allowed(actor)
    if KeyRun.objects.filter(kind=kind, finished_at__isnull=True).exists():
        raise Conflict(
            _("上一次换密钥还没有做完。"), hint=_("请等它做完，或运行 linli keys rotate 把它做完。")
        )
    ring, now = key_ring(), clock.now()
    names = ring.data_keys() if kind == KeyRun.Kind.DATA else ring.token_keys()
    name = names[-1] if names else ring.current
    if with_new_key:
        name = ring.key_add(kind)
    run = KeyRun(kind=kind, key=ring.current if kind == KeyRun.Kind.DATA else name)
    run.started_at = run.updated_at = now
    run.save()
    record("key.make", run, purpose=name)
    return run


@service
def key_renew_batch(*, actor: Actor, run: KeyRun, most: int = BATCH) -> int:
    """Renew the next rows of a run and return how many; when none are left the run is finished.

    A row that somebody changes meanwhile keeps their change: it is written only where it still holds what
    was read. Raises ``KeyLost`` where an old key is gone.
    """
    _allowed(actor)
    known = places()
    if run.place not in known:
        run.place, run.after = next(iter(known)), ""
    column = known[run.place]
    rows = older(column, run.key, run.after, most)
    done = changes_write(column, renewed(column, rows)) if rows else 0
    if len(rows) == most:
        run.after = str(rows[-1][0])
    else:
        _next_place(run, list(known))
    run.done, run.updated_at = run.done + done, clock.now()
    run.save()
    record(
        "key.renew",
        run,
        touched=[column.model, KeyRun, *kept_models()],
        purpose=f"{column.model._meta.db_table} {done}",
    )
    return done


def _next_place(run: KeyRun, names: list[str]) -> None:
    at = names.index(run.place) + 1
    run.after = ""
    if at < len(names):
        run.place = names[at]
        return
    run.done += kept_renew()
    run.place = ""
    if not _left(run.key):  # else something was written under an old key meanwhile: once more
        run.finished_at = clock.now()


def _left(current: str) -> dict[str, int]:
    """Return key → rows for every key but the current one."""
    left: dict[str, int] = dict.fromkeys(kept_keys_named() - {current}, 1)
    for by_key in counts().values():
        for key, count in by_key.items():
            if key != current:
                left[key] = left.get(key, 0) + count
    return left


@service
def key_retire(*, actor: Actor, name: str) -> str:
    """Take an old data key out of the ring; refused while anything names it. Returns the file it became."""
    _allowed(actor)
    ring = key_ring()
    if name not in ring.data_keys():
        raise NotFound(_("密钥文件夹里没有 {name}。").format(name=name))
    if name == ring.current:
        raise Conflict(_("{name} 是现在使用的密钥，不能停用。").format(name=name))
    if used := _left(ring.current).get(name):
        raise Conflict(
            _("还有 {used} 行资料用 {name} 加密，不能停用。").format(used=used, name=name),
            hint=_("请先运行 linli keys rotate 全部换用新密钥。"),
        )
    run = KeyRun.objects.filter(kind=KeyRun.Kind.DATA).order_by("-started_at").first()
    if run is None:
        raise Conflict(_("还没有换过密钥。"))
    record("key.retire", run, purpose=name)
    return ring.key_retire(name).name
