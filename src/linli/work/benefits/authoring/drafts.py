"""What the services of authors share: the draft that is changed, looked through at every save."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion, invalid
from linli.core.service import changes_of

from ..models import Policy, PolicyVersion
from ..models.policies import VersionState
from .checked import looked_through, size_fault
from .permissions import can_write_policy
from .selectors import version_in_work

MOST_EARLIER, MOST_EARLIER_LETTERS = 20, 1_000_000


def policy_for_change(actor: Actor, policy_id: int) -> Policy:
    """Return a policy that the actor writes, locked; raises ``NotFound`` or ``NotAllowed``."""
    found = Policy.objects.visible_to(actor).select_for_update().filter(pk=policy_id).first()
    if found is None:
        raise NotFound(_("没有找到这项政策。"))
    if not can_write_policy(actor, found):
        raise NotAllowed(_("这项政策由制定它的区或市的工作人员修改。"))
    return found


def draft_for_change(actor: Actor, policy_id: int, lock: int | None) -> PolicyVersion:
    """Return a policy's draft, unchanged since the page of ``lock`` was drawn (None: whatever it is)."""
    version = version_in_work(policy_for_change(actor, policy_id))
    if version is None:
        raise Conflict(_("这项政策现在没有草稿。"), hint=_("请先点“起草新版本”。"))
    if version.state != VersionState.DRAFT:
        raise Conflict(_("这个版本正在等另一人核准，不能再改。"), hint=_("需要修改时，请先撤回。"))
    if lock is not None and lock != version.lock:
        raise StaleVersion(_("在您打开页面之后，别人改过这个草稿。"), hint=_("请看最新的草稿，再改一次。"))
    return version


def draft_set(
    version: PolicyVersion, *, text: str, cases: str, earlier: list[str] | None = None
) -> dict[str, tuple[Any, Any]]:
    """Put a text and its cases into a draft, look through them and return what ``record`` wants to know.

    The text before is kept so that it can be taken back, unless ``earlier`` says what is. Raises
    ``InvalidInput`` where it cannot be taken apart.
    """
    if fault := size_fault(text, cases):
        raise invalid(**fault)
    if earlier is None:
        earlier = version.earlier if text == version.text else [*version.earlier, version.text]
    after = PolicyVersion(policy=version.policy, text=text, cases=cases)
    return changes_of(
        version,
        text=text,
        cases=cases,
        findings=looked_through(after).kept,
        earlier=_kept_earlier(earlier),
        lock=version.lock + 1,
        changed_at=clock.now(),
    )


def _kept_earlier(texts: list[str]) -> list[str]:
    kept, letters = list[str](), 0
    for text in reversed(texts[-MOST_EARLIER:]):
        letters += len(text)
        if letters > MOST_EARLIER_LETTERS:
            break
        kept.insert(0, text)
    return kept


def digest_of(version: PolicyVersion) -> str:
    """Return the digest of what a version says: the rule and its cases."""
    return hashlib.sha256(f"{version.text}\0{version.cases}".encode()).hexdigest()
