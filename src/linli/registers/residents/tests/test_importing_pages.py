"""Pages of an import of persons: every row masked, conflicts compared and decided, an ending confirmed."""

import pytest
from django.http import HttpResponse

from linli.foundation.imports.tasks import work_through
from linli.foundation.imports.tests.runs import run
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Resident
from tests.people import Cast

from .importworld import FAMILY, brought, clear, looked, person, resident
from .test_importing_people import crowd

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
