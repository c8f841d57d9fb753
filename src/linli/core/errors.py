"""Refusals: what a reader is told when something cannot be done, with a code that is never renamed."""

from collections.abc import Mapping
from typing import Any

from .words import gettext_lazy as _


class Refusal(Exception):
    """A request that Linli refuses; the page, the API and the command show the same words.

    ``message`` says what happened, ``hint`` what to do next, both to the reader (Chinese).
    ``details`` maps a field to its own message, or carries facts such as both versions.
    """

    code = "refused"
    status = 400
    message = _("这个操作没有完成。")
    hint = _("请返回上一页再试一次。")

    def __init__(
        self, message: str = "", *, hint: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        self.message = str(message or self.message)
        self.hint = str(hint or self.hint)
        self.details = dict(details or {})
        super().__init__(self.message)


class InvalidInput(Refusal):
    """Input that cannot be accepted; ``details`` names the fields."""

    code = "input.invalid"
    status = 422
    message = _("有内容需要修改。")
    hint = _("请按提示修改后再提交，已填写的内容不会丢失。")


def invalid(**fields: str) -> InvalidInput:
    """Return the refusal of some fields; the first one's words are its message."""
    return InvalidInput(next(iter(fields.values())), details=fields)


def invalid_if(wrong: Mapping[str, str]) -> None:
    """Raise ``InvalidInput`` if anything is wrong."""
    if wrong:
        raise invalid(**wrong)


class NotSignedIn(Refusal):
    """Acting needs a signed-in person."""

    code = "actor.not_signed_in"
    status = 401
    message = _("请先登录。")
    hint = _("登录后会回到这里，已填写的内容不会丢失。")


class NotAllowed(Refusal):
    """The record may be seen, but this actor may not do this."""

    code = "actor.not_allowed"
    status = 403
    message = _("您没有办理这一步的权限。")
    hint = _("如需办理，请联系本单位管理员，或切换到有权限的岗位。")


class NotFound(Refusal):
    """Missing, or hidden from this actor: the answer is the same."""

    code = "record.not_found"
    status = 404
    message = _("没有找到这条记录。")
    hint = _("它可能已被删除，或不在您的查看范围内。请核对编号。")


class Conflict(Refusal):
    """The record is not in a state in which this can be done."""

    code = "record.conflict"
    status = 409
    message = _("情况已经变化，这一步现在不能办理。")
    hint = _("请刷新页面，查看最新进展。")


class MoveNotAllowed(Conflict):
    """The workflow has no such move from the present state."""

    code = "move.not_allowed"


class StaleVersion(Conflict):
    """Somebody else changed the record since it was read; ``details`` shows both versions."""

    code = "record.stale"
    message = _("在您打开页面之后，别人已经办理过这件事。")
    hint = _("请刷新查看最新进展；您填写的内容已保留。")


class Busy(Conflict):
    """Others wrote the same at the same moment and went first; nothing changed, trying again helps."""

    code = "record.busy"
    message = _("同一时刻有别人在办理与此有关的事，这一步没有完成，什么也没有改变。")
    hint = _("请刷新查看最新进展，需要时再办一次。")


class KeyReused(Conflict):
    """The same request key came with different input."""

    code = "request.key_reused"
    message = _("这份表单已经提交过一次，内容与上次不同。")
    hint = _("请刷新页面后重新填写；上一次的提交仍然有效。")


class Expired(Refusal):
    """A link, a code or a window is over."""

    code = "link.expired"
    status = 410
    message = _("这个链接已经失效。")
    hint = _("请从“我的”里找到这件事，查看最新进展。")


class TooMany(Refusal):
    """A rate limit was reached; ``details['retry_after']`` is in seconds."""

    code = "rate.exceeded"
    status = 429
    message = _("操作太频繁了。")
    hint = _("请稍等一会儿再试。")


class Overloaded(Refusal):
    """More come at once than can be served; ``details['retry_after']`` is in seconds. Nothing was done."""

    code = "server.overloaded"
    status = 503
    message = _("现在同时办理的人太多，这一次还没有收下。")
    hint = _("请稍等几秒；页面会自动再发一次，不会重复。")


class ProgrammingFault(Exception):
    """A service broke a promise of the architecture (no audit record, no actor); never shown as advice."""
