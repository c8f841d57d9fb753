"""What every interface shares: how input is read strictly, how refusals look, how lists are paged."""

import re
from typing import Annotated, Any, Self

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop
from ninja import Field, Schema
from pydantic import ConfigDict, ValidationInfo, field_validator, model_validator

from linli.core.errors import InvalidInput

MOST = 100
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Limit = Annotated[int, Field(ge=1, le=MOST, description=gettext_noop("一页最多几条，1到100。"))]
Cursor = Annotated[
    str,
    Field(
        max_length=2100,
        description=gettext_noop(
            "上一页返回的 next_cursor，原样带回；第一页不填。其他筛选条件须与第一页相同。"
        ),
    ),
]


class Input(Schema):
    """What comes in: a name that is not known is refused rather than lost."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("NUL")  # no database keeps it
        return value


class QueryInput(Input):
    """What a list is asked for in the address; a misspelled name would otherwise narrow nothing."""

    @model_validator(mode="after")
    def _known(self, info: ValidationInfo) -> Self:
        request = (info.context or {}).get("request")
        unknown = sorted(set(request.GET) - set(type(self).model_fields)) if request else []
        if unknown:
            words = gettext("没有这个字段，请核对拼写。")
            raise InvalidInput(gettext("请求的格式不对。"), details=dict.fromkeys(unknown, words))
        return self


class Problem(Schema):
    """A refusal, as on the pages: a code that is never renamed, what happened, what to do."""

    code: str = Field(
        description=gettext_noop("错误代码，不会改名，程序据此判断。"), examples=["input.invalid"]
    )
    message: str = Field(
        description=gettext_noop("发生了什么，可以直接给人看。"), examples=["有内容需要修改。"]
    )
    hint: str = Field(
        description=gettext_noop("接下来怎么办。"), examples=["请按提示修改后再提交，已填写的内容不会丢失。"]
    )
    details: dict[str, Any] = Field(
        description=gettext_noop("每个字段的问题，或双方的版本等。"),
        examples=[{"place": "没有认出这个地点。"}],
    )
    request_id: str = Field(description=gettext_noop("请求编号，报障时请提供。"), examples=["K7M2-9QXA"])


class Nothing(Input):
    """No input beside the address."""


def request_key_of(request: HttpRequest) -> str:
    """Return the request's ``Idempotency-Key``, empty without one; raises ``InvalidInput``."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        words = gettext("Idempotency-Key 应是1到255个可见的英文字符，例如一个UUID。")
        raise InvalidInput(words, details={"Idempotency-Key": words})
    return key


class Stroke(Input):
    """One line of a brush over a photo."""

    radius: float = Field(description=gettext_noop("半个笔宽，占照片宽度的比例。"))
    points: list[tuple[float, float]]


class Redacted(Input):
    """Places of a photo to be blurred, as shares of its width and height."""

    boxes: list[tuple[float, float, float, float]] = Field(
        [], description=gettext_noop("左、上、宽、高，0到1。")
    )
    strokes: list[Stroke] = []
