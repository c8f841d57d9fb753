"""The pages of outreach as people use them, over HTTP."""

import pytest
from django.http import QueryDict
from django.test import Client

from linli.core.listing import listing_get
from linli.foundation.audit.models import AuditRecord
from linli.registers.residents.facts.selectors import fact_current
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.tests.houses import house_linked
from linli.work.benefits.models import Lead, Outreach
from linli.work.benefits.outreach.found import Found
from tests.people import Cast

from .world import Doors, doors_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/desk/benefits/visits/"


def page_of(visit: Outreach) -> str:
    return f"{LIST}{visit.public_id}/"


def care_visit(cast: Cast) -> tuple[Doors, Outreach, Lead]:
    """A visit for a benefit of which one sensitive fact is missing."""
    doors = doors_make(cast)
    fact_set(actor=cast.actor("worker"), subject=doors.people[0], key="hukou", value="local")
    doors.take(doors.found(0), version=doors.care)
    doors.deal(doors.release(version=doors.care, includes_unknown=True))
    lead = Lead.objects.get()
    assert lead.outreach is not None
    return doors, lead.outreach, lead


def post(client: Client, url: str, **said: object) -> int:
    status: int = client.post(url, said).status_code
    return status


def test_the_list_says_where_and_what_and_hides_names(cast: Cast) -> None:
    doors = doors_make(cast)
    doors.visited()
    answer = cast.client("worker").get(LIST)
    text = answer.content.decode()
    assert "香樟苑" in text and "老年综合津贴" in text and "从未联系" in text
    assert "顾**" in text and "顾阿婆" not in text
    narrowed = cast.client("worker").get(LIST, {"tab": "open", "q": "没有这里", "policy": "test_elder"})
    assert "没有符合这些条件的上门" in narrowed.content.decode()
    found = cast.client("worker").get(
        LIST, {"tab": "open", "q": "香樟", "policy": "test_elder", "sort": "never"}
    )
    assert "老年综合津贴" in found.content.decode()


@pytest.mark.parametrize(("name", "status"), [("district", 403), ("city", 403), ("department", 403)])
def test_who_governs_by_numbers_is_told_so(cast: Cast, name: str, status: int) -> None:
    visit, _lead = doors_make(cast).visited()
    client = cast.client(name)
    assert client.get(LIST).status_code == status
    assert client.get(page_of(visit)).status_code == 404


def test_the_page_of_a_household_says_why(cast: Cast) -> None:
    _doors, visit, lead = care_visit(cast)
    text = cast.client("worker").get(page_of(visit)).content.decode()
    for words in ("年满60周岁", "第三条", "年龄：76", "缺：照护等级", "上门时问清", "待核"):
        assert words in text
    assert str(lead.public_id) in text
    assert "顾阿婆" not in text


def test_a_fact_asked_at_the_door_settles_it(cast: Cast) -> None:
    doors, visit, lead = care_visit(cast)
    who = doors.people[0].public_id
    url = f"{page_of(visit)}ask/{who}/care_level/"
    client = cast.client("worker")
    assert client.get(url).status_code == 200
    assert post(client, url, version=visit.version, how="known", value="9") == 422
    lead.refresh_from_db()
    assert lead.verdict == "unknown"
    assert post(client, url, version=visit.version, how="known", value="2") == 302
    lead.refresh_from_db()
    assert (lead.verdict, lead.missing, lead.amount, lead.state) == ("eligible", [], 30_000, "open")
    assert fact_current(cast.actor("worker"), doors.people[0], "care_level").answer == "known"
    assert post(client, url, version=visit.version, how="none") == 409  # the page was old


def test_what_fits_no_more_ends_the_visit(cast: Cast) -> None:
    doors, visit, lead = care_visit(cast)
    url = f"{page_of(visit)}ask/{doors.people[0].public_id}/care_level/"
    assert post(cast.client("worker"), url, version=visit.version, how="known", value="0") == 302
    lead.refresh_from_db()
    visit.refresh_from_db()
    assert (lead.state, visit.state) == ("gone", "done")


def test_nobody_is_asked_about_strangers(cast: Cast) -> None:
    doors, visit, _lead = care_visit(cast)
    url = f"{page_of(visit)}ask/{doors.other_person.public_id}/care_level/"
    assert cast.client("worker").get(url).status_code == 404
    assert post(cast.client("worker"), url, version=visit.version, how="known", value="2") == 404


def test_wrong_data_is_put_right_where_it_stands(cast: Cast) -> None:
    doors, visit, lead = care_visit(cast)
    page = f"{page_of(visit)}leads/{lead.public_id}/wrong/"
    client, who = cast.client("worker"), doors.people[0].public_id
    assert "户籍" in client.get(page).content.decode()
    url = f"{page}{who}/hukou/"
    assert client.get(url).status_code == 200
    assert post(client, url, version=lead.version, how="known", value="elsewhere") == 302
    lead.refresh_from_db()
    visit.refresh_from_db()
    assert (lead.state, visit.state) == ("wrong", "done")
    assert "户籍" in lead.reason
    assert fact_current(cast.actor("worker"), doors.people[0], "hukou").value == "elsewhere"
    assert [event.to_state for event in lead.events.all()] == ["open", "wrong"]


def test_wrong_data_that_nobody_knows_better_becomes_a_duty(cast: Cast) -> None:
    _doors, visit, lead = care_visit(cast)
    page = f"{page_of(visit)}leads/{lead.public_id}/"
    client = cast.client("worker")
    assert post(client, f"{page}wrong/", version=lead.version, reason="") == 422
    assert post(client, f"{page}wrong/", version=lead.version, reason="照护等级与本人说的不同") == 302
    assert "待核实更正" in client.get(page_of(visit)).content.decode()
    assert "登记的情况有误" in client.get("/desk/").content.decode()
    assert post(client, f"{page}checked/") == 302
    assert post(client, f"{page}checked/") == 409
    assert "登记的情况有误" not in client.get("/desk/").content.decode()


def test_pressing_and_taking_back(cast: Cast) -> None:
    doors = doors_make(cast)
    visit, lead = doors.visited()
    client, page = cast.client("worker"), f"{page_of(visit)}leads/{lead.public_id}/"
    doors.elder.document = "正式1号"  # as it was published, whatever its text says
    doors.elder.save()
    shown = client.get(page_of(visit)).content.decode()
    assert "正式1号" in shown and "测试文号" not in shown and "每月75元" in shown
    assert post(client, f"{page_of(visit)}tell/", version=visit.version) == 302
    assert "待结果" in client.get(LIST, {"tab": "result"}).content.decode()
    lead.refresh_from_db()
    assert post(client, f"{page}settle/", version=lead.version, move="refuse", reason="") == 422
    assert post(client, f"{page}settle/", version=lead.version, move="apply") == 302
    lead.refresh_from_db()
    assert post(client, f"{page}undo/", version=lead.version) == 302
    lead.refresh_from_db()
    assert lead.state == "told"
    assert post(client, f"{page}settle/", version=1, move="grant") == 409


def test_a_look_is_recorded_and_shown_to_the_person(cast: Cast) -> None:
    doors, house = doors_make(cast), house_linked(cast)
    fact_set(actor=cast.actor("worker"), subject=house.father, key="care_level", value="3")
    doors.take(Found(house.household.pk, house.father.pk), version=doors.care)
    doors.deal(doors.release(version=doors.care, includes_unknown=True))
    visit = Outreach.objects.get()
    client = cast.client("worker")
    closed = client.get(page_of(visit)).content.decode()
    assert "照护等级：三级" not in closed and "***" in closed and "王建国" not in closed
    opened = client.post(page_of(visit), {"purpose": "visit"}).content.decode()
    assert "照护等级：三级" in opened and "王建国" in opened and "13912345678" in opened
    looks = AuditRecord.objects.filter(about_id=cast.person("resident").pk)
    assert set(looks.values_list("verb", flat=True)) >= {"resident.reveal", "trace.reveal"}
    assert "照护等级：三级" not in client.post(page_of(visit), {"purpose": "contact"}).content.decode()
    assert client.post(page_of(visit), {"purpose": "curiosity"}).status_code == 422


def test_a_file_says_no_more_than_the_page(cast: Cast) -> None:
    doors_make(cast).visited()
    listing = listing_get("benefit-visits")
    chosen = listing.choose(cast.actor("worker"), QueryDict("tab=open"))
    [[row]] = chosen.chunks()
    said = [column.read(row) for column in listing.columns]
    assert said[1:3] == ["顾**", "老年综合津贴"]
