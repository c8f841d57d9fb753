"""Several matters at once: looked through first, each its own act, the refused named; and 催办."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.errors import Conflict
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.work.matters import services as do
from linli.work.matters.desk.bulk import BULK
from linli.work.matters.models import Category, Matter
from tests.people import Cast

from .life import Life, category, days_later, told, year_load

pytestmark = pytest.mark.django_db
BULK_URL = "matters:bulk"


@pytest.fixture
def life(cast: Cast, clock: Any) -> Life:
    year_load()
    category("facility")
    return Life(cast)


def data(act: str, *matters: Matter, **more: Any) -> dict[str, Any]:
    chosen = [str(matter.public_id) for matter in matters]
    versions = {f"v-{matter.public_id}": matter.version for matter in matters}
    return {"act": act, "chosen": chosen, **versions, **more}


def preview(client: Client, act: str, *matters: Matter, **more: Any) -> str:
    answer = client.post(reverse(BULK_URL), data(act, *matters, **more))
    assert answer.status_code == 200
    return answer.content.decode()


def go(client: Client, act: str, *matters: Matter, **more: Any) -> str:
    return preview(client, act, *matters, go="1", **{"request_key": uuid4().hex, **more})


def states(*matters: Matter) -> list[str]:
    return [Matter.objects.get(pk=matter.pk).state for matter in matters]


def accepted(life: Life, code: str = "facility", affair_class: str = "major") -> Matter:
    matter = life.to_accepted()
    return do.matter_sort(
        actor=life.who("worker"),
        **life.on(matter),
        affair_class=affair_class,
        reason="影响多户",
        category=Category.objects.get(code=code),
    )


# -- what is never done in bulk --------------------------------------------------
def test_nothing_that_ends_a_matter_or_needs_words_for_one_reporter() -> None:
    assert set(BULK) == {"accept", "sign", "hand_over", "close", "remind", "note"}
    assert [code for code, row in BULK.items() if row.is_together] == ["close"]  # another person decides


@pytest.mark.parametrize("act", ["decline", "merge", "verify", "guide", "nonsense", ""])
def test_other_acts_are_refused(life: Life, act: str) -> None:
    matter = life.to_reported()
    answer = life.cast.client("worker").post(reverse(BULK_URL), data(act, matter, go="1"))
    assert answer.status_code == 403
    assert states(matter) == ["reported"]


# -- looking through ---------------------------------------------------------------
def test_the_preview_says_how_many_and_why_not_and_does_nothing(life: Life) -> None:
    new, old = life.to_reported(), life.to_accepted()
    page = preview(life.cast.client("worker"), "accept", new, old)
    assert "可以办理 1 件，不能办理 1 件" in page
    assert "状态是「待研判」，或不归您受理" in page
    assert states(new, old) == ["reported", "accepted"]


def test_hidden_matters_are_as_if_they_were_not_chosen(life: Life) -> None:
    matter = life.to_reported()
    client = life.cast.client("worker_b")
    assert client.post(reverse(BULK_URL), data("accept", matter)).status_code == 302
    assert client.post(reverse(BULK_URL), data("accept", matter, go="1")).status_code == 302
    assert states(matter) == ["reported"]


@pytest.mark.parametrize("chosen", [[], ["nonsense"], ["' or 1=1"]])
def test_nothing_chosen_leads_back_to_the_list(life: Life, chosen: list[str]) -> None:
    client = life.cast.client("worker")
    sent = {"act": "accept", "chosen": chosen, "back": "/desk/?due=today"}
    answer = client.post(reverse(BULK_URL), sent)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?due=today")
    elsewhere = client.post(reverse(BULK_URL), {**sent, "back": "https://example.org/desk/"})
    assert elsewhere["Location"] == "/desk/matters/"


def test_more_than_a_hundred_are_refused(life: Life) -> None:
    sent = {"act": "accept", "chosen": [str(uuid4()) for _ in range(101)]}
    answer = life.cast.client("worker").post(reverse(BULK_URL), sent)
    assert answer.status_code == 422
    assert "一次最多办理100件" in answer.content.decode()


# -- doing -----------------------------------------------------------------------
def test_each_is_its_own_act_and_one_that_changed_meanwhile_is_left(life: Life) -> None:
    first, second, third = life.to_reported(), life.to_reported(), life.to_reported()
    do.note_add(actor=life.who("worker2"), matter_id=second.pk, note="我先看看")
    page = go(life.cast.client("worker"), "accept", first, second, third, note="统一受理")
    assert states(first, second, third) == ["accepted", "reported", "accepted"]
    assert "其中 1 件没有办成" in page
    assert "在您打开页面之后" in page
    assert AuditRecord.objects.filter(verb="matter.accept").count() == 2
    assert first.events.get(verb="accept").note == "统一受理"


def test_the_same_page_sent_twice_tells_the_first_result(life: Life) -> None:
    first, second = life.to_reported(), life.to_reported()
    client, key = life.cast.client("worker"), uuid4().hex
    for _ in range(2):
        assert "2 件都已办好" in go(client, "accept", first, second, request_key=key, note="")
    assert AuditRecord.objects.filter(verb="matter.accept").count() == 2
    page = go(client, "accept", first, second)
    assert "其中 2 件没有办成" in page


def test_a_unit_signs_for_all_that_was_sent_to_it(life: Life) -> None:
    first, second, other = life.to_handling(), life.to_handling(), life.to_signed()
    page = preview(life.cast.client("department"), "sign", first, second, other)
    assert "可以办理 2 件，不能办理 1 件" in page
    key = uuid4().hex
    for _ in range(2):
        page = go(life.cast.client("department"), "sign", first, second, request_key=key)
        assert "2 件都已办好" in page
    assert [life.lead(matter).state for matter in (first, second)] == ["signed", "signed"]


def test_one_category_goes_to_one_unit(life: Life) -> None:
    first, second, odd = accepted(life), accepted(life), accepted(life, "green")
    unsorted, client = life.to_accepted(), life.cast.client("street")
    page = preview(client, "hand_over", first, second, odd, unsorted)
    assert "可以办理 2 件，不能办理 2 件" in page
    assert "类别与其他的不同" in page
    assert "还没有研判分类" in page
    unit = life.cast.units["chengguan"]
    assert str(unit.public_id) in page
    go(client, "hand_over", first, second, odd, unit=str(unit.public_id), instruction="请尽快")
    assert states(first, second, odd) == ["handling", "handling", "accepted"]
    assert life.lead(first).unit == life.lead(second).unit == unit
    assert life.lead(first).instruction == "请尽快"


def test_a_unit_is_needed_and_a_committee_is_offered_only_its_own(life: Life) -> None:
    matter, client = accepted(life, affair_class="minor"), life.cast.client("worker")
    page = preview(client, "hand_over", matter)
    assert str(life.cast.units["wuye"].public_id) in page
    assert str(life.cast.units["chengguan"].public_id) not in page
    lacking = client.post(reverse(BULK_URL), data("hand_over", matter, go="1"))
    assert lacking.status_code == 422
    assert "请选择派给哪个单位" in lacking.content.decode()
    forced = data("hand_over", matter, go="1", unit=str(life.cast.units["chengguan"].public_id))
    assert client.post(reverse(BULK_URL), forced).status_code == 422
    assert states(matter) == ["accepted"]


def test_a_note_needs_words_and_stays_in_each_story(life: Life) -> None:
    first, second, client = life.to_reported(), life.to_handling(), life.cast.client("worker")
    lacking = client.post(reverse(BULK_URL), data("note", first, second, go="1", note=" "))
    assert lacking.status_code == 422
    go(client, "note", first, second, note="已电话沟通")
    assert [m.events.filter(verb="note", note="已电话沟通").count() for m in (first, second)] == [1, 1]


# -- 催办 ------------------------------------------------------------------------
def test_a_reminder_reaches_whose_turn_it_is_and_once_a_day(life: Life) -> None:
    matter = life.to_handling()
    Notice.objects.all().delete()
    do.matter_remind(actor=life.who("worker"), matter_id=matter.pk, note="居民又来问了")
    assert told(matter, life.cast.person("department")) == ["remind"]
    assert told(matter, life.cast.person("department2")) == ["remind"]
    assert told(matter, life.cast.person("resident")) == []
    count = Notice.objects.count()
    with pytest.raises(Conflict) as refused:
        do.matter_remind(actor=life.who("street"), matter_id=matter.pk)
    assert "今天已经催办过" in refused.value.message
    assert Notice.objects.count() == count
    due_at = Matter.objects.get(pk=matter.pk).due_at
    days_later(1)
    do.matter_remind(actor=life.who("street"), matter_id=matter.pk)
    assert Matter.objects.get(pk=matter.pk).due_at == due_at


def test_nobody_reminds_themselves(life: Life) -> None:
    matter = life.to_reported()
    Duty.objects.update(person=life.cast.person("worker"))
    with pytest.raises(Conflict) as refused:
        do.matter_remind(actor=life.who("worker"), matter_id=matter.pk)
    assert "没有可以催办的人" in refused.value.message
    assert not matter.events.filter(verb="remind").exists()


# -- 待办 and the list ------------------------------------------------------------
def test_a_duty_is_done_from_the_list_by_one_press(life: Life) -> None:
    matter, client = life.to_reported(), life.cast.client("worker")
    page = client.get("/desk/").content.decode()
    url = reverse("matters:action", args=[matter.public_id, "accept"])
    assert f'action="{url}"' in page
    assert 'data-key="1"' in page
    assert f'value="{matter.public_id}" form="bulk-matters"' in page
    answer = client.post(url, {"version": matter.version, "request_key": "k", "next": "/desk/?due=week"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?due=week")
    assert states(matter) == ["accepted"]
    assert "已受理" in client.get("/desk/").content.decode()


def test_a_place_elsewhere_is_not_led_to(life: Life) -> None:
    matter, client = life.to_reported(), life.cast.client("worker")
    url = reverse("matters:action", args=[matter.public_id, "accept"])
    answer = client.post(url, {"version": matter.version, "next": "//example.org/desk/"})
    assert answer["Location"] == reverse("matters:record", args=[matter.public_id])


def test_a_unit_signs_from_its_list_and_is_led_to_the_form_of_the_result(life: Life) -> None:
    matter, client = life.to_handling(), life.cast.client("department")
    page = client.get("/desk/").content.decode()
    key = str(life.lead(matter).public_id)
    sign = reverse("matters:action_on", args=[matter.public_id, "sign", key])
    assert f'action="{sign}"' in page
    assert client.post(sign, {"version": "", "next": "/desk/"}).status_code == 302
    result = reverse("matters:action_on", args=[matter.public_id, "report_result", key])
    assert f'href="{result}"' in client.get("/desk/").content.decode()


def test_who_set_a_class_is_not_led_to_confirm_it(life: Life) -> None:
    matter = life.sort(life.to_accepted(), "minor", by="worker")
    confirm = f'href="{reverse("matters:action", args=[matter.public_id, "confirm_class"])}"'
    note = f'href="{reverse("matters:action", args=[matter.public_id, "note"])}"'
    own = life.cast.client("worker").get("/desk/").content.decode()
    assert note in own and confirm not in own
    other = life.cast.client("worker2").get("/desk/").content.decode()
    assert note in other and confirm in other


@pytest.mark.parametrize("who", ["worker", "street", "district"])
def test_the_list_of_matters_has_boxes_for_who_may(life: Life, who: str) -> None:
    matter = life.to_reported()
    page = life.cast.client(who).get(f"{reverse('matters:list')}?stage=all").content.decode()
    assert f'name="chosen" value="{matter.public_id}" form="bulk"' in page
    assert ('value="accept"' in page) is (who != "district")
    assert 'value="remind"' in page


@pytest.mark.parametrize("who", ["supervisor", "operator"])
def test_who_only_watches_has_none(life: Life, who: str) -> None:
    page = life.cast.client(who).get(f"{reverse('matters:list')}?stage=all").content.decode()
    assert "data-check-all" not in page


def test_twenty_are_looked_through_with_few_queries(life: Life, django_assert_max_num_queries: Any) -> None:
    matters = [life.to_reported() for _ in range(20)]
    client = life.cast.client("worker")
    preview(client, "accept", *matters)
    with django_assert_max_num_queries(14):
        preview(client, "accept", *matters)
