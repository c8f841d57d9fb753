"""Pages of an import of persons: every row masked, conflicts compared and decided, an ending confirmed."""

import re

import pytest
from django.http import HttpResponse

from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.files import csv_of, upload
from linli.foundation.imports.tests.runs import run, undone
from linli.foundation.places.models import Part
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Receipt, Resident
from tests.people import Cast

from .importworld import FAMILY, HEAD, brought, clear, looked, number_of, person, resident
from .test_importing_people import crowd, replace_cell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOME = "/desk/settings/imports/"


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def text(response: HttpResponse) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_every_row_of_the_preview_can_be_read_masked(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    newer = person("王大明", "1980-05-06", 11, 联系电话="13912345678", 入住日期="2019-03-01")
    job = looked(homes.worker, newer, *FAMILY[1:])
    client = homes.cast.client("worker")
    page = text(client.get(f"{HOME}{job.public_id}/preview/?outcome=changed"))
    assert "138****5678" in page and "139****5678" in page and "13912345678" not in page
    assert "和已登记的一样" in text(client.get(f"{HOME}{job.public_id}/preview/?outcome=unchanged"))
    assert "逐行看会变成什么" in text(client.get(f"{HOME}{job.public_id}/"))


def test_a_conflict_is_compared_masked_then_in_clear_and_decided(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    job = brought(homes.worker, person("王大鸣", "1980-05-06", 11), source="health")
    client, address = homes.cast.client("worker"), f"{HOME}{job.public_id}/conflicts/"
    assert "去决定" in text(client.get(f"{HOME}{job.public_id}/"))
    page = text(client.get(address))
    assert "保留现有" in page and "王**" in page and "王大鸣" not in page
    page = text(client.post(address, {"clear": "yes"}))
    assert "王大明" in page and "王大鸣" in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"row_2_name": "take"}).status_code == 302
    work_through(job.pk)
    assert clear(resident(), "name") == "王大鸣"


def test_an_ending_is_confirmed_by_another_administrator(homes: Homes) -> None:
    rows, place = crowd(24), homes.cast.places["committee_a_place"].code
    brought(homes.worker, *rows)
    job = run(homes.worker, looked(homes.worker, *rows[:10], complete=place))
    own, other = homes.cast.client("worker"), homes.cast.client("street")
    page = text(own.get(f"{HOME}{job.public_id}/"))
    assert "文件里没有的14条" in page and "另一位管理员" in page
    assert own.post(f"{HOME}{job.public_id}/ending/", {"ends": "14"}).status_code == 403
    assert "照上面的数字再填一遍" in text(other.get(f"{HOME}{job.public_id}/"))
    assert other.post(f"{HOME}{job.public_id}/ending/", {"ends": "14"}).status_code == 302
    work_through(job.pk)
    assert Resident.objects.filter(state="away").count() == 14


def test_a_row_that_may_be_anybody_is_corrected_before_anything_ends(homes: Homes) -> None:
    rows, place = crowd(24), homes.cast.places["committee_a_place"].code
    brought(homes.worker, *rows)
    nameless = replace_cell(rows[23], "姓名", "")
    job = run(homes.worker, looked(homes.worker, *rows[:23], nameless, complete=place))
    client, address = homes.cast.client("worker"), f"{HOME}{job.public_id}/"
    page = text(client.get(address))
    assert "有1行看不出是谁" in page and "上传改好的行" in page and "原样再试一次" in page
    assert client.post(f"{address}retry/").status_code == 302
    work_through(job.pk)
    job.refresh_from_db()
    assert job.state == "held" and job.quarantine.count() == 1
    waiting = client.get(f"{address}rows.csv").content.decode("utf-8-sig").splitlines()
    head = waiting[0].split(",")
    cells = replace_cell(waiting[1].split(","), "姓名", rows[23][HEAD.index("姓名")], head)
    corrected = {"file": upload(csv_of([head, cells]), "改好的.csv")}
    assert client.post(f"{address}rows/", corrected).status_code == 302
    work_through(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and not job.quarantine.exists()
    assert Resident.objects.filter(state="here").count() == 24


def test_what_an_undo_left_leads_to_its_own_page(homes: Homes) -> None:
    job = brought(homes.worker, *FAMILY)
    found = resident()
    Resident.objects.filter(pk=found.pk).update(version=2)
    undone(homes.worker, job)
    client = homes.cast.client("worker")
    page = text(client.get(f"{HOME}{job.public_id}/"))
    assert "后来有人改过这个人的登记" in page and "王大明" not in page
    (address,) = re.findall(r'<a href="([^"]+)">居民登记</a>', page)
    assert str(found.public_id) in address
    opened = text(client.get(address))
    assert "王**的变更记录" in opened and "王大明" not in opened


def test_what_an_undo_left_of_homes_and_benefits_leads_to_its_own_page(homes: Homes) -> None:
    brought(homes.worker, *FAMILY)
    cells = [number_of("1980-05-06", 11), "王大明", "临时救助", "1200", "2026-01-01", "2026-02-01"]
    head = ["证件号码", "姓名", "待遇", "金额", "开始日期", "结束日期"]
    brought(homes.worker, cells, head=head, target="receipts")
    receipt, part = Receipt.objects.get(), Part.objects.filter(name="101").earliest("pk")
    (named,) = target_get("receipts").named([receipt.pk]).values()
    assert named == ("待遇登记", target_get("residents").named([resident().pk])[resident().pk][1])
    (home,) = target_get("homes").named([part.pk]).values()
    client = homes.cast.client("worker")
    assert "王**" in text(client.get(named[1])) and "101" in text(client.get(home[1], follow=True))
