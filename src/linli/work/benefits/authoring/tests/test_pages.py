"""The desk's pages: a policy is written in the browser without knowing how it is written down."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from linli.work.benefits.authoring.checked import draft_of as said_by
from linli.work.benefits.models import Policy, StandardValue
from linli.work.benefits.outreach.tests.world import policy_make
from tests.people import Cast

from .conftest import TEXT, PolicyMaker, draft_of
from .test_services import faults_of

pytestmark = pytest.mark.django_db


def at(name: str, policy: Policy, **query: str) -> str:
    return reverse(f"benefits:{name}", args=[policy.public_id]) + (f"?{urlencode(query)}" if query else "")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_policy_is_begun_and_its_first_conditions_ticked_and_typed(seconds: Cast) -> None:
    client = seconds.client("district")
    assert "还没有惠民政策" in text(client.get(reverse("benefits:policies")))
    sent = {"name": "老年津贴", "code": "elder", "authority": "区民政局", "unit": "person"}
    answer = client.post(reverse("benefits:start"), sent)
    policy = Policy.objects.get()
    assert answer.status_code == 302 and answer["Location"] == at("draft", policy)
    assert "还没有条件" in text(client.get(at("draft", policy)))
    chooser = text(client.get(at("condition_add", policy)))
    assert "户籍" in chooser and "家庭收入" in chooser
    sent = {"lock": "1", "values": ["local", "hmt"], "label": "", "clause": "第二条"}
    assert client.post(at("condition_add", policy, fact="hukou"), sent).status_code == 302
    assert client.post(at("condition_add", policy, kind="age"), {"lock": "2", "low": "65"}).status_code == 302
    assert client.post(at("amount", policy), {"lock": "3", "pays": "month", "number": "75"})
    says = said_by(draft_of(policy))
    assert says["when"] == {
        "all": [{"clause": "第二条", "fact": "hukou", "in": ["local", "hmt"]}, {"age": {"from": "65"}}]
    }
    assert says["amount"] == "75" and not faults_of(draft_of(policy))
    page = text(client.get(at("draft", policy)))
    for words in ("户籍：本市户籍、港澳台", "年满65周岁", "第二条", "还没有案例"):
        assert words in page


def test_what_is_found_stands_beside_its_place(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy = policy_of(text=TEXT.replace("hukou", "hukoo").replace("from: 65", "from: 六十五"))
    page = text(seconds.client("district").get(at("draft", policy)))
    first, second = (part for part in re.split(r'<section class="node', page)[2:4])
    assert "hukoo" in first and "node-wrong" in first[:40] and "node-wrong" in second[:40]


@pytest.mark.parametrize(
    ("query", "sent", "words"),
    [
        ({"kind": "age"}, {}, "请至少填写一头"),
        ({"kind": "age"}, {"low": "70", "high": "65"}, "否则没有人符合"),
        ({"kind": "age"}, {"low": "六十"}, "请填写整数"),
        ({"fact": "hukou"}, {}, "请选择"),
        ({"fact": "hukou"}, {"values": ["mars"]}, "这个选项已不可用"),
        ({"fact": "income"}, {"op": "under"}, "只能选一样"),
        ({"fact": "income"}, {"op": "under", "number": "一千"}, "请填写数字"),
        ({"fact": "retired_on"}, {"op": "from", "day": "昨天"}, "请填写日期"),
        ({"kind": "count"}, {"op": "from", "number": "1"}, "请至少填写一头"),
    ],
)
def test_a_condition_that_says_nothing_is_refused_beside_its_field(
    policy_of: PolicyMaker, seconds: Cast, query: dict[str, str], sent: dict[str, Any], words: str
) -> None:
    policy = policy_of()
    answer = seconds.client("district").post(at("condition_add", policy, **query), {"lock": "2", **sent})
    assert answer.status_code == 422 and words in text(answer)
    assert draft_of(policy).text == TEXT


def test_a_condition_is_changed_moved_grouped_and_taken_out(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("district")
    form = text(client.get(at("condition_change", policy, at="when.all[1]")))
    assert 'name="low" value="65"' in form and "第三条" in form
    sent = {"lock": "2", "low": "60", "high": "", "label": "年满60周岁", "clause": ""}
    assert client.post(at("condition_change", policy, at="when.all[1]"), sent).status_code == 302
    sent = {"lock": "3", "group": "any", "label": "", "clause": "", "count": ""}
    assert client.post(at("group", policy, at="when.all[1]"), sent).status_code == 302
    sent = {"lock": "4", "act": "up", "at": "when.all[1]", "back": "when"}
    assert client.post(at("condition_act", policy), sent).status_code == 302
    says = said_by(draft_of(policy))["when"]["all"]
    assert says[0] == {"any": [{"label": "年满60周岁", "age": {"from": "60"}}]}
    sent = {"lock": "5", "act": "remove", "at": "when.all[0]"}
    client.post(at("condition_act", policy), sent)
    assert len(said_by(draft_of(policy))["when"]["all"]) == 1
    client.post(at("undo", policy), {"lock": "6"})
    assert said_by(draft_of(policy))["when"]["all"] == says


def test_a_condition_that_no_form_says_is_shown_and_leads_to_the_text(
    policy_of: PolicyMaker, seconds: Cast
) -> None:
    policy = policy_of(text=TEXT.replace("age: {from: 65}", "age: {from: 65, at_most: 99}"))
    page = text(seconds.client("district").get(at("condition_change", policy, at="when.all[1]")))
    assert "年满65周岁、不超过99周岁" in page and at("text", policy) in page


def test_typed_text_survives_what_is_wrong_and_somebody_elses_edit(
    policy_of: PolicyMaker, seconds: Cast
) -> None:
    policy, client = policy_of(), seconds.client("district")
    answer = client.post(at("text", policy), {"lock": "2", "text": "when: [我写的"})
    assert answer.status_code == 422 and "我写的" in text(answer)
    answer = client.post(at("text", policy), {"lock": "1", "text": TEXT + "# 我写的"})
    assert answer.status_code == 409 and "我写的" in text(answer) and "别人改过" in text(answer)
    assert 'name="lock" value="2"' in text(answer) and draft_of(policy).text == TEXT
    assert client.post(at("text", policy), {"lock": "2", "text": TEXT + "# 我写的"}).status_code == 302


def test_bands_and_a_difference_are_typed_and_shown_again(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("district")
    sent = {"lock": "2", "pays": "month", "of": "age"}
    rows = {"from0": "65", "to0": "70", "pay0": "75", "from1": "70", "pay1": "150.50"}
    assert client.post(at("amount", policy, how="bands"), {**sent, **rows}).status_code == 302
    assert said_by(draft_of(policy))["amount"] == {
        "bands": {
            "of": "age",
            "rows": [{"from": "65", "to": "70", "pay": "75"}, {"from": "70", "pay": "150.50"}],
        }
    }
    page = text(client.get(at("amount", policy)))
    assert "满65、不满70" in page and "150.50元" in page and 'name="pay1" value="150.50"' in page
    answer = client.post(at("amount", policy), {**sent, "lock": "3"})
    assert answer.status_code == 422 and "请至少填写一档" in text(answer)


def test_what_people_are_told_is_typed(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("district")
    sent = {
        **{"lock": "2", "plain": "给老人的", "where": "街道", "bring": "户口簿\n\n身份证", "mark": "✔"},
        **{"automatic": "on", "not_income": "on", "missing": ["hukou"], "document": "", "source": ""},
    }
    assert client.post(at("about", policy), sent).status_code == 302
    says = said_by(draft_of(policy))
    assert says["bring"] == ["户口簿", "身份证"] and says["automatic"] == "yes" and says["mark"] == "✔"
    assert says["stacks"] == {"not_income": "yes"} and says["worth_asking"] == {"missing": ["hukou"]}
    assert "document" not in says and not faults_of(draft_of(policy))


@pytest.mark.parametrize("who", ["street", "worker", "other_district"])
def test_drafts_are_for_who_writes_and_their_city(policy_of: PolicyMaker, seconds: Cast, who: str) -> None:
    policy = policy_of()
    client = seconds.client(who)
    assert policy.name not in text(client.get(reverse("benefits:policies")))
    for name in ("policy", "draft", "text", "cases", "amount", "about", "propose"):
        assert client.get(at(name, policy)).status_code == 404


def test_the_city_reads_a_districts_draft_and_changes_nothing(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy, client = policy_of(), seconds.client("city")
    page = text(client.get(at("draft", policy)))
    assert "您只能查看" in page and "添加条件" not in page
    assert (
        client.post(at("condition_act", policy), {"lock": "2", "act": "up", "at": "when"}).status_code == 403
    )
    assert client.post(at("about", policy), {"lock": "2", "mark": "✔"}).status_code == 403


def test_policies_are_found_sorted_and_filtered(policy_of: PolicyMaker, seconds: Cast) -> None:
    policy_of(code="elder")
    policy_of(code="child", unit="child", text=TEXT.replace("unit: person", "unit: child"))
    client, url = seconds.client("district"), reverse("benefits:policies")
    both = text(client.get(url))
    assert both.index("老年津贴child") < both.index("老年津贴elder")
    newest = text(client.get(f"{url}?sort=-changed"))
    assert newest.index("老年津贴child") < newest.index("老年津贴elder")
    for query, there in (("q=elder", "elder"), ("unit=child", "child"), ("q=老年津贴c", "child")):
        found = text(client.get(f"{url}?{query}"))
        assert f"老年津贴{there}" in found and len(re.findall("<strong>老年津贴", found)) == 1
    assert "没有符合条件的政策" in text(client.get(f"{url}?state=published"))


def test_a_figure_is_put_forward_and_published_by_another(seconds: Cast) -> None:
    client = seconds.client("district")
    sent = {
        **{"code": "dibao", "name": "低保标准", "is_money": "yes", "number": "1595.50", "mark": "○"},
        **{"from_on": "2024-07-01", "source": "沪民规〔2023〕6号"},
    }
    wrong = client.post(reverse("benefits:standard_new"), {**sent, "number": "1.555"})
    assert wrong.status_code == 422 and "最多两位小数" in text(wrong)
    assert client.post(reverse("benefits:standard_new"), sent).status_code == 302
    row = StandardValue.objects.get()
    assert row.amount == 159_550
    publish = reverse("benefits:standard_publish", args=[row.public_id])
    assert client.post(publish).status_code == 403
    assert "1,595.50" in text(seconds.client("district2").get(reverse("benefits:standards")))
    assert seconds.client("district2").post(publish).status_code == 302
    assert StandardValue.objects.get().state == "published"


def test_of_many_conditions_every_one_is_reached(policy_of: PolicyMaker, seconds: Cast) -> None:
    lines = "\n".join(f"    - {{label: 第{at}种情况, fact: income, over: {at}}}" for at in range(499))
    head, tail = TEXT.split("when:\n")[0], TEXT[TEXT.index("amount:") :]
    policy = policy_of(text=f"{head}when:\n  any:\n{lines}\n{tail}", cases="")
    client = seconds.client("district")
    address, seen, pages = at("draft", policy), set[str](), 0
    while address:
        page = text(client.get(address))
        seen |= set(re.findall(r"第(\d+)种情况</span>", page))
        found = re.search(r'href="([^"]+)">还有\d+个条件，接着看', page)
        address, pages = html.unescape(found[1]) if found else "", pages + 1
    assert len(seen) == 499 and pages == 5
    assert "从头看" in page and "上移" in page
    assert client.get(at("draft", policy, **{"from": "many"})).status_code == 404


@pytest.mark.usefixtures("clock")
def test_whoever_may_release_a_wave_begins_it_from_the_policy(seconds: Cast) -> None:
    policy = policy_make(seconds, "elder", "老年津贴").policy
    for who, may in (("street", True), ("district", True), ("city", True), ("worker", False)):
        assert ("放出一个批次" in text(seconds.client(who).get(at("policy", policy)))) == may, who
