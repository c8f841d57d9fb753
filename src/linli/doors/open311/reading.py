"""What comes in: the parameters of an address, and a body as a form, as JSON or as XML.

Nothing outside is read for an XML body: a document that declares a type or an entity is refused before any
of it is expanded (defusedxml).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput, Refusal
from linli.core.words import gettext_lazy

from .rules import can_be_kept, refused

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
XMLS = ("text/xml", "application/xml")
MOST_FIELDS, LONGEST = 200, 20_000
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,80})\](?:\[\d*\])?")


class Unreadable(Refusal):
    """The body is not what it is announced as."""

    code = "request.malformed"
    status = 400
    message = gettext_lazy("读不懂请求正文。")
    hint = gettext_lazy("请用表单（application/x-www-form-urlencoded）、JSON 或 XML，编码为 UTF-8。")


class TooLarge(Refusal):
    """The body is larger than anything that makes sense here."""

    code = "request.too_large"
    status = 413
    message = gettext_lazy("请求正文太大，最大2MB。")
    hint = gettext_lazy("照片请用 media_url 给出地址。")


class WrongType(Refusal):
    """The body is announced as something that is not taken."""

    code = "request.wrong_type"
    status = 415
    message = gettext_lazy("不接受这种正文。")
    hint = gettext_lazy("请用表单（application/x-www-form-urlencoded）、application/json 或 text/xml。")


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller said: parameters by name, and the answers to a service's questions by their code."""

    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a parameter without blanks around it, empty where it was not sent."""
        return self.fields.get(name, "").strip()


def asked(request: HttpRequest) -> Said:
    """Return the parameters of the address; raises ``InvalidInput`` where no database could keep one."""
    return _said(request.GET.lists())


def told(request: HttpRequest) -> Said:
    """Return what was posted, over what stands in the address.

    Raises ``Unreadable``, ``TooLarge``, ``WrongType``, ``InvalidInput``.
    """
    try:
        body = _said(_pairs(request))
    except RequestDataTooBig as error:
        raise TooLarge from error
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
        raise Unreadable from error
    return Said({**asked(request).fields, **body.fields}, body.attributes)


def _pairs(request: HttpRequest) -> Iterable[tuple[str, list[Any]]]:
    if request.content_type in FORMS:
        return request.POST.lists()
    if request.content_type == "application/json":
        return _json_pairs(request.body)
    if request.content_type in XMLS:
        return _xml_pairs(request.body)
    if request.body:
        raise WrongType
    return []


def _said(pairs: Iterable[tuple[str, list[Any]]]) -> Said:
    fields: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    for count, (name, values) in enumerate(pairs):
        texts = [_text(name, value) for value in values]
        if count >= MOST_FIELDS or not can_be_kept(name):
            raise Unreadable(_("参数太多，或参数名里有不能保存的字符。"))
        if found := _ATTRIBUTE.fullmatch(name):
            attributes.setdefault(found[1], []).extend(texts)
        elif texts:
            fields[name] = texts[-1]
    return Said(fields, attributes)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refused(name[:80], _("应是文字或数字。"))
    text = str(value)
    if len(text) > LONGEST:
        raise refused(name[:80], _("太长，最多%d个字。") % LONGEST)
    if not can_be_kept(text):
        raise refused(name[:80], _("含有不能保存的字符。"))
    return text


# -- JSON ---------------------------------------------------------------------
def _json_pairs(body: bytes) -> Iterable[tuple[str, list[Any]]]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(content, dict):
        raise Unreadable(_("正文应是一个 JSON 对象。"))
    attributes = content.pop("attributes", None) or {}
    if not isinstance(attributes, dict):
        raise refused("attributes", _("应是对象：问题代码 → 回答。"))
    for name, value in content.items():
        if value is not None:
            yield name, _several(value)
    for code, value in attributes.items():
        yield f"attribute[{code}]", _several(value)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# -- XML ----------------------------------------------------------------------
def _xml_pairs(body: bytes) -> Iterable[tuple[str, list[Any]]]:
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        words = _("XML 里不能有文档类型声明（DOCTYPE）或实体。")
        raise InvalidInput(words, hint=_("请去掉声明，只写内容。")) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(_("正文不是正确的 XML。")) from error
    for child in root:
        if child.tag == "attributes":
            yield from map(_xml_attribute, child)
        elif len(child):
            raise refused(str(child.tag)[:80], _("里面只能是文字。"))
        else:
            yield str(child.tag), [child.text or ""]


def _xml_attribute(entry: Element) -> tuple[str, list[Any]]:
    code = entry.get("code") or entry.findtext("code") or ""
    values = [value.text or "" for value in entry.findall("value")] or [entry.text or ""]
    return f"attribute[{code.strip()}]", values
