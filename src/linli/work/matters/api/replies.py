"""Whether a reply says what it should: asked by the systems of departments before they send it."""

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Schema

from linli.core.actor import Scope
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Input

from ..replies.rules import ASKED, Hint, hints_of
from .reading import router

Use = Literal[*ASKED]  # type: ignore[valid-type]


class ReplyIn(Input):
    """A reply that has not been sent."""

    use: Use = Field(
        "result", description=gettext_noop("result 结果，reply 协办，guide 引导，decline 不予受理。")
    )
    text: str = Field(min_length=1, max_length=5_000, examples=["6月3日到现场，更换了灯管。"])


class HintOut(Schema):
    """One thing that a reply says, lacks, or should leave out."""

    key: str = Field(examples=["when"])
    label: str = Field(examples=["什么时候"])
    is_met: bool
    said: str = Field(description=gettext_noop("从答复里认出的字句。"))
    advice: str


@router.post(
    "/reply-hints",
    response=list[HintOut],
    auth=let_in(Scope.MATTERS_READ, Scope.MATTERS_ACT),
    summary=gettext_noop("检查答复"),
    operation_id="reply_hints",
    description=gettext_noop(
        "看一段答复有没有写清做了什么、由谁、什么时候、接下来怎么办。只作提示，不保存。"
    ),
)
def reply_hints(request: HttpRequest, asked: ReplyIn) -> list[Hint]:
    """Say what a reply lacks; nothing is kept."""
    return hints_of(asked.use, asked.text)
