"""What is said when a request cannot be served: as on the pages, as JSON, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from linli.core.errors import InvalidInput, NotFound, NotSignedIn, Refusal
from linli.core.words import gettext_lazy
from linli.foundation.ui.refusals import refusal_response


class MalformedBody(Refusal):
    """The body is no JSON."""

    code = "request.malformed"
    status = 400
    message = gettext_lazy("请求正文不是正确的 JSON。")
    hint = gettext_lazy("请检查正文的引号、括号和编码（UTF-8）。")


class TooLarge(Refusal):
    """The body is larger than anything that makes sense here."""

    code = "request.too_large"
    status = 413
    message = gettext_lazy("请求正文太大。")
    hint = gettext_lazy("正文最大2MB。照片、录音、视频请逐个发到 /api/v1/files。")


class WrongType(Refusal):
    """The body is announced as something else than JSON."""

    code = "request.wrong_type"
    status = 415
    message = gettext_lazy("请求正文须是 JSON。")
    hint = gettext_lazy(
        "请设置请求头 Content-Type: application/json；上传文件用 multipart/form-data 发到 /api/v1/files。"
    )


class WrongMethod(Refusal):
    """The address exists, but does not take this method."""

    code = "request.wrong_method"
    status = 405
    message = gettext_lazy("这个地址不接受这种请求方法。")
    hint = gettext_lazy("请看接口说明，或看应答头 Allow。")


class NoAddress(NotFound):
    """There is no such address."""

    code = "address.not_found"
    message = gettext_lazy("没有这个接口地址。")
    hint = gettext_lazy("请核对网址；接口说明在 /api/v1/docs/。")


class PageToken(Refusal):
    """A browser's session without its CSRF token."""

    code = "page.expired"
    status = 403
    message = gettext_lazy("请求缺少页面的防伪标记。")
    hint = gettext_lazy("请刷新页面再试；其他系统请用接口令牌（Authorization: Bearer）。")


def _words(kind: str, context: Mapping[str, Any]) -> str:
    """Return what is wrong with one value, by pydantic's name for it."""
    known = {
        "missing": _("必须填写。"),
        "extra_forbidden": _("没有这个字段，请核对拼写。"),
        "string_too_long": _("最多%(max_length)s个字。"),
        "string_too_short": _("至少%(min_length)s个字。"),
        "less_than_equal": _("最大是%(le)s。"),
        "greater_than_equal": _("最小是%(ge)s。"),
        "literal_error": _("只能是 %(expected)s。"),
        "too_long": _("最多%(max_length)s项。"),
    }
    if kind in known:
        return known[kind] % dict(context)
    starts = {
        "uuid": _("应是一个UUID。"),
        "int": _("应是整数。"),
        "float": _("应是数字。"),
        "bool": _("应是 true 或 false。"),
        "string": _("应是文字。"),
        "datetime": _("应是时刻，例如 2026-11-27T09:00:00+08:00。"),
        "timezone": _("时刻应带时区，例如 2026-11-27T09:00:00+08:00。"),
        "date": _("应是日期，例如 2026-11-27。"),
        "list": _("应是数组。"),
        "model": _("应是 JSON 对象。"),
        "dict": _("应是 JSON 对象。"),
        "value_error": _("含有不能保存的字符。"),
    }
    found = (words for start, words in starts.items() if kind.startswith(start))
    return next(found, _("格式不对。"))


def _place(parts: Sequence[Any]) -> str:
    """Return the field's name without where it was found (body, query, the argument's name)."""
    inner = [str(part) for part in parts[1:]]
    return ".".join(inner[1:] or inner)


def refused(request: HttpRequest, refusal: Exception | type[Exception]) -> HttpResponse:
    """Answer a refusal as the pages do, as JSON."""
    return refusal_response(request, refusal if isinstance(refusal, Refusal) else Refusal())


def not_signed_in(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Nobody is signed in, and no token came."""
    words, hint = _("没有登录，也没有接口令牌。"), _("其他系统请带请求头 Authorization: Bearer 令牌。")
    return refusal_response(request, NotSignedIn(words, hint=hint))


def misshapen(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Input of the wrong shape, field by field."""
    rows = error.errors if isinstance(error, ValidationError) else []
    details = {_place(row["loc"]): _words(row["type"], row.get("ctx", {})) for row in rows}
    return refusal_response(request, InvalidInput(_("请求的格式不对。"), details=details))


def http_error(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """What the library refuses by itself: a body that is no JSON, a session without its token."""
    is_csrf = isinstance(error, HttpError) and error.status_code == 403
    return refusal_response(request, PageToken() if is_csrf else MalformedBody())


def too_large(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """A body beyond the limit."""
    return refusal_response(request, TooLarge())


def not_found(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """No such record."""
    return refusal_response(request, NotFound())


ANSWERS = {
    Refusal: refused,
    AuthenticationError: not_signed_in,
    ValidationError: misshapen,
    HttpError: http_error,
    RequestDataTooBig: too_large,
    Http404: not_found,
}


def answer_all(api: NinjaAPI) -> None:
    """Let every kind of failure be answered in one form; a fault of ours goes on to the page of faults."""
    for kind, answer in ANSWERS.items():
        api.add_exception_handler(kind, answer)
