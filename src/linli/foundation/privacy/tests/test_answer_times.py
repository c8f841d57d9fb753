"""What a committee owes beyond the limit is seen by its street, on its list, once, and no content of it."""

import runpy
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from linli.config import settings
from linli.core.actor import system
from linli.core.clock import clock_forward
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.duties.selectors import duty_list
from linli.foundation.notices.services import neighbourhood_subscribe
from linli.foundation.privacy.models import DataRequest
from linli.foundation.privacy.selectors import DONE, LATE, request_list
from linli.foundation.privacy.services import (
    About,
    request_answer,
    request_make,
    request_open,
    request_urge,
    request_withdraw,
)
from linli.foundation.privacy.tasks import urge_late
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DESK = "/desk/settings/data-requests/"
WORDS = "事项里我的楼号写错了，应为三号楼"


def _asked(cast: Cast, *, in_a_neighbourhood: bool = True) -> DataRequest:
    resident = cast.actor("resident")
    if in_a_neighbourhood:
        neighbourhood_subscribe(actor=resident, place=cast.places["committee_a_place"])
    return request_make(actor=resident, kind="correct", text=WORDS)


def _urged() -> list[Duty]:
    return list(Duty.objects.filter(action="urge_data_request"))


def test_what_is_late_is_put_on_the_streets_list_once_and_closes_with_the_answer(cast: Cast) -> None:
    made = _asked(cast)
    clock_forward(timedelta(days=29))
    assert urge_late() == 0 and not _urged()
    clock_forward(timedelta(days=3))
    assert (urge_late(), urge_late()) == (1, 0)
    (duty,) = _urged()
    assert duty.function == "street" and duty.unit is None and "桂花第一居委会逾期未答复" in duty.title
    assert WORDS not in duty.title and duty.url == f"{DESK}?state=late"
    assert duty in list(duty_list(cast.actor("street")))
    for name in ("other_street", "district", "worker_b"):
        assert duty not in list(duty_list(cast.actor(name)))
    request_answer(actor=cast.actor("worker"), request_id=str(made.public_id), is_granted=True, answer="已改")
    assert {duty.state for duty in Duty.objects.all()} == {"done"}


def test_a_request_taken_back_is_urged_no_more(cast: Cast) -> None:
    made = _asked(cast)
    clock_forward(timedelta(days=32))
    urge_late()
    request_withdraw(actor=cast.actor("resident"), request_id=str(made.public_id))
    assert {duty.state for duty in Duty.objects.all()} == {"done"}
    assert urge_late() == 0


def test_what_operators_owe_is_no_streets_matter(cast: Cast) -> None:
    _asked(cast, in_a_neighbourhood=False)
    clock_forward(timedelta(days=40))
    assert urge_late() == 0 and not _urged()


def test_nobody_urges_by_hand(cast: Cast) -> None:
    made = _asked(cast)
    for name in ("street", "operator", "worker", "resident"):
        with pytest.raises(NotAllowed):
            request_urge(actor=cast.actor(name), request_id=made.pk)
    assert not _urged()
    request_urge(actor=system("test"), request_id=made.pk)
    assert AuditRecord.objects.filter(verb="data_request.urge").count() == 1


def test_the_street_sees_how_far_and_neither_who_nor_what(cast: Cast) -> None:
    made = _asked(cast)
    page = cast.client("street").get(DESK).content.decode()
    assert "更正或补充" in page and "桂花第一居委会" in page and str(made.public_id) not in page
    assert "没有逾期的申请" in cast.client("street").get(f"{DESK}?state=late").content.decode()
    clock_forward(timedelta(days=32))
    late = cast.client("street").get(f"{DESK}?state=late").content.decode()
    assert "更正或补充" in late and "已超" in late
    for personal in ("三号楼", "13900000001", cast.person("resident").name):
        assert personal not in page + late
    assert cast.client("street").get(f"{DESK}{made.public_id}/").status_code == 404
    with pytest.raises(NotFound):
        request_open(actor=cast.actor("street"), request_id=str(made.public_id))
    for name in ("other_street", "worker_b"):
        assert "更正或补充" not in cast.client(name).get(f"{DESK}?state=late").content.decode()
    for name in ("district", "supervisor", "grid_worker"):
        assert cast.client(name).get(DESK).status_code == 403
    assert DataRequest.objects.get().state == "open"


def test_a_street_answers_what_is_its_own(cast: Cast) -> None:
    street = cast.units["street_unit"]
    about = About("", "", street, cast.places["street_place"].path)
    made = request_make(actor=cast.actor("resident"), kind="explain", text=WORDS, about=about)
    assert Duty.objects.get().function == "street" and Duty.objects.get().unit == street
    assert f"{DESK}{made.public_id}/" in cast.client("street").get(DESK).content.decode()
    with pytest.raises(NotFound):
        request_open(actor=cast.actor("worker"), request_id=str(made.public_id))
    request_answer(actor=cast.actor("street"), request_id=str(made.public_id), is_granted=True, answer="说明")
    assert [row.state for row in request_list(cast.actor("street"), DONE)] == ["granted"]
    assert not request_list(cast.actor("street"), LATE)


@pytest.mark.parametrize("days", ["0", "31"])
def test_more_days_than_the_law_names_are_refused(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("LINLI_DATA_REQUEST_DAYS", days)
    with pytest.raises(ImproperlyConfigured, match="LINLI_DATA_REQUEST_DAYS"):
        runpy.run_path(settings.__file__)


def test_fewer_days_are_promised_where_the_installation_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_DATA_REQUEST_DAYS", "15")
    assert runpy.run_path(settings.__file__)["DATA_REQUEST_DAYS"] == 15
