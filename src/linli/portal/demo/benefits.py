"""The demo's policies: what comes with the software, a district's own in each stage, a figure that waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from linli.core.actor import Actor
from linli.foundation.places.selectors import division_by_code
from linli.work.benefits.authoring.selectors import version_in_work
from linli.work.benefits.authoring.services.conditions import condition_add, draft_fill, group_change
from linli.work.benefits.authoring.services.shipping import policies_ship
from linli.work.benefits.authoring.services.standards import standard_propose
from linli.work.benefits.authoring.services.versions import (
    policy_start,
    version_propose,
    version_publish,
    version_refuse,
    version_save,
)
from linli.work.benefits.models import Policy

from .cast import MACHINE
from .life import Stage

MEALS = """- name: 80岁生日当天还不算
  on: 2026-09-01
  person: {birth: 1946-09-01, hukou: local}
  expect: not
- name: 生日第二天起每月120元
  on: 2026-09-02
  person: {birth: 1946-09-01, hukou: local}
  expect: eligible
  amount: 120
- name: 外省市户籍不符合
  on: 2026-09-02
  person: {birth: 1940-01-01, hukou: elsewhere}
  expect: not
- name: 户籍不清楚要核实
  on: 2026-09-02
  person: {birth: 1940-01-01}
  expect: unknown
  missing: [hukou]
"""
RENT = """- name: 20岁、外省市户籍
  on: 2027-01-02
  person: {birth: 2006-05-01, hukou: elsewhere}
  expect: eligible
  amount: 500
- name: 本市户籍、没有居住证
  on: 2027-01-02
  person: {birth: 2006-05-01, hukou: local, residence_permit: no}
  expect: not
- name: 满36周岁
  on: 2027-01-02
  person: {birth: 1990-05-01, hukou: elsewhere}
  expect: not
"""


def policies_build(stage: Stage) -> None:
    """Ship the city's policies; the district publishes one, and has another in work."""
    policies_ship(actor=MACHINE, place=division_by_code("31"))
    first, second = stage.cast["district.officer"], stage.cast["district.second"]
    meals = _started(first, "meals", "高龄老人助餐补贴", "杨浦区民政局")
    _said(first, meals, [{"fact": "hukou", "in": ["local"], "label": "本市户籍"}, {"age": {"from": "80"}}])
    _filled(
        first,
        meals,
        amount="120",
        bring=["身份证"],
        where="居委会或社区食堂",
        plain="80岁以上的老人，每月有120元助餐补贴，打到社区食堂的饭卡里。",
        document="杨浦民〔2026〕18号（演示）",
        mark="○",
        worth_asking={"missing": ["hukou"]},
    )
    _with_cases(first, meals, MEALS)
    lock = _lock(meals)
    waiting = version_propose(
        actor=first,
        policy_id=meals.pk,
        lock=lock,
        from_on=date(2026, 9, 1),
        document="杨浦民〔2026〕18号（演示）",
        remark="首次发布",
    )
    version_publish(actor=second, policy_id=meals.pk, digest=waiting.digest)
    _sent_back(second, first)
    standard_propose(
        actor=stage.cast["city.officer"],
        code="dibao",
        name="最低生活保障标准（每人每月）",
        from_on=date(2027, 7, 1),
        amount=170_000,
        source="演示：待公布的标准",
        mark="✘",
    )


def _sent_back(actor: Actor, other: Actor) -> None:
    """A draft that the second person did not approve, with what is to be mended."""
    rent = _started(actor, "young_rent", "新市民租房补贴", "杨浦区房管局")
    _said(actor, rent, [{"age": {"from": "18", "under": "36"}}, {"fact": "hukou", "in": ["elsewhere"]}])
    about: dict[str, Any] = {"actor": actor, "policy_id": rent.pk}
    group_change(**about, lock=_lock(rent), place="when.all[1]", group="any", label="户籍或居住证")
    node = {"fact": "residence_permit", "in": ["yes"]}
    condition_add(**about, lock=_lock(rent), place="when.all[1]", node=node)
    _filled(actor, rent, amount="500", plain="在区里工作的年轻人，租房每月补500元。还在征求意见。")
    _with_cases(actor, rent, RENT)
    proposed = {"from_on": date(2027, 1, 1), "document": "杨浦房管〔2026〕7号（演示）", "remark": "新设立"}
    version_propose(actor=actor, policy_id=rent.pk, lock=_lock(rent), **proposed)
    why = "还缺区财政局的意见；“在区里工作”没有写进条件，请补上再交。"
    version_refuse(actor=other, policy_id=rent.pk, reason=why)


def _started(actor: Actor, code: str, name: str, authority: str) -> Policy:
    return policy_start(actor=actor, code=code, name=name, authority=authority, unit="person")


def _lock(policy: Policy) -> int:
    version = version_in_work(policy)
    return version.lock if version else 0


def _said(actor: Actor, policy: Policy, nodes: list[dict[str, Any]]) -> None:
    for node in nodes:
        condition_add(actor=actor, policy_id=policy.pk, lock=_lock(policy), place="when", node=node)


def _filled(actor: Actor, policy: Policy, **said: Any) -> None:
    draft_fill(actor=actor, policy_id=policy.pk, lock=_lock(policy), said=said)


def _with_cases(actor: Actor, policy: Policy, cases: str) -> None:
    version = version_in_work(policy)
    text = version.text if version else ""
    version_save(actor=actor, policy_id=policy.pk, lock=_lock(policy), text=text, cases=cases)
