"""What an impact assessment (PIPL 55, 56) says by itself, read from the platform's own rules and tables.

Nothing here is a second statement of a rule: who sees a field comes from ``data/field_access.yaml``, which
the pages are tested against, what a masked value looks like from ``masking``, periods from the retention
rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml
from django.conf import settings

from linli.core.actor import Function
from linli.core.crypto import key_ring
from linli.core.retention import rule_of, rules
from linli.foundation.accounts.models import FUNCTIONS

from ..access import NONE, FieldAccess, field_access
from ..ages import MINOR_UNDER
from ..consents.purposes import DATA, consent_purposes
from ..facts.dictionary import dictionary
from ..finding.services import PURPOSES
from ..masking import masked
from ..models import Resident
from ..models.scope import COUNTING, WORKING
from ..rounding import SMALL, STEP
from ..words import SOURCES

Section = dict[str, Any]  # title, rows of [label, text]
# Nobody's: what a mask leaves of them is how it looks in the document.
SAMPLES = {"name": "欧阳修远", "number": "990101200013320000", "phone": "19900001234", "birth": "1958-03-21"}
WAYS = {
    "clear": "原样显示",
    "masked": "部分隐去",
    "masked reveal": "部分隐去，写明目的后显示，留痕，本人看得到",
    "none reveal": "写明目的后显示，留痕，本人看得到",
    NONE: "不显示",
}


def _situations() -> Iterator[list[str]]:
    """The situations of article 55, and what of this platform falls under each."""
    sensitive = [str(line.label) for line in dictionary().values() if line.is_sensitive]
    yield [
        "处理敏感个人信息（第1项）",
        f"是。不满{MINOR_UNDER}周岁的孩子的信息；{len(sensitive)}项敏感事实：{'、'.join(sensitive)}",
    ]
    yield [
        "利用个人信息进行自动化决策（第2项）",
        "机器只按规则提出建议（关爱对象、政策匹配），由工作人员逐个确认；本人可以不同意机器匹配，马上生效",
    ]
    asked = "、".join(line.label for line in consent_purposes().values())
    yield [
        "委托处理、向其他处理者提供、公开（第3项）",
        f"不公开。须本人同意的用途：{asked}；外联的主机见“提供给谁”",
    ]
    yield ["向境外提供（第4项）", "平台没有这项功能；允许外联的主机是否都在境内，由评估人核对"]
    yield ["其他重大影响（第5项）", "由评估人判断，写在评估意见里"]


def _fields() -> Iterator[list[str]]:
    """Every personal field and how it is kept, then what stands in clear and what finds a person."""
    for line in field_access().values():
        kept = "加密，每人（户）一把数据密钥，删除登记时销毁" if line.field.endswith("_sealed") else "加密"
        yield [line.label, "；".join(part for part in (kept, line.note) if part)]
    clear = "、".join(_clear_columns())
    yield ["不加密的", f"{clear}、小区、户和住处；只在本辖区内可见，用于统计和核对"]
    yield ["检索码", "姓名、电话、号码的带密钥摘要，每县一套，本身不能还原"]


def _clear_columns() -> Iterator[str]:
    """The columns of a person that have a Chinese name and are not sealed."""
    for column in Resident._meta.concrete_fields:
        name = str(column.verbose_name)
        if not column.name.endswith("_sealed") and not name.isascii():
            yield name


def _facts() -> Iterator[list[str]]:
    for line in dictionary().values():
        level = "敏感" if line.is_sensitive else "一般"
        age = f"采集后{line.validity}个月" if line.validity else "不因时间失效"
        laws = "、".join(f"{law.name}{law.mark}" for law in line.laws)
        yield [str(line.label), f"{level}；用途：{line.purpose}；依据：{laws}；有效：{age}"]


def _scope(function: str) -> str:
    if function == Function.RESIDENT:
        return f"本人和所监护的不满{MINOR_UNDER}周岁的孩子，全部内容"
    if function in WORKING:
        return "本辖区的登记"
    if function in COUNTING:
        return f"只看数量，四舍五入到{STEP}，{SMALL}人以下只写“<{SMALL}”；看不到个人"
    return "看不到"


def seen_by(function: str) -> dict[str, list[FieldAccess]]:
    """Return way → the fields that a function sees so, from the tested table."""
    found: dict[str, list[FieldAccess]] = {}
    for line in field_access().values():
        found.setdefault(line.way(function), []).append(line)
    return found


def field_words(line: FieldAccess, way: str) -> str:
    """Return a field's name, with what a mask leaves of it, or with where else it is opened."""
    if "masked" not in way:
        return f"{line.label}（{line.note}）" if line.note else line.label
    return f"{line.label}（如{masked(line.mask, SAMPLES[line.mask])}）"


def role_words(function: str) -> str:
    """Return what a function sees: of whom, and which fields in what way."""
    ways = seen_by(function)
    said = [
        f"{'、'.join(field_words(line, way) for line in lines)}：{WAYS[way]}" for way, lines in ways.items()
    ]
    return "；".join([_scope(function), *said]) if set(ways) != {NONE} else _scope(function)


def _roles() -> Iterator[list[str]]:
    for function, label in FUNCTIONS:
        yield [str(label), role_words(function)]


def _consents() -> Iterator[list[str]]:
    for line in consent_purposes().values():
        yield [line.label, f"{line.text}（{line.law}）"]


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


def _sources() -> Iterator[list[str]]:
    for code, words in SOURCES.items():
        yield [str(words), f"每项内容都记着来源和日期（代码 {code}）"]


def _measures() -> Iterator[list[str]]:
    yield ["加密算法", "SM4-GCM" if settings.CIPHER == "sm4" else "AES-256-GCM"]
    yield ["当前密钥", f"{key_ring().current}（存放在数据库之外）"]
    log = rule_of("audit")
    kept = "不自动删除" if log.days is None else f"保存{log.days}天"
    yield ["留痕", f"每次写入和查看都留痕，封存后不可改；{kept}（{log.source}）"]
    yield ["检索和查看", "只在本辖区、写明目的、限次数、全部留痕"]
    yield ["自动化匹配", "机器只推荐，由工作人员确认；本人可以不同意机器匹配（个人信息保护法第24条）"]
    yield [
        "本人的权利",
        f"本人可以查看、带走、更正、申请删除、撤回同意，也看得到谁看过、为什么；申请{settings.DATA_REQUEST_DAYS}天内答复，"
        "逾期由街镇督促（个人信息保护法第44至50条）",
    ]


def content_now() -> list[Section]:
    """Return the document as the platform stands today, in sections of [label, text]."""
    hosts = [[str(host), "允许外联的主机"] for host in settings.OUTBOUND]
    sections: tuple[tuple[str, Iterable[list[str]]], ...] = (
        ("为什么要评估（个人信息保护法第55条）", _situations()),
        ("登记的个人信息", _fields()),
        ("事实字典：为什么、依据什么", _facts()),
        ("谁能看到什么", _roles()),
        ("查看的目的", ([str(words), "选定后才能显示，本人可见"] for words in PURPOSES.values())),
        ("须本人同意的用途", _consents()),
        (
            "从哪里来",
            ([str(words), f"每项内容都记着来源和日期（代码 {code}）"] for code, words in SOURCES.items()),
        ),
        ("关爱对象", _care()),
        ("保存多久", _kept()),
        ("提供给谁", hosts or [["没有", "不向外提供"]]),
        ("安全措施", _measures()),
    )
    return [{"title": title, "rows": [list(row) for row in rows]} for title, rows in sections]


def digest_of(content: list[Section], opinions: Mapping[str, str]) -> str:
    """Return the digest that a concluded document is held to."""
    text = json.dumps([content, dict(opinions)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: list[Section], after: list[Section]) -> list[tuple[str, str, str, str]]:
    """Return what changed between two documents: section, label, before, after."""
    old = {(one["title"], label): text for one in before for label, text in one["rows"]}
    new = {(one["title"], label): text for one in after for label, text in one["rows"]}
    keys = [*new, *(key for key in old if key not in new)]
    return [(*key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]
