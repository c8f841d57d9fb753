"""The pages of the desk for each role: what is shown, to whom, and with how many queries."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.foundation.audit.models import AuditRecord
from linli.work.matters import services
from linli.work.matters.models import Matter, Poster
from tests.people import Cast

from .desk_stages import Stages, stages_build

pytestmark = pytest.mark.django_db
LIST_QUERIES, RECORD_QUERIES = 14, 32


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    return stages_build(cast)


def listed(client: Client, query: str = "stage=all") -> str:
    return client.get(f"{reverse('matters:list')}?{query}").content.decode()


# -- who sees which page -------------------------------------------------------
PAGES = {
    "list": lambda matter: reverse("matters:list"),
    "record": lambda matter: reverse("matters:record", args=[matter.public_id]),
    "intake": lambda matter: reverse("matters:intake"),
    "reporter": lambda matter: reverse("matters:reporter", args=[matter.public_id]),
    "slip": lambda matter: reverse("matters:slip", args=[matter.public_id]),
    "accept": lambda matter: reverse("matters:action", args=[matter.public_id, "accept"]),
    "affairs": lambda matter: reverse("matters:affairs_desk"),
    "posters": lambda matter: reverse("matters:posters"),
    "clocks": lambda matter: reverse("matters:clocks"),
}
SEEN = {
    # who: status of list, record, intake, reporter, slip, accept, affairs, posters, clocks
    "visitor": (302, 302, 302, 302, 302, 302, 302, 302, 302),
    "resident": (403, 403, 403, 403, 403, 403, 403, 403, 403),
    "grid_worker": (200, 404, 200, 404, 404, 404, 403, 403, 200),
    "worker": (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "worker_b": (200, 404, 200, 404, 404, 404, 200, 200, 200),
    "street": (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "other_street": (200, 404, 200, 404, 404, 404, 200, 200, 200),
    "district": (200, 200, 403, 403, 200, 409, 200, 403, 200),
    "city": (200, 200, 403, 403, 200, 409, 200, 403, 200),
    "department": (200, 404, 403, 404, 404, 404, 403, 403, 200),
    "property": (200, 404, 403, 404, 404, 404, 403, 403, 200),
    "supervisor": (200, 404, 403, 404, 404, 404, 403, 403, 200),
    "operator": (200, 404, 403, 404, 404, 404, 403, 403, 200),
}


@pytest.mark.parametrize("who", SEEN)
def test_each_role_on_each_page(who: str, stages: Stages) -> None:
    matter = stages.reported()
    client = stages.cast.client(who)
    found = {name: client.get(url(matter)).status_code for name, url in PAGES.items()}
    assert found == dict(zip(PAGES, SEEN[who], strict=True))


def test_a_unit_sees_what_it_was_given(stages: Stages) -> None:
    matter = stages.sent()
    client = stages.cast.client("department")
    assert matter.number in listed(client)
    page = client.get(reverse("matters:record", args=[matter.public_id])).content.decode()
    assert "签收" in page
    assert "您的岗位不能查看反映人信息" in page
    assert stages.cast.client("property").get(PAGES["record"](matter)).status_code == 404


# -- the list ------------------------------------------------------------------
def test_tabs_count_and_narrow(stages: Stages) -> None:
    first, second = stages.reported(), stages.accepted()
    client = stages.cast.client("worker")
    page = listed(client, "stage=reported")
    assert first.number in page
    assert second.number not in page
    assert "待受理<small>1</small>" in page
    assert "全部<small>2</small>" in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=路灯坏了", True),
        ("q=下水道", False),
        ("category=facility", False),
        ("channel=web", True),
        ("channel=door", False),
        ("from_on=2026-03-10&to_on=2026-03-10", True),
        ("from_on=2026-03-11", False),
        ("affair_class=major", False),
        ("area=990101001001", True),
        ("from_on=nonsense&order=nonsense&size=7&page=99&stage=nonsense", True),
    ],
)
def test_filters(query: str, is_found: bool, stages: Stages) -> None:
    matter = stages.reported()
    assert (matter.number in listed(stages.cast.client("street"), query)) is is_found


def test_search_by_number(stages: Stages) -> None:
    first, second = stages.reported(), stages.reported()
    page = listed(stages.cast.client("worker"), f"q={first.number}")
    assert first.number in page
    assert second.number not in page


def test_an_area_outside_ones_own_is_not_found(stages: Stages) -> None:
    client = stages.cast.client("worker")
    assert matter_status(client, "area=990101002001") == 200, "an unknown choice is left aside"
    assert stages.reported().number in listed(client, "area=990101002001")


def matter_status(client: Client, query: str) -> int:
    return client.get(f"{reverse('matters:list')}?{query}").status_code


def test_the_list_remembers_and_forgets(stages: Stages) -> None:
    client = stages.cast.client("worker")
    listed(client, "stage=accepted&category=facility&page=1")
    back = client.get(reverse("matters:list"))
    assert back.status_code == 302
    assert back["Location"].endswith("?stage=accepted&category=facility")
    page = client.get(f"{reverse('matters:list')}?reset=1", follow=True)
    assert page.redirect_chain == [(f"{reverse('matters:list')}?page=1", 302)]
    assert client.get(reverse("matters:list")).status_code == 200


def test_columns_are_kept(stages: Stages) -> None:
    stages.reported()
    client = stages.cast.client("worker")
    assert 'data-label="来源"' not in listed(client)
    listed(client, "stage=all&columns=channel")
    page = listed(client)
    assert 'data-label="来源"' in page
    assert 'data-label="类别"' not in page


def test_an_empty_list_says_why(stages: Stages) -> None:
    client = stages.cast.client("worker")
    assert "您负责的区域里还没有事项" in listed(client)
    stages.reported()
    assert "没有编号或内容含「下水道」的事项" in listed(client, "stage=all&q=下水道")
    assert "「待核查」里没有事项，「全部」里有1件" in listed(client, "stage=handled")
    assert "还没有派给您单位的事项" in listed(stages.cast.client("department"))
    for who in ("grid_worker", "supervisor"):  # there are matters in their areas: nobody says there are none
        assert "只有您登记的和派给您单位的事项" in listed(stages.cast.client(who))


def test_pages(stages: Stages) -> None:
    for _number in range(26):
        stages.reported()
    client = stages.cast.client("worker")
    assert listed(client, "stage=all").count("data-row") == 25
    assert listed(client, "stage=all&page=2").count("data-row") == 1
    assert listed(client, "stage=all&size=50").count("data-row") == 26


# -- the record ----------------------------------------------------------------
def test_record_shows_story_facts_and_the_next_step(stages: Stages) -> None:
    matter = stages.handled()
    page = stages.cast.client("worker").get(PAGES["record"](matter)).content.decode()
    for words in (
        matter.number,
        "待核查",
        "桂花街道城管中队",
        "主办",
        "已修好",
        "道路与公共设施",
        "大事",
        "暂定",
    ):
        assert words in page
    assert page.count('class="btn btn-primary"') == 1, "one coloured button"


def test_story_says_to_whom_and_by_when(stages: Stages) -> None:
    page = stages.cast.client("street").get(PAGES["record"](stages.sent(co=("fangguan",)))).content.decode()
    assert "单位：桂花街道城管中队" in page
    assert "时限：" in page
    assert "分类：大事" in page


def test_reporter_is_hidden_until_asked_for_with_a_purpose(stages: Stages) -> None:
    matter = stages.reported()
    client = stages.cast.client("worker")
    assert "13900000001" not in client.get(PAGES["record"](matter)).content.decode()
    url = PAGES["reporter"](matter)
    assert client.post(url, {}).status_code == 422
    looks = AuditRecord.objects.count()
    answer = client.post(url, {"purpose": "visit"})
    assert "13900000001" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert AuditRecord.objects.count() == looks + 1
    assert AuditRecord.objects.latest("pk").purpose == "预约上门"


@pytest.mark.parametrize("who", ["district", "city"])
def test_reveal_is_refused_without_a_record(who: str, stages: Stages) -> None:
    matter = stages.reported()
    looks = AuditRecord.objects.count()
    answer = stages.cast.client(who).post(PAGES["reporter"](matter), {"purpose": "visit"})
    assert answer.status_code == 403
    assert AuditRecord.objects.count() == looks


def test_merged_matter_points_to_its_target(stages: Stages) -> None:
    target, matter = stages.reported(), stages.reported()
    services.matter_merge(
        actor=stages.cast.actor("worker"), matter_id=matter.pk, version=matter.version, target_id=target.pk
    )
    page = stages.cast.client("worker").get(PAGES["record"](matter)).content.decode()
    assert f"{target.number} {target.title}" in page


def test_slip_names_nobody(stages: Stages) -> None:
    matter = stages.signed()
    page = stages.cast.client("worker").get(PAGES["slip"](matter)).content.decode()
    assert "事项受理单" in page
    assert "王阿姨" not in page


# -- intake --------------------------------------------------------------------
def intake(stages: Stages, **more: str) -> dict[str, str]:
    return {
        "channel": "telephone",
        "text": "楼道灯不亮",
        "place": f"compound:{stages.compound.public_id}",
        "reporter_name": "陈先生",
        "reporter_phone": "13800138000",
        "request_key": uuid4().hex,
        **more,
    }


def test_intake_on_behalf_with_documents(stages: Stages) -> None:
    client = stages.cast.client("worker")
    sent = intake(stages, documents="身份证复印件\n房产证复印件", beneficiary_name="陈奶奶")
    answer = client.post(reverse("matters:intake"), sent)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    matter = Matter.objects.get()
    assert (matter.channel, matter.intake_by_id) == ("telephone", stages.cast.person("worker").pk)
    assert matter.reporter_phone == "13800138000"
    assert matter.documents.count() == 2
    again = client.post(reverse("matters:intake"), sent)
    assert again["Location"] == answer["Location"], "sent twice, kept once"
    assert (Matter.objects.count(), matter.documents.count()) == (1, 2)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": ""}, "写"),
        ({"place": ""}, "请填写地点"),
        ({"place": "", "place_words": "没有的小区"}, "没有找到「没有的小区」"),
        ({"place": "compound:forged"}, "没有"),
        ({"text": "长" * 100_000}, "100000"),
        ({"reporter_phone": "12345"}, "手机号"),
        ({"happened_at": "2026-12-01T09:00"}, "发生时间不能晚于现在"),
        ({"happened_at": "去年"}, "请填写日期和时间"),
        ({"category": "forged"}, "请重新选择"),
        ({"channel": "import"}, "请重新选择"),
    ],
)
def test_intake_refused_keeps_everything(more: dict[str, str], words: str, stages: Stages) -> None:
    answer = stages.cast.client("worker").post(reverse("matters:intake"), intake(stages, **more))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "陈先生" in page
    assert Matter.objects.count() == 0


def test_place_is_found_by_pinyin_and_a_single_find_counts(stages: Stages) -> None:
    client = stages.cast.client("worker")
    page = client.get(reverse("matters:place_choices"), {"place_words": "ghy"}).content.decode()
    assert "桂花苑" in page
    sent = intake(stages, place="", place_words="guihuayuan")
    assert client.post(reverse("matters:intake"), sent).status_code == 302


def test_places_of_another_street_are_not_offered(stages: Stages) -> None:
    client = stages.cast.client("other_worker")
    assert (
        "桂花苑" not in client.get(reverse("matters:place_choices"), {"place_words": "ghy"}).content.decode()
    )
    assert client.post(reverse("matters:intake"), intake(stages)).status_code == 422
    assert Matter.objects.count() == 0


def test_hints_show_emergency_category_and_repeats(stages: Stages) -> None:
    known = stages.reported()
    client = stages.cast.client("worker")
    place = f"compound:{stages.compound.public_id}"
    page = client.post(reverse("matters:intake_hints"), {"text": known.text, "place": place}).content.decode()
    assert known.number in page
    assert "道路与公共设施" in page
    page = client.post(reverse("matters:intake_hints"), {"text": "楼上着火了，有人受伤"}).content.decode()
    assert "119" in page


def test_intake_survives_an_expired_session(stages: Stages) -> None:
    client = stages.cast.client("worker")
    whose = client.get(reverse("matters:intake")).context["whose"]
    client.session.flush()
    client.cookies.pop("sessionid", None)
    assert client.post(reverse("matters:intake"), {**intake(stages), "whose": whose}).status_code == 302
    assert Matter.objects.count() == 0
    client.force_login(stages.cast.accounts["worker"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("matters:intake")).content.decode()
    assert "楼道灯不亮" in page
    assert "陈先生" in page


# -- posters -------------------------------------------------------------------
def test_poster_is_made_printed_and_taken_down(stages: Stages) -> None:
    client = stages.cast.client("worker")
    assert "桂花苑" in client.get(reverse("matters:posters"), {"words": "桂花"}).content.decode()
    place = f"building:{stages.building.public_id}"
    made = client.post(reverse("matters:posters"), {"place": place})
    poster = Poster.objects.get()
    assert made["Location"] == reverse("matters:poster_print", args=[poster.code])
    page = client.get(made["Location"]).content.decode()
    assert "data:image/svg+xml" in page
    assert f"/p/{poster.code}/" in page
    again = client.post(reverse("matters:posters"), {"place": place, "words": "桂花"})
    assert "这个位置已有海报" in again.content.decode()
    assert client.post(reverse("matters:poster_off", args=[poster.code])).status_code == 302
    poster.refresh_from_db()
    assert poster.disabled_at is not None


def test_poster_of_another_place_is_not_found(stages: Stages) -> None:
    place = f"compound:{stages.compound.public_id}"
    services.poster_create(actor=stages.cast.actor("worker"), compound=stages.compound)
    poster = Poster.objects.get()
    client = stages.cast.client("other_worker")
    assert client.get(reverse("matters:poster_print", args=[poster.code])).status_code == 404
    assert client.post(reverse("matters:poster_off", args=[poster.code])).status_code == 404
    assert client.post(reverse("matters:posters"), {"place": place}).status_code == 404
    poster.refresh_from_db()
    assert poster.disabled_at is None


# -- photos --------------------------------------------------------------------
def test_a_photo_is_seen_only_with_its_matter(stages: Stages) -> None:
    matter = stages.reported()
    client = stages.cast.client("worker")
    url = reverse("matters:record_photo", args=[matter.public_id, uuid4(), "thumb"])
    assert client.get(url).status_code == 404
    assert stages.cast.client("visitor").get(url).status_code == 302


# -- queries -------------------------------------------------------------------
def test_query_counts_do_not_grow(stages: Stages, django_assert_num_queries: Any) -> None:
    for _number in range(12):
        matter = stages.signed()
    client = stages.cast.client("street")
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        listed(client)
    for _number in range(5):
        services.note_add(actor=stages.cast.actor("street"), matter_id=matter.pk, note="补记")
    with django_assert_num_queries(RECORD_QUERIES):
        client.get(PAGES["record"](matter))
