"""接口说明: the OpenAPI document as a page of our own, since a viewer from elsewhere may not be loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.foundation.clients.bearer import ClientBearer
from linli.foundation.clients.models import SCOPES

from . import api

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter or a field: its name, what it may be, whether it is needed, what it means."""

    name: str
    kind: str
    is_required: bool
    words: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scopes: list[str]
    parameters: list[Line]
    body: list[Line]
    result: list[Line]
    refusals: list[tuple[str, str]]


@dataclass(slots=True)
class Group:
    """The operations under one heading."""

    name: str
    operations: list[Operation] = field(default_factory=list)


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Show how another system connects and every address; one part with its inputs, answers and refusals."""
    groups = _groups(get_language() or "")
    part = next((group for group in groups if group.name == request.GET.get("part")), None)
    context = {"groups": groups, "part": part, "scopes": SCOPES, "base": f"{settings.BASE_URL}/api/v1"}
    return render(request, "portal/api_docs.html", context)


@cache
def _groups(_language: str) -> list[Group]:
    """Return every operation under its heading, in the words of a language."""
    groups: dict[str, Group] = {}
    for name, operation in _operations(api.get_openapi_schema()):
        groups.setdefault(name, Group(name)).operations.append(operation)
    return list(groups.values())


def _operations(document: Document) -> Iterator[tuple[str, Operation]]:
    granted = _scopes()
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield (
                said["tags"][0],
                Operation(
                    id=said["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=said["summary"],
                    description=said.get("description", ""),
                    scopes=granted[said["operationId"]],
                    parameters=[_line(p["name"], p, p["required"], document) for p in said["parameters"]],
                    body=_fields(_body(said), document),
                    result=_fields(_result(said), document),
                    refusals=[
                        (str(s), a["description"]) for s, a in said["responses"].items() if int(s) >= 400
                    ],
                ),
            )


def _scopes() -> dict[str, list[str]]:
    """Return operation → the scopes of which a client needs one; none where it is for people."""
    found: dict[str, list[str]] = {}
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                ways = [way for way in operation.auth_callbacks if isinstance(way, ClientBearer)]
                found[str(operation.operation_id)] = sorted(scope for way in ways for scope in way.scopes)
    return found


def _body(said: Document) -> Document:
    content = said.get("requestBody", {}).get("content", {})
    schema: Document = content.get("application/json", {}).get("schema", {})
    return schema


def _result(said: Document) -> Document:
    answers = [answer for status, answer in said["responses"].items() if int(status) < 300]
    schema: Document = answers[0].get("content", {}).get("application/json", {}).get("schema", {})
    inner: Document = schema.get("items", schema)
    return inner


def _fields(schema: Document, document: Document) -> list[Line]:
    found = _followed(schema, document)
    needed = found.get("required", [])
    return [_line(name, part, name in needed, document) for name, part in found.get("properties", {}).items()]


def _followed(schema: Document, document: Document) -> Document:
    reference = str(schema.get("$ref", ""))
    known: Mapping[str, Document] = document["components"]["schemas"]
    return known[reference.rsplit("/", 1)[-1]] if reference else schema


def _line(name: str, part: Document, is_required: bool, document: Document) -> Line:
    schema = part.get("schema", part)
    examples = [part.get("example"), *schema.get("examples", [])]
    example = next((str(one) for one in examples if isinstance(one, str | int)), "")
    words = part.get("description") or schema.get("description") or ""
    return Line(name, _kind(schema, document), is_required, words, example)


def _kind(schema: Document, document: Document) -> str:
    if "$ref" in schema:
        inner = _followed(schema, document).get("properties", {})
        return _("对象：%s") % "、".join(inner)
    if "anyOf" in schema:
        return _(" 或 ").join(_kind(one, document) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) or _("（空）") for one in schema["enum"])
    if schema.get("type") == "array":
        return _("数组，每项：%s") % _kind(schema.get("items", {}), document)
    return _plain_kind(schema)


def _plain_kind(schema: Document) -> str:
    names = {
        "string": _("文字"),
        "integer": _("整数"),
        "number": _("数字"),
        "boolean": "true / false",
        "null": "null",
        "object": _("对象"),
        "date-time": _("时刻"),
        "date": _("日期"),
        "uuid": "UUID",
    }
    kind = names.get(str(schema.get("format", ""))) or names.get(str(schema.get("type", "")), "")
    sides = [str(schema[side]) for side in ("minimum", "maximum") if side in schema]
    return f"{kind} {'–'.join(sides)}" if len(sides) == 2 else kind
