"""推送 as JSON: a system's own subscriptions, what became of each message, a test, sending again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from linli.core.actor import Actor
from linli.core.cursor import slice_of
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Limit, Nothing, QueryInput

from . import services
from .models import Message, Subscription
from .selectors import READING, message_list, subscription_one, subscription_readable

router = Router(tags=[gettext_noop("推送")])


class SubscriptionOut(Schema):
    """Where a system is told of what; never its address in full, never its secret."""

    public_id: UUID
    host: str = Field(description=gettext_noop("接收方，不含路径。"))
    kinds: list[str] = Field(description=gettext_noop("推送哪些动态。"), examples=[["accept", "result"]])
    state: str = Field(
        description=gettext_noop("active 推送中，paused 已暂停，disabled 长时间失败已停用，closed 已停止。")
    )
    waiting: int = Field(description=gettext_noop("等待发送的条数。"))
    failed: int = Field(description=gettext_noop("发送失败的条数。"))


class SubscriptionsOut(Schema):
    """Every subscription that the caller may read."""

    items: list[SubscriptionOut]


class AttemptOut(Schema):
    """One request."""

    at: datetime
    status: int | None = Field(description=gettext_noop("对方的HTTP状态；空表示没有得到应答。"))
    words: str = Field(description=gettext_noop("没有应答的原因。"))
    milliseconds: int


class MessageOut(Schema):
    """One message and its attempts."""

    id: UUID = Field(description=gettext_noop("与请求头 webhook-id 相同，重发时不变。"))
    kind: str
    created_at: datetime
    state: str = Field(
        description=gettext_noop("waiting 等待发送，sent 已送达，failed 发送失败，dropped 不再发送。")
    )
    next_at: datetime | None = Field(description=gettext_noop("下一次什么时候发。"))
    tries: list[AttemptOut]

    @staticmethod
    def resolve_tries(message: Message) -> list[Any]:
        """Return the attempts, oldest first."""
        return list(message.tries.all())


class MessagesOut(Schema):
    """Messages, newest first."""

    items: list[MessageOut]
    next_cursor: str | None


class Sent(QueryInput):
    """What the list of messages is narrowed by."""

    state: Literal["", *Message.State.values] = ""  # type: ignore[valid-type]
    limit: Limit = 30
    cursor: Cursor = ""


def _one(actor: Actor, public_id: UUID) -> Subscription:
    return subscription_one(actor, str(public_id))


@router.get(
    "",
    response=SubscriptionsOut,
    auth=let_in(*READING),
    summary=gettext_noop("推送"),
    operation_id="webhook_list",
    description=gettext_noop("本系统的推送；管理员看到所管单位的。设立、换密钥、停止由管理员在页面上办理。"),
)
def webhook_list(request: HttpRequest) -> dict[str, Any]:
    """List the caller's subscriptions."""
    return {"items": list(subscription_readable(actor_of(request)))}


@router.get(
    "/{public_id}/messages",
    response=MessagesOut,
    auth=let_in(*READING),
    summary=gettext_noop("推送记录"),
    operation_id="webhook_messages",
)
def webhook_messages(request: HttpRequest, public_id: UUID, asked: Query[Sent]) -> dict[str, Any]:
    """List a subscription's messages with what became of them."""
    subscription = _one(actor_of(request), public_id)
    found = slice_of(
        message_list(subscription, asked.state),
        by=("-created_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "webhook-messages", "of": str(public_id), "state": asked.state},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.post(
    "/{public_id}/test",
    response=MessageOut,
    auth=let_in(*READING),
    summary=gettext_noop("发一条测试"),
    operation_id="webhook_test",
)
def webhook_test(request: HttpRequest, public_id: UUID, asked: Nothing) -> Message:
    """Send a test message within seconds."""
    actor = actor_of(request)
    return services.message_test(actor=actor, subscription=_one(actor, public_id))


@router.post(
    "/{public_id}/messages/{message_id}/retry",
    response=MessageOut,
    auth=let_in(*READING),
    summary=gettext_noop("重发一条"),
    operation_id="webhook_retry",
)
def webhook_retry(request: HttpRequest, public_id: UUID, message_id: UUID, asked: Nothing) -> Message:
    """Send a message that was given up, or waits, again within seconds."""
    actor = actor_of(request)
    subscription = _one(actor, public_id)
    return services.message_retry(actor=actor, subscription=subscription, message_id=str(message_id))
