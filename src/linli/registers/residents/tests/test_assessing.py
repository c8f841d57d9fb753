"""An impact assessment says what the platform does, is judged, concluded, and then stays as it is."""

import pytest

from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.registers.residents.assessing.content import content_now, differences, digest_of
from linli.registers.residents.assessing.services import (
    assessment_conclude,
    assessment_make,
    assessment_write,
)
from linli.registers.residents.facts.dictionary import dictionary
from linli.registers.residents.models import Assessment
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/desk/settings/assessments/"


def test_it_is_filled_from_the_platforms_own_dictionary(cast: Cast) -> None:
    sections = {one["title"]: dict(one["rows"]) for one in content_now()}
    assert set(sections["事实字典：为什么、依据什么"]) == {str(line.label) for line in dictionary().values()}
    assert "不少于1095天" in sections["保存多久"]["个人信息保护影响评估"]
    assert "六个月" in sections["安全措施"]["留痕"] and all(sections.values())


def test_it_is_judged_concluded_and_locked(cast: Cast) -> None:
    street = cast.actor("street")
    made = assessment_make(actor=street)
    with pytest.raises(InvalidInput):
        assessment_conclude(actor=street, assessment_id=made.public_id)
    with pytest.raises(InvalidInput):
        assessment_write(actor=street, assessment_id=made.public_id, opinion=" ")
    assessment_write(actor=street, assessment_id=made.public_id, opinion="目的明确，措施相称。")
    done = assessment_conclude(actor=street, assessment_id=made.public_id)
    assert done.digest == digest_of(done.content, "目的明确，措施相称。")
    with pytest.raises(Conflict):
        assessment_write(actor=street, assessment_id=made.public_id, opinion="改一改")
    assert Assessment.objects.get().opinion == "目的明确，措施相称。"


@pytest.mark.parametrize("name", ["worker", "street2", "grid_worker", "department", "resident", "supervisor"])
def test_others_make_none(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        assessment_make(actor=cast.actor(name))
    assert not Assessment.objects.exists()


def test_a_new_one_shows_the_difference(cast: Cast) -> None:
    before = [{"title": "甲", "rows": [["一", "旧"], ["二", "同"], ["三", "去"]]}]
    after = [{"title": "甲", "rows": [["一", "新"], ["二", "同"], ["四", "来"]]}]
    assert differences(before, after) == [
        ("甲", "一", "旧", "新"),
        ("甲", "四", "", "来"),
        ("甲", "三", "去", ""),
    ]


def test_the_pages(cast: Cast) -> None:
    client = cast.client("street")
    made = client.post(PAGE)
    assert made.status_code == 302
    address = made["Location"]
    assert "请先填写" in client.post(address, {"act": "conclude"}).content.decode()
    assert client.post(address, {"opinion": "可以。"}).status_code == 302
    assert client.post(address, {"act": "conclude"}).status_code == 302
    assert "可以。" in client.get(f"{address}print/").content.decode()
    second = client.post(PAGE)["Location"]
    assert "没有变化。" in client.get(second).content.decode()
    assert "已定稿" in client.get(PAGE).content.decode()
