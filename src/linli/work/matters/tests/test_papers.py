"""受理单, 派单, 回执: what stands on them for whom, and that the reporter stands there only by a reveal."""

from typing import Any

import pytest
from django.urls import reverse

from linli.foundation.audit.models import AuditRecord
from linli.work.matters import services
from linli.work.matters.models import Matter
from linli.work.matters.tests.desk_stages import Stages, stages_build
from linli.work.matters.tests.life import year_load
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(cast: Cast, clock: Any) -> Stages:
    year_load()
    return stages_build(cast)


def order(stages: Stages, matter: Matter) -> str:
    return reverse("matters:order", args=[matter.public_id, stages.lead(matter).public_id])


def slip(matter: Matter) -> str:
    return reverse("matters:slip", args=[matter.public_id])


def reply(matter: Matter) -> str:
    return reverse("matters:reply", args=[matter.public_id])


def read(stages: Stages, who: str, address: str) -> str:
    answer = stages.cast.client(who).get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return str(answer.content.decode())


def test_the_slip_says_who_has_it_until_when_and_by_which_rule(stages: Stages) -> None:
    matter = stages.signed()
    page = read(stages, "worker", slip(matter))
    matter.refresh_from_db()
    for words in (
        "事项受理单",
        "桂花第一居委会",
        matter.number,
        matter.text,
        "桂花街道城管中队",
        "当前时限",
        f"依据：{matter.due_source}",
        "经办人",
        "30天内申请重新办理",
        f"/m/{matter.public_id}/",
        "data:image/svg+xml",
        "赵敏",
    ):
        assert words in page, words
    assert "王阿姨" not in page and "13900000001" not in page


def test_what_is_not_accepted_yet_or_refused_says_so(stages: Stages) -> None:
    matter = stages.reported()
    assert "事项登记单" in read(stages, "worker", slip(matter))
    services.matter_decline(
        actor=stages.cast.actor("worker"),
        matter_id=matter.pk,
        version=matter.version,
        reason="属于房屋买卖纠纷",
        where_to_go="区人民法院",
    )
    page = read(stages, "worker", slip(matter))
    assert "不予受理告知单" in page and "属于房屋买卖纠纷" in page and "区人民法院" in page


def test_the_order_goes_to_its_unit(stages: Stages) -> None:
    matter = stages.sent("chengguan", co=("wuye",))
    lead = stages.lead(matter)
    page = read(stages, "department", order(stages, matter))
    for words in (
        "事项派单",
        "桂花街道城管中队（主办）",
        "安居物业公司",
        "签收人",
        "办理情况",
        lead.due_source,
    ):
        assert words in page, words
    assert f"/desk/matters/{matter.public_id}/" in page
    assert "王阿姨" not in page
    assert stages.cast.client("property").get(order(stages, matter)).status_code == 404  # the lead's
    own = matter.assignments.get(unit=stages.cast.units["wuye"])
    address = reverse("matters:order", args=[matter.public_id, own.public_id])
    assert "安居物业公司（协办）" in read(stages, "property", address)
    assert stages.cast.client("other_street").get(address).status_code == 404


def test_an_order_that_was_moved_is_gone(stages: Stages) -> None:
    matter = stages.sent("chengguan")
    address = order(stages, matter)
    services.matter_rehand(
        actor=stages.cast.actor("street"),
        matter_id=matter.pk,
        version=matter.version,
        unit=stages.cast.units["fangguan"],
        reason="属于房管",
    )
    assert stages.cast.client("street").get(address).status_code == 404
    assert "桂花街道房管所（主办）" in read(stages, "street", order(stages, matter))


def test_no_reply_before_the_end(stages: Stages) -> None:
    answer = stages.cast.client("worker").get(reply(stages.handled()))
    assert answer.status_code == 409
    assert "还没有办结" in answer.content.decode()


def test_the_reply_tells_what_was_done_and_what_one_may_do(stages: Stages) -> None:
    matter = stages.closed()
    page = read(stages, "worker", reply(matter))
    for words in ("办理结果回执", "桂花街道城管中队", "看过，亮了", "办结时间", "可以申请重办", "4月9日"):
        assert words in page, words
    assert page.index("我们收到了您反映的事") < page.index("核查通过，这件事办结")


@pytest.mark.parametrize("who", ["worker", "department"])
def test_the_reporter_is_added_by_a_purpose_that_is_recorded(stages: Stages, who: str) -> None:
    matter = stages.signed()
    client = stages.cast.client(who)
    assert client.post(slip(matter), {"purpose": ""}).status_code == 422
    assert client.post(slip(matter), {"purpose": "fun"}).status_code == 422
    assert not AuditRecord.objects.filter(verb="matter.reveal").exists()
    page = client.post(slip(matter), {"purpose": "visit"}).content.decode()
    assert "王阿姨" in page and "13900000001" in page and "含个人信息" in page
    look = AuditRecord.objects.get(verb="matter.reveal")
    assert (look.purpose, look.about_id) == ("打印：预约上门", stages.cast.person("resident").pk)
    assert look.looked_at == ["reporter_name", "reporter_phone"]
    assert "王阿姨" not in client.get(slip(matter)).content.decode()


def test_who_may_not_know_the_reporter_is_not_offered_to_add_them(stages: Stages) -> None:
    matter = stages.signed()
    client = stages.cast.client("district")
    assert "加上反映人" not in client.get(slip(matter)).content.decode()
    assert "王阿姨" not in client.post(slip(matter), {"purpose": "visit"}).content.decode()
    assert not AuditRecord.objects.filter(verb="matter.reveal").exists()


def test_the_record_page_offers_the_papers_that_there_are(stages: Stages) -> None:
    matter = stages.signed()
    record = reverse("matters:record", args=[matter.public_id])
    page = stages.cast.client("worker").get(record).content.decode()
    assert slip(matter) in page and order(stages, matter) in page and reply(matter) not in page
    closed = stages.closed()
    page = stages.cast.client("city").get(reverse("matters:record", args=[closed.public_id])).content.decode()
    assert reply(closed) in page


def test_a_resident_prints_their_own(stages: Stages) -> None:
    matter, closed = stages.signed(), stages.closed()
    client = stages.cast.client("resident")
    page = client.get(reverse("matters:paper", args=[matter.public_id])).content.decode()
    assert "事项受理单" in page and "加上反映人" not in page
    page = client.get(reverse("matters:paper", args=[closed.public_id])).content.decode()
    assert "办理结果回执" in page and "看过，亮了" in page
    other = stages.cast.client("neighbour").get(reverse("matters:paper", args=[matter.public_id]))
    assert other.status_code == 404
