"""我能享受什么: what a resident reads of themselves, and what stays theirs and others'."""

import pytest

from linli.cli.doctor import findings
from linli.core import clock
from linli.registers.residents.facts.services import fact_none, fact_set
from linli.registers.residents.own.services import objection_make
from linli.registers.residents.tests.houses import House, house_linked
from linli.work.benefits.models import Lead
from linli.work.benefits.outreach.tests.world import CARE, policy_make
from linli.work.benefits.own.selectors import own_benefits
from tests.people import Cast

pytestmark = pytest.mark.django_db
URL = "/me/benefits/"
INCOME = """\
unit: household
pays: month
document: 测试文号
source: 测试
mark: ✘
when: {label: 人均月收入低于一万元, clause: 第六条, value: {per_head: income}, under: 10000}
amount: 100.00
bring: [收入证明]
"""


@pytest.fixture
def house(cast: Cast) -> House:
    made = house_linked(cast)
    policy_make(cast, "test_elder", "老年综合津贴")
    policy_make(cast, "test_care", "养老服务补贴", text=CARE)
    return made


def test_who_is_not_linked_is_told_how(cast: Cast, house: House) -> None:
    text = cast.client("neighbour").get(URL).content.decode()
    assert "关联居民登记" in text and "老年综合津贴" not in text
    assert cast.client("visitor").get(URL).status_code == 302


def test_yes_maybe_no_with_reasons(cast: Cast, house: House) -> None:
    text = cast.client("resident").get(URL).content.decode()
    for words in ("可能符合的", "老年综合津贴", "每月75元", "身份证", "还缺：", "照护等级", "第三条"):
        assert words in text
    own = own_benefits(cast.actor("resident"))
    assert {(one.policy.code, one.who) for one in own.yes} == {("test_elder", "王建国")}
    assert {(one.policy.code, one.who) for one in own.maybe} == {("test_care", "王建国")}
    assert {(one.policy.code, one.who) for one in own.no} == {
        ("test_elder", "王小宝"),
        ("test_care", "王小宝"),
    }


def test_one_more_fact_changes_the_answer(cast: Cast, house: House) -> None:
    worker = cast.actor("worker")
    fact_set(actor=worker, subject=house.father, key="hukou", value="local")
    fact_none(actor=worker, subject=house.father, key="care_level")
    own = own_benefits(cast.actor("resident"))
    assert ("test_care", "王建国") in {(one.policy.code, one.who) for one in own.no}


def test_others_of_the_household_are_not_read_about(cast: Cast, house: House) -> None:
    worker = cast.actor("worker")
    policy_make(cast, "test_poor", "家庭补助", unit="household", text=INCOME)
    for person, amount in ((house.father, "3000"), (house.mother, "2345"), (house.child, "0")):
        fact_set(
            actor=worker, subject=person, key="income", value=amount, period=f"{clock.today():%Y-%m}/pension"
        )
    text = cast.client("resident").get(URL).content.decode()
    assert "家庭补助" in text and "李秀英" not in text
    assert "1,781" not in text and "1781" not in text and "2345" not in text and "***" in text


def test_a_policy_that_cannot_be_read_is_left_out(cast: Cast, house: House) -> None:
    policy_make(cast, "test_old", "旧写法的补贴", text=CARE.replace("fact: care_level", "fact: nursing"))
    leaning = CARE.replace("when:\n  all:", "when:\n  all:\n    - {policy: test_old}")
    policy_make(cast, "test_lean", "看别的政策的补贴", text=leaning)
    answer = cast.client("resident").get(URL)
    text = answer.content.decode()
    assert answer.status_code == 200 and "老年综合津贴" in text
    assert "没有放进来：旧写法的补贴" in text
    own = own_benefits(cast.actor("resident"))
    assert ("test_lean", "王建国") in {(one.policy.code, one.who) for one in own.maybe}
    assert "test_old" not in {one.policy.code for one in (*own.yes, *own.maybe, *own.no)}
    [found] = [one for one in findings() if "惠民政策" in one.fact]
    assert "旧写法的补贴" in found.fact and found.advice


def test_an_objection_is_kept(cast: Cast, house: House) -> None:
    objection_make(actor=cast.actor("resident"), resident_id=house.father.public_id)
    own = own_benefits(cast.actor("resident"))
    assert [one.pk for one in own.objecting] == [house.father.pk]
    assert not [one for one in own.yes if one.who == "王建国"]
    assert "我们尊重这个选择" in cast.client("resident").get(URL).content.decode()


def test_looking_writes_nothing(cast: Cast, house: House) -> None:
    cast.client("resident").get(URL)
    assert not Lead.objects.exists()
