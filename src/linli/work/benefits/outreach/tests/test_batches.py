"""免申即享: a list by one person, approved by another; what is left out, what refusals change (nothing)."""

from dataclasses import dataclass

import pytest
from django.http import QueryDict

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.listing import listing_get
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.foundation.notices.selectors import notice_list
from linli.registers.residents.facts.services import fact_set
from linli.registers.residents.tests.houses import house_linked
from linli.work.benefits.models import Batch, Lead, Outreach
from linli.work.benefits.outreach.found import Found
from linli.work.benefits.outreach.services import (
    batch_approve,
    batch_propose,
    batch_refuse,
    batch_strike,
    outreach_tell,
)
from tests.people import Cast

from .world import CARE, RULE, Doors, doors_make, policy_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LISTS = "/desk/benefits/batches/"


@dataclass
class Listed:
    """Three households found for a benefit without application, and where they stand."""

    doors: Doors
    policy_id: str
    area: str

    def propose(self, name: str = "street", **more: str) -> Batch:
        said = {"policy_id": self.policy_id, "area_path": self.area} | more
        return batch_propose(actor=self.doors.actor(name), **said)


@pytest.fixture
def listed(cast: Cast) -> Listed:
    doors = doors_make(cast)
    version = policy_make(cast, "free_elder", "老年综合津贴免申", text=f"{RULE}automatic: true\n")
    doors.take(*(doors.found(at) for at in range(3)), version=version)
    return Listed(doors, str(version.policy.public_id), cast.places["street_place"].path)


def test_one_puts_together_and_another_approves(listed: Listed) -> None:
    batch = listed.propose()
    assert (batch.people, batch.amount) == (3, 3 * 7_500)
    duty = Duty.objects.get(room="benefits", action="approve")
    assert duty.closed_at is None and duty.due_at is not None
    batch_approve(actor=listed.doors.actor("street2"), batch_id=batch.public_id, people=3)
    batch.refresh_from_db()
    assert batch.state == "approved" and batch.decided_by != batch.proposed_by
    assert set(Lead.objects.values_list("state", "reason")) == {("granted", "免申即享")}
    duty.refresh_from_db()
    assert duty.closed_at is not None
    verbs = set(AuditRecord.objects.filter(verb__startswith="batch.").values_list("verb", flat=True))
    assert verbs == {"batch.propose", "batch.approve"}


def test_visits_that_were_under_way_end_with_it(listed: Listed) -> None:
    doors = listed.doors
    version = Lead.objects.first().policy_version  # type: ignore[union-attr]
    doors.deal(doors.release(version=version))
    assert Outreach.objects.filter(state="open").count() == 3
    batch = listed.propose()
    batch_approve(actor=doors.actor("street2"), batch_id=batch.public_id, people=3)
    assert not Outreach.objects.filter(state="open").exists()
    assert not Duty.objects.filter(room="benefits", closed_at__isnull=True).exists()


def test_who_was_spoken_to_is_settled_by_hand(listed: Listed) -> None:
    doors = listed.doors
    version = Lead.objects.first().policy_version  # type: ignore[union-attr]
    doors.deal(doors.release(version=version))
    visit = Outreach.objects.order_by("pk").first()
    assert visit is not None
    batch = listed.propose()
    outreach_tell(actor=doors.actor("worker"), outreach_id=visit.public_id, version=visit.version)
    approved = batch_approve(actor=doors.actor("street2"), batch_id=batch.public_id, people=3)
    assert approved.people == 2
    assert Lead.objects.get(outreach=visit).state == "told"
    assert Lead.objects.filter(batch=batch).count() == 2


def test_somebody_is_struck_off_and_goes_their_ordinary_way(listed: Listed) -> None:
    batch, lead = listed.propose(), Lead.objects.order_by("pk").first()
    assert lead is not None
    other = listed.doors.actor("street2")
    struck = batch_strike(actor=other, batch_id=batch.public_id, lead_id=lead.public_id)
    assert (struck.people, struck.amount) == (2, 2 * 7_500)
    with pytest.raises(NotFound):
        batch_strike(actor=other, batch_id=batch.public_id, lead_id=lead.public_id)
    with pytest.raises(Conflict, match="改过"):
        batch_approve(actor=other, batch_id=batch.public_id, people=3)
    batch_approve(actor=other, batch_id=batch.public_id, people=2)
    lead.refresh_from_db()
    assert lead.state == "waiting" and lead.batch_id is None


def test_a_list_is_given_back(listed: Listed) -> None:
    batch, other = listed.propose(), listed.doors.actor("street2")
    with pytest.raises(InvalidInput):
        batch_refuse(actor=other, batch_id=batch.public_id, reason=" ")
    batch_refuse(actor=other, batch_id=batch.public_id, reason="标准还没有公布")
    batch.refresh_from_db()
    assert (batch.state, batch.reason) == ("refused", "标准还没有公布")
    [told] = notice_list(listed.doors.actor("street")).filter(kind="benefits.batch")
    assert (
        "未核准" in told.title and "标准还没有公布" not in told.body
    )  # what is typed does not leave the house
    assert set(Lead.objects.values_list("state", "batch")) == {("waiting", None)}
    with pytest.raises(Conflict, match="办过"):
        batch_approve(actor=other, batch_id=batch.public_id, people=3)
    assert listed.propose().people == 3


def test_refusals_leave_everything_as_it_was(listed: Listed, cast: Cast) -> None:
    for name in ("worker", "district", "city", "other_street"):
        with pytest.raises(InvalidInput):
            listed.propose(name)
    with pytest.raises(NotFound):
        listed.propose(policy_id="01a218ce-0000-7000-8000-000000000000")
    asked = policy_make(cast, "asked", "要申请的补贴", text=CARE)
    with pytest.raises(Conflict, match="本人申请"):
        listed.propose(policy_id=str(asked.policy.public_id))
    assert not Batch.objects.exists()
    batch = listed.propose()
    with pytest.raises(Conflict, match="没有符合"):
        listed.propose()
    with pytest.raises(NotAllowed, match="另一人"):
        batch_approve(actor=listed.doors.actor("street"), batch_id=batch.public_id, people=3)
    with pytest.raises(NotFound):
        batch_approve(actor=listed.doors.actor("other_street"), batch_id=batch.public_id, people=3)
    batch.refresh_from_db()
    assert batch.state == "proposed"
    assert set(Lead.objects.values_list("state", flat=True)) == {"waiting"}


def test_what_changed_since_is_looked_at_again(cast: Cast) -> None:
    doors = doors_make(cast)
    version = policy_make(cast, "free_care", "照护免申", text=f"{CARE}automatic: true\n")
    for person in doors.people:
        fact_set(actor=cast.actor("worker"), subject=person, key="hukou", value="local")
        fact_set(actor=cast.actor("worker"), subject=person, key="care_level", value="2")
    doors.take(*(doors.found(at) for at in range(3)), version=version)
    listed = Listed(doors, str(version.policy.public_id), cast.places["street_place"].path)
    batch = listed.propose()
    fact_set(actor=cast.actor("worker"), subject=doors.people[0], key="hukou", value="elsewhere")
    approved = batch_approve(actor=doors.actor("street2"), batch_id=batch.public_id, people=3)
    assert approved.people == 2
    assert Lead.objects.get(resident=doors.people[0]).state == "gone"


def test_accounts_are_told_without_the_name_of_the_benefit(cast: Cast) -> None:
    house = house_linked(cast)
    version = policy_make(
        cast, "free_all", "人人津贴", text=f"{RULE}automatic: true\n".replace("from: 65", "from: 18")
    )
    doors = doors_make(cast)
    found = doors.found(0)
    home = house.father.memberships.get(to_on__isnull=True).household
    doors.take(type(found)(home.pk, house.father.pk), version=version)
    listed = Listed(doors, str(version.policy.public_id), cast.places["street_place"].path)
    batch = listed.propose()
    batch_approve(actor=doors.actor("street2"), batch_id=batch.public_id, people=1)
    notice = Notice.objects.get(kind="benefits.granted")
    assert "人人津贴" not in notice.title + notice.body and notice.url == "/me/benefits/"


def test_the_pages(listed: Listed, cast: Cast) -> None:
    street, other = cast.client("street"), cast.client("street2")
    assert "还没有名单" in street.get(LISTS).content.decode()
    made = street.post(f"{LISTS}new/", {"policy": listed.policy_id, "area": listed.area}, follow=True)
    text, batch = made.content.decode(), Batch.objects.get()
    assert "已提交3人的名单" in text and "顾**" in text and "顾阿婆" not in text
    assert "核准这份名单" not in text and "等街镇的另一人核准" in text
    page = f"{LISTS}{batch.public_id}/"
    assert "核准这份名单" in other.get(page).content.decode()
    lead = Lead.objects.order_by("pk").first()
    assert lead is not None
    assert "已划去" in other.post(f"{page}leads/{lead.public_id}/strike/", follow=True).content.decode()
    assert "2人不用申请" in other.post(f"{page}approve/", {"people": "2"}, follow=True).content.decode()
    assert "已核准" in street.get(LISTS).content.decode()


def test_lists_are_narrowed_by_policy_and_state_on_page_and_in_file(listed: Listed, cast: Cast) -> None:
    listed.propose()
    client, listing = cast.client("street"), listing_get("benefit-batches")
    for query, found in ({"state": "proposed"}, 1), ({"policy": "free_elder"}, 1), ({"state": "approved"}, 0):
        page = client.get(LISTS, query).content.decode()
        assert page.count("<tr>") == (2 if found else 0), query
        assert ("没有这样的名单" in page) == (not found) and "还没有名单" not in page
        asked = QueryDict(mutable=True)
        asked.update(query)
        rows = [row for chunk in listing.choose(cast.actor("street"), asked).chunks() for row in chunk]
        assert [listing.columns[3].read(row) for row in rows] == [3] * found
    [[row]] = listing.choose(cast.actor("district"), QueryDict()).chunks()
    assert listing.columns[3].read(row) == "<5"


def test_district_and_city_read_numbers_and_no_persons(listed: Listed, cast: Cast) -> None:
    batch = listed.propose()
    for name in ("district", "city"):
        text = cast.client(name).get(f"{LISTS}{batch.public_id}/").content.decode()
        assert "&lt;5" in text and "顾" not in text and "225" not in text
        assert "&lt;5" in cast.client(name).get(LISTS).content.decode()
    assert cast.client("grid_worker").get(LISTS).status_code == 403


def test_an_approved_list_is_handed_to_the_office_that_pays(cast: Cast) -> None:
    doors, house = doors_make(cast), house_linked(cast)
    version = policy_make(cast, "free_elder", "老年综合津贴免申", text=f"{RULE}automatic: true\n")
    doors.take(doors.found(0), Found(house.household.pk, house.father.pk), version=version)
    area = cast.places["street_place"].path
    batch = batch_propose(actor=cast.actor("street"), policy_id=version.policy.public_id, area_path=area)
    page = f"{LISTS}{batch.public_id}/"
    said = {"format": "csv", "reason": "交区民政局核发3月津贴"}
    client = cast.client("street")
    assert client.post(f"{page}pay/", said).status_code == 409  # nobody has approved it
    batch_approve(actor=cast.actor("street2"), batch_id=batch.public_id, people=2)
    assert "交给发放部门" in client.get(page).content.decode()
    for name, status in (("worker", 404), ("district", 403), ("city", 403), ("other_street", 404)):
        assert "交给发放部门" not in cast.client(name).get(page).content.decode()
        assert cast.client(name).post(f"{page}pay/", said).status_code == status, name
    for wrong in ({"reason": " "}, {"reason": "长" * 201}, {"format": "exe"}):
        assert client.post(f"{page}pay/", said | wrong).status_code == 422, wrong
    assert not AuditRecord.objects.filter(verb="batch.pay").exists()
    answer = client.post(f"{page}pay/", said)
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "顾阿婆" in text and "王建国" in text and "75" in text and "交区民政局核发3月津贴" in text
    looked = AuditRecord.objects.get(verb="batch.pay", about_id=cast.person("resident").pk)
    assert looked.purpose == "交区民政局核发3月津贴"
    assert AuditRecord.objects.filter(verb="batch.pay").count() == 3  # two people and the list
    assert client.post(f"{page}pay/", said | {"format": "xlsx"}).content[:2] == b"PK"
