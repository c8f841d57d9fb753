"""What holds for every address, added to the OpenAPI document once: refusals, headers, repeats, words."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja.openapi.schema import OpenAPISchema

from linli.foundation.clients.shapes import Problem

PROBLEM = {"$ref": "#/components/schemas/Problem"}
REFUSALS = {
    400: _("正文不是正确的 JSON。"),
    401: _("没有令牌，或令牌无效、已吊销、已到期。"),
    403: _("看得到，但没有这一步的授权；或来自未登记的网络地址。"),
    404: _("没有，或不在自己的范围内：两种情况一样回答。"),
    409: _("情况已经变化（version 过期、状态不允许、同一个 Idempotency-Key 用于不同的内容）。"),
    413: _("正文太大。"),
    415: _("Content-Type 不是 application/json（上传文件时为 multipart/form-data）。"),
    422: _("字段不对，details 里逐个说明。"),
    429: _("请求太频繁，Retry-After 是要等的秒数。"),
}
ALWAYS = (401, 403, 429)
READ = (404, 422)
WRITTEN = (400, 404, 409, 413, 415, 422)
REPEAT = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$", "minLength": 1, "maxLength": 255},
    "description": _("同一个请求的标识（例如UUID）。带上它，原样重发会得到第一次的结果；30天内有效。"),
    "example": "6f1c9f0e-3f0f-4f3e-9a5e-0b8a5c1f9a11",
}
SEEN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": _("上次应答的 ETag；没有变化时回答304，不带正文。"),
}
HEADERS = {
    "RateLimit-Limit": _("每分钟最多几次。"),
    "RateLimit-Remaining": _("这一分钟还剩几次。"),
    "RateLimit-Reset": _("几秒后重新计数。"),
    "X-Request-Id": _("请求编号，报障时请提供。"),
}
WAYS = {
    "ClientBearer": {
        "type": "http",
        "scheme": "bearer",
        "description": _("接口令牌：单位管理员在“设置 → 接口”签发，只显示一次。"),
    },
    "PageSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": _("浏览器里已登录的人；写操作还要带 X-CSRFToken。"),
    },
}


def completed(document: OpenAPISchema) -> OpenAPISchema:
    """Return the document with every refusal, header and way in, in the reader's language."""
    components = document["components"]
    components["schemas"]["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = WAYS
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    _translate(document)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    for status, answer in answers.items():
        answer["description"] = _("已登记。") if status == 201 else _("成功。")
        answer["headers"] = {
            name: {"description": words, "schema": {"type": "string"}} for name, words in HEADERS.items()
        }
    operation["parameters"].append(REPEAT if method == "post" else SEEN)
    if method == "get":
        answers[304] = {"description": _("没有变化。")}
    for status in sorted({*ALWAYS, *(WRITTEN if method == "post" else READ)}):
        content = {"application/json": {"schema": PROBLEM}}
        answers[status] = {"description": REFUSALS[status], "content": content}


def _translate(part: Any) -> None:
    """Put every sentence of the document into the reader's language; titles made from names go."""
    if isinstance(part, list):
        for item in part:
            _translate(item)
    elif isinstance(part, dict):
        for name in {"description", "summary"} & set(part):
            part[name] = gettext(part[name]) if part[name] and isinstance(part[name], str) else part[name]
        if isinstance(part.get("title"), str) and "version" not in part:
            del part["title"]
        part.update({"tags": [gettext(tag) for tag in part["tags"]]} if "tags" in part else {})
        for value in part.values():
            _translate(value)
