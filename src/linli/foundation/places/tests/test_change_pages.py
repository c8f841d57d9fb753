"""Pages and JSON about division changes: three steps to a change, its page, history, search over the tree."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.foundation.places.models import Division, DivisionChange
from linli.foundation.places.services import compound_add
from tests.people import Cast, place_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NEW, LIST, INDEX = reverse("places:change_new"), reverse("places:changes"), reverse("places:index")
A, B, STREET = "990101001001", "990101001002", "990101001"
COMMON = {"document": "临府〔2026〕5号", "effective_on": "2026-03-10"}
MERGE = {
    **COMMON,
    **{"code_of": A, "kind": "merge", "others": [B], "name": "桂花新居委会", "code": "990101001009"},
}


def send(cast: Cast, said: dict[str, Any], who: str = "district", **more: Any) -> Any:
    return cast.client(who).post(NEW, {**said, **more})


def test_three_steps_to_a_merger(cast: Cast) -> None:
    client = cast.client("district")
    page = client.get(INDEX, {"code": A})
    assert "办理变更" in page.content.decode()
    kinds = client.get(NEW, {"code_of": A}).content.decode()
    assert all(word in kinds for word in ("合并", "拆分", "更名", "代码变更", "边界调整", "撤销"))
    form = client.get(NEW, {"code_of": A, "kind": "merge"}).content.decode()
    assert "桂花第二居委会" in form and "梧桐第一居委会" not in form
    seen = client.post(NEW, MERGE)
    text = seen.content.decode()
    assert seen.status_code == 200 and "还没有保存" in text and "赵敏" not in text
    assert "岗位" in text and "单位" in text and "桂花新居委会" in text
    assert not DivisionChange.objects.exists()
    done = client.post(NEW, {**MERGE, "decide": "yes"}, follow=True)
    change = DivisionChange.objects.get()
    assert done.redirect_chain == [(reverse("places:change", args=[change.public_id]), 302)]
    assert change.state == "done" and Division.objects.on().filter(code="990101001009").exists()
    text = done.content.decode()
    assert "变更前" in text and "反方向" in text and "临府〔2026〕5号" in text


def test_going_back_keeps_what_was_filled_in(cast: Cast) -> None:
    page = send(cast, MERGE, change="yes")
    assert page.status_code == 200 and "桂花新居委会" in page.content.decode()
    assert not DivisionChange.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"document": ""}, "请填写批准文号"),
        ({"effective_on": "明天"}, "请填写日期"),
        ({"effective_on": "2019-01-01"}, "生效日期不能早于"),
        ({"others": []}, "请至少选一个"),
        ({"others": ["990101002001"]}, "选择"),
        ({"code": "12"}, "12位数字"),
        ({"code": ""}, "请填写变更后的代码"),
    ],
)
def test_a_refused_form_says_why_and_keeps_everything(cast: Cast, more: dict[str, Any], words: str) -> None:
    page = send(cast, MERGE, decide="yes", **more)
    assert page.status_code == 422 and words in page.content.decode()
    assert "桂花新居委会" in page.content.decode() and not DivisionChange.objects.exists()


def test_a_split_asks_for_each_child_once_the_parts_are_known(cast: Cast) -> None:
    compound = compound_add(
        actor=cast.actor("street"),
        name="东苑",
        street=cast.places["street_place"],
        committee=cast.places["committee_a_place"],
    )
    said: dict[str, Any] = {**COMMON, "code_of": A, "kind": "split"}
    said["parts"] = f"{A} 桂花第一居委会\n990101001011 桂花新居委会"
    asked = send(cast, said)
    assert asked.status_code == 422 and "请选择“东苑”分到哪里" in asked.content.decode()
    said |= {f"compound-{compound.public_id}": "990101001011", "rest": A}
    assert "换居委的小区" in send(cast, said).content.decode()
    assert send(cast, said, decide="yes").status_code == 302
    compound.refresh_from_db()
    assert compound.committee.code == "990101001011"
    broken = send(cast, {**said, "parts": "没有代码"})
    assert broken.status_code == 422 and "至少两行" in broken.content.decode()


def test_a_boundary_change_names_candidates(cast: Cast) -> None:
    place_make("990102001", "梧桐街道", 4, cast.places["other_district_place"])
    said = {**COMMON, "code_of": STREET, "kind": "boundary", "parts": [A]}
    asked = send(cast, {**said, "to": "梧桐街道"}, who="city")
    assert asked.status_code == 422 and "有2个“梧桐街道”" in asked.content.decode()
    assert send(cast, {**said, "to": "临江区梧桐街道"}, who="city", decide="yes").status_code == 302
    assert Division.objects.on().get(code=A).parent.code == "990101002"


@pytest.mark.parametrize("kind", ["set_up", "abolish", "rename", "renumber", "merge", "split", "boundary"])
def test_every_form_is_drawn(cast: Cast, kind: str) -> None:
    page = cast.client("operator").get(NEW, {"code_of": STREET, "kind": kind})
    assert page.status_code == 200 and "批准文号" in page.content.decode()
    assert 'value="2026-03-10"' in page.content.decode()  # today is proposed


def test_set_up_proposes_the_next_code(cast: Cast) -> None:
    page = cast.client("operator").get(NEW, {"code_of": STREET, "kind": "set_up"})
    assert page.context["form"].fields["code"].initial == "990101001003"
    grid = cast.client("street").get(NEW, {"code_of": A, "kind": "set_up"})
    assert grid.context["form"].fields["code"].initial == f"{A}001"


def test_two_persons_for_a_district(cast: Cast) -> None:
    said = {**COMMON, "code_of": "990101", "kind": "rename", "name": "滨江区"}
    assert "另一位管理员确认" in send(cast, said, who="city").content.decode()
    send(cast, said, who="city", decide="yes")
    change = DivisionChange.objects.get()
    page, confirm = (
        reverse(f"places:{name}", args=[change.public_id]) for name in ("change", "change_confirm")
    )
    own = cast.client("city").get(page).content.decode()
    assert "等另一位管理员确认" in own and confirm not in own
    assert cast.client("city").post(confirm).status_code == 403
    assert confirm in cast.client("operator").get(page).content.decode()
    assert cast.client("operator").post(confirm).status_code == 302
    change.refresh_from_db()
    assert change.state == "done" and Division.objects.on().get(code="990101").name == "滨江区"


def test_a_future_change_can_be_cancelled(cast: Cast) -> None:
    send(cast, MERGE, decide="yes", effective_on=str(date(2026, 3, 10) + timedelta(days=30)))
    change = DivisionChange.objects.get()
    assert change.state == "confirmed"
    cancel, apply = (reverse(f"places:change_{act}", args=[change.public_id]) for act in ("cancel", "apply"))
    assert cast.client("district").post(apply).status_code == 409
    assert cast.client("worker").post(cancel).status_code == 403
    assert cast.client("district").post(cancel).status_code == 302
    change.refresh_from_db()
    assert change.state == "cancelled"
    assert "已取消" in cast.client("worker").get(LIST, {"q": "桂花"}).content.decode()
    assert "没有符合" in cast.client("worker").get(LIST, {"q": "不存在"}).content.decode()


def test_history_is_on_every_page_of_those_concerned(cast: Cast) -> None:
    send(cast, MERGE, decide="yes")
    for code in (A, B, "990101001009"):
        page = cast.client("worker").get(INDEX, {"code": code}).content.decode()
        assert "沿革" in page and "合并" in page and "临府〔2026〕5号" in page
    gone = cast.client("worker").get(INDEX, {"code": A}).content.decode()
    assert "已不再使用" in gone and "办理变更" not in gone


def test_the_tree_is_found_by_name_pinyin_and_code(cast: Cast) -> None:
    client = cast.client("operator")
    for words, found in (("梧桐", "990101002"), ("990101002", "梧桐第一居委会"), ("%", "没有找到")):
        assert found in client.get(INDEX, {"q": words}).content.decode()


def test_a_country_begins_with_its_provinces(cast: Cast) -> None:
    place_make("98", "另一省", 1, None)
    page = cast.client("operator").get(INDEX).content.decode()
    assert "测试市" in page and "另一省" in page
    assert "测试市" in cast.client("city").get(INDEX).content.decode()


# -- JSON ----------------------------------------------------------------------------------------------------


def test_divisions_as_json(cast: Cast) -> None:
    client, url = cast.client("visitor"), reverse("places:divisions")
    below = client.get(url, {"parent": STREET}).json()
    assert [row["code"] for row in below["divisions"]] == [A, B] and below["has_more"] is False
    assert [row["code"] for row in client.get(url, {"parent": ""}).json()["divisions"]] == ["99"]
    found = client.get(url, {"q": "梧桐", "area": "990101"}).json()["divisions"]
    assert [row["code"] for row in found] == ["990101002", "990101002001"]
    assert found[0]["label"] == "测试市临江区梧桐街道" and found[0]["level"] == 4
    assert client.get(url).status_code == 422
    assert client.get(url, {"parent": "nonsense"}).status_code == 404
    assert client.get(url, {"q": "\0"}).status_code == 422


def test_history_as_json(cast: Cast) -> None:
    send(cast, MERGE, decide="yes")
    url = reverse("places:division_history", args=[A])
    [step] = cast.client("visitor").get(url).json()["history"]
    assert (step["kind"], step["document"], step["effective_on"]) == (
        "merge",
        "临府〔2026〕5号",
        "2026-03-10",
    )
    assert [part["code"] for part in step["before"]] == [A, B]
    assert [part["code"] for part in step["after"]] == ["990101001009"]
    assert (
        cast.client("visitor").get(reverse("places:division_history", args=["990102"])).json()["history"]
        == []
    )
    assert cast.client("visitor").get(reverse("places:division_history", args=["1"])).status_code == 404
