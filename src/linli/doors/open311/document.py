"""The OpenAPI document of GeoReport v2: every address with its parameters, its answer and its errors."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Schema

from .rules import MOST, MOST_METRES
from .shapes import (
    DefinitionOut,
    Discovery,
    ErrorOut,
    PostedOut,
    RequestOut,
    ServiceOut,
    TokenOut,
    UpdateOut,
)

Part = dict[str, Any]
SHAPES: tuple[type[Schema], ...] = (
    *(Discovery, ServiceOut, DefinitionOut, RequestOut, PostedOut, TokenOut, UpdateOut),
    ErrorOut,
)
ERRORS = {
    400: _("参数不对，逐个说明。"),
    403: _("没有 api_key，或它无效、没有授权。"),
    404: _("没有这个地区、服务、编号或 token。"),
    405: _("这个地址不接受这种请求方法。"),
    409: _("同一个 Idempotency-Key 用于不同的内容，或同一时刻有别人在办。"),
    413: _("正文太大。"),
    415: _("不接受这种正文。"),
    429: _("请求太频繁，Retry-After 是要等的秒数。"),
}
READ_ERRORS, WRITE_ERRORS = (400, 404), (400, 403, 404, 409, 413, 415, 429)
STRING: Part = {"type": "string", "maxLength": 2000}
INSTANT: Part = {"type": "string", "format": "date-time"}
FORM: Part = {
    "name": "form",
    "in": "path",
    "required": True,
    "description": _("答复的格式。"),
    "schema": {"type": "string", "enum": ["json", "xml"]},
}


def _asked(name: str, words: str, schema: Part | None = None, *, is_required: bool = False) -> Part:
    return {
        "name": name,
        "in": "query",
        "required": is_required,
        "description": words,
        "schema": schema or STRING,
    }


JURISDICTION = _asked(
    "jurisdiction_id", _("地区：区划代码，例如 310104（区）、310104013（街镇）。"), is_required=True
)
EXTENSIONS = _asked(
    "extensions",
    _("true：另给 extended_attributes（标题、网页、全部照片、也遇到的人数）。"),
    {"type": "string", "enum": ["true", "false"]},
)
IDS = _asked("service_request_id", _("编号，可以有几个，用逗号分开；有它时其他条件都不算。"))
START = _asked("start_date", _("从何时公开；与 end_date 相距最多90天。"), INSTANT)
END = _asked("end_date", _("到何时公开；都不填时为最近90天。"), INSTANT)
LISTED = [
    IDS,
    _asked("service_code", _("服务代码，可以有几个，用逗号分开。")),
    START,
    END,
    _asked("status", _("open 或 closed，可以都写，用逗号分开。")),
    _asked("updated_after", _("扩展：此后有变化的。"), INSTANT),
    _asked("updated_before", _("扩展：此前有变化的。"), INSTANT),
    _asked("q", _("扩展：标题或内容里的字。")),
    _asked("lat", _("扩展：纬度（WGS-84），与 long、radius 一起。"), {"type": "number"}),
    _asked("long", _("扩展：经度（WGS-84）。"), {"type": "number"}),
    _asked("radius", _("扩展：半径，米。"), {"type": "number", "minimum": 1, "maximum": MOST_METRES}),
    _asked("page", _("扩展：第几页。"), {"type": "integer", "minimum": 1, "maximum": 100_000}),
    _asked("page_size", _("扩展：一页几条，最多1000。"), {"type": "integer", "minimum": 1, "maximum": MOST}),
    EXTENSIONS,
]
POSTED: dict[str, tuple[str, Part]] = {
    "jurisdiction_id": (_("地区：区划代码。"), STRING),
    "service_code": (_("服务代码，见服务清单；不知道时写 unsorted。"), STRING),
    "api_key": (_("密钥；也可以放在请求头 Authorization: Bearer。"), STRING),
    "description": (_("发生了什么。"), {"type": "string", "maxLength": 5000}),
    "lat": (_("纬度（WGS-84），与 long 一起。"), {"type": "number"}),
    "long": (_("经度（WGS-84）。"), {"type": "number"}),
    "address_string": (_("地址。"), {"type": "string", "maxLength": 160}),
    "address_id": (_("小区标识，或街镇、居村委的区划代码。"), STRING),
    "first_name": (_("反映人的名。"), STRING),
    "last_name": (_("反映人的姓。"), STRING),
    "phone": (_("反映人的电话。"), STRING),
    "email": (_("不保存。"), STRING),
    "device_id": (_("不保存。"), STRING),
    "account_id": (_("不保存。"), STRING),
    "media_url": (_("照片的网址；只从运维人员登记过的主机取。"), STRING),
    "requested_datetime": (_("扩展：何时发生。"), INSTANT),
}
REPEAT: Part = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": _("同一个请求的标识；没有它时，同一天一字不差的请求算同一个。"),
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$", "minLength": 1, "maxLength": 255},
}


def openapi() -> Part:
    """Return the document in the reader's language."""
    document: Part = {
        "openapi": "3.1.0",
        "info": {
            "title": "Open311 GeoReport v2",
            "version": "2",
            "description": _("上报和公开事项的开放接口，按 GeoReport v2；只给出公开版本。"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.BASE_URL.rstrip("/")}],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }
    _translate(document)
    return document


def _paths() -> Part:
    service = {"name": "code", "in": "path", "required": True, "schema": STRING}
    one = {"name": "service_request_id", "in": "path", "required": True, "schema": STRING}
    token = {"name": "token", "in": "path", "required": True, "schema": STRING}
    return {
        "/open311/discovery.{form}": {"get": _read("discovery", _("从哪里开始"), Discovery, [])},
        "/open311/v2/services.{form}": {
            "get": _read("services", _("可以上报什么"), ServiceOut, [JURISDICTION], many=True)
        },
        "/open311/v2/services/{code}.{form}": {
            "get": _read("definition", _("一类要回答哪些问题"), DefinitionOut, [service, JURISDICTION])
        },
        "/open311/v2/requests.{form}": {
            "get": _read("requests", _("公开的事项"), RequestOut, [JURISDICTION, *LISTED], many=True),
            "post": _written(),
        },
        "/open311/v2/requests/{service_request_id}.{form}": {
            "get": _read(
                "request", _("一件公开的事项"), RequestOut, [one, JURISDICTION, EXTENSIONS], many=True
            )
        },
        "/open311/v2/tokens/{token}.{form}": {
            "get": _read("token", _("用 token 查编号"), TokenOut, [token, JURISDICTION], many=True)
        },
        "/open311/v2/servicerequestupdates.{form}": {
            "get": _read(
                "updates", _("公开事项的进展"), UpdateOut, [JURISDICTION, IDS, START, END], many=True
            )
        },
    }


def _read(name: str, words: str, shape: type[Schema], parameters: list[Part], *, many: bool = False) -> Part:
    return {
        "operationId": name,
        "summary": words,
        "parameters": [FORM, *parameters],
        "responses": _responses(shape, many, READ_ERRORS),
    }


def _written() -> Part:
    fields = {name: {**schema, "description": words} for name, (words, schema) in POSTED.items()}
    body: Part = {
        "type": "object",
        "required": ["jurisdiction_id", "service_code", "description"],
        "properties": fields,
    }
    content: Part = {"application/x-www-form-urlencoded": {"schema": body}}
    content["application/json"] = {"schema": {**body, "properties": {**fields, "attributes": _answers()}}}
    return {
        "operationId": "request_take",
        "summary": _("上报"),
        "description": _("问题的回答写作 attribute[代码]=回答，多选时重复；JSON 里写在 attributes 里。"),
        "parameters": [FORM, REPEAT],
        "requestBody": {"required": True, "content": content},
        "responses": _responses(PostedOut, True, WRITE_ERRORS),
    }


def _answers() -> Part:
    return {"type": "object", "description": _("问题代码 → 回答，多选时为数组。")}


def _responses(shape: type[Schema], many: bool, errors: tuple[int, ...]) -> Part:
    found: Part = {"200": _answer(_("成功。"), shape, many)}
    return found | {str(status): _answer(ERRORS[status], ErrorOut, True) for status in (*errors, 405)}


def _answer(words: str, shape: type[Schema], many: bool) -> Part:
    one: Part = {"$ref": f"#/components/schemas/{shape.__name__}"}
    schema = {"type": "array", "items": one} if many else one
    return {"description": words, "content": {"application/json": {"schema": schema}, "text/xml": {}}}


def _schemas() -> Part:
    found: Part = {}
    for shape in SHAPES:
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[shape.__name__] = schema
    return found


def _translate(part: Any) -> None:
    for item in part.values() if isinstance(part, dict) else part:
        if isinstance(item, dict | list):
            _translate(item)
    if isinstance(part, dict):
        for name in {"description", "summary"} & set(part):
            if isinstance(part[name], str) and part[name]:
                part[name] = gettext(part[name])
