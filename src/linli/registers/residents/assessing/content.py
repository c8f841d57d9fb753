"""What an impact assessment (PIPL 55, 56) says by itself, read from the platform's own rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import yaml
from django.conf import settings

from linli.core.actor import Function
from linli.core.crypto import key_ring
from linli.core.retention import rules
from linli.foundation.accounts.models import FUNCTIONS

from ..consents.purposes import DATA
from ..facts.dictionary import dictionary
from ..finding.services import PURPOSES
from ..models.scope import COUNTING, WORKING
from ..words import SOURCES

Section = dict[str, Any]  # title, rows of [label, text]
SEALED = (
    ("姓名、证件号码、电话、出生日期", "逐字段加密，每人一把数据密钥；列表只显示部分"),
    ("出生年月、性别、小区、户和住处", "明文，只在本辖区内可见，用于统计和核对"),
    ("检索码", "姓名、电话、号码的带密钥摘要，本身不能还原"),
)


def _facts() -> Iterator[list[str]]:
    for line in dictionary().values():
        level = "敏感" if line.is_sensitive else "一般"
        age = f"采集后{line.validity}个月" if line.validity else "不因时间失效"
        laws = "、".join(f"{law.name}{law.mark}" for law in line.laws)
        yield [str(line.label), f"{level}；用途：{line.purpose}；依据：{laws}；有效：{age}"]


def _roles() -> Iterator[list[str]]:
    for function, label in FUNCTIONS:
        if function in WORKING:
            yield [str(label), "本辖区的登记，部分隐去；写明目的后显示，留痕，本人可见"]
        elif function in COUNTING:
            yield [str(label), "只看数量，5人以下不显示，看不到个人"]
        elif function == Function.RESIDENT:
            yield [str(label), "本人和所监护的不满14周岁的孩子"]
        else:
            yield [str(label), "看不到"]


def _care() -> Iterator[list[str]]:
    content = yaml.safe_load((DATA / "care_groups.yaml").read_text(encoding="utf-8"))
    for group in content["groups"]:
        label = str(group.get("label", group.get("key", "")))
        yield [label, f"服务：{group.get('service', '')}；规则提出，由工作人员确认，到期自动结束"]


def _kept() -> Iterator[list[str]]:
    for rule in rules():
        time = "不自动删除" if rule.days is None else f"{rule.event}后{rule.days}天"
        least = f"（法律要求不少于{rule.least}天）" if rule.least else ""
        yield [rule.label, f"{time}{least}；{rule.source}"]


def _measures() -> Iterator[list[str]]:
    yield ["加密算法", "SM4-GCM" if settings.CIPHER == "sm4" else "AES-256-GCM"]
    yield ["当前密钥", f"{key_ring().current}（存放在数据库之外）"]
    yield ["留痕", "每次写入和查看都留痕，封存后不可改；日志不少于六个月（网络安全法第23条）"]
    yield ["检索和查看", "只在本辖区、写明目的、限次数、全部留痕"]
    yield ["自动化匹配", "机器只推荐，由工作人员确认；本人可以不同意机器匹配（个人信息保护法第24条）"]


def content_now() -> list[Section]:
    """Return the document as the platform stands today, in sections of [label, text]."""
    hosts = [str(host) for host in settings.OUTBOUND]
    return [
        {"title": "登记的个人信息", "rows": [list(row) for row in SEALED]},
        {"title": "事实字典：为什么、依据什么", "rows": list(_facts())},
        {"title": "谁能看到什么", "rows": list(_roles())},
        {
            "title": "查看的目的",
            "rows": [[str(words), "选定后才能显示，本人可见"] for words in PURPOSES.values()],
        },
        {"title": "从哪里来", "rows": [[str(words), code] for code, words in SOURCES.items()]},
        {"title": "关爱对象", "rows": list(_care())},
        {"title": "保存多久", "rows": list(_kept())},
        {
            "title": "提供给谁",
            "rows": [[host, "允许外联的主机"] for host in hosts] or [["没有", "不向外提供"]],
        },
        {"title": "安全措施", "rows": list(_measures())},
    ]


def digest_of(content: list[Section], opinion: str) -> str:
    """Return the digest that a concluded document is held to."""
    text = json.dumps([content, opinion], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: list[Section], after: list[Section]) -> list[tuple[str, str, str, str]]:
    """Return what changed between two documents: section, label, before, after."""
    old = {(one["title"], label): text for one in before for label, text in one["rows"]}
    new = {(one["title"], label): text for one in after for label, text in one["rows"]}
    keys = [*new, *(key for key in old if key not in new)]
    return [(*key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]
