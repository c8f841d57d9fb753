"""Two more people of district and city, a policy of each, and a draft that says something."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linli.core.actor import Function
from linli.work.benefits.authoring.selectors import version_in_work
from linli.work.benefits.authoring.services.versions import policy_start, version_save
from linli.work.benefits.models import Policy, PolicyVersion
from tests.people import Cast, staff_make

TEXT = """unit: person
pays: month
document: 试行〔2026〕1号
source: 测试用
mark: ○
when:
  all:
    - {label: 本市户籍, clause: 第二条, fact: hukou, in: [local]}
    - {clause: 第三条, age: {from: 65}}
amount: 75
bring: [户口簿]
where: 户籍地街镇社区事务受理服务中心
plain: 65岁以上的老人每月有津贴。
"""
CASES = """- name: 生日当天还不算
  on: 2025-03-01
  person: {birth: 1960-03-01, hukou: local}
  expect: not
- name: 第二天起每月75元
  on: 2025-03-02
  person: {birth: 1960-03-01, hukou: local}
  expect: eligible
  amount: 75
- name: 不知道户籍就待核
  on: 2025-03-02
  person: {birth: 1960-03-01}
  expect: unknown
  missing: [hukou]
"""


@pytest.fixture
def seconds(cast: Cast) -> Cast:
    """The cast with ``district2`` and ``city2``, colleagues without an administrator's rights."""
    staff_make(cast, "district2", "褚二", cast.units["district_unit"], Function.DISTRICT, is_admin=False)
    staff_make(cast, "city2", "蒋二", cast.units["city_unit"], Function.CITY, is_admin=False)
    return cast


PolicyMaker = Callable[..., Policy]


@pytest.fixture
def policy_of(seconds: Cast) -> PolicyMaker:
    """Return a maker of policies with a draft that is whole."""

    def make(
        by: str = "district",
        code: str = "elder",
        *,
        text: str = TEXT,
        cases: str = CASES,
        unit: str = "person",
    ) -> Policy:
        actor = seconds.actor(by)
        made = policy_start(actor=actor, code=code, name=f"老年津贴{code}", authority="区民政局", unit=unit)
        version_save(actor=actor, policy_id=made.pk, lock=1, text=text, cases=cases)
        return made

    return make


def draft_of(policy: Policy) -> PolicyVersion:
    """Return what is in work of a policy."""
    found = version_in_work(policy)
    assert found is not None
    return found
