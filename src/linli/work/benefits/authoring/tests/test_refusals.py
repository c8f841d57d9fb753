"""What the services of authors refuse beside what their own tests show; nothing is written then."""

from datetime import date

import pytest

from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.work.benefits.authoring.services import conditions
from linli.work.benefits.authoring.services.conditions import condition_add
from linli.work.benefits.authoring.services.ending import (
    policy_end_ask,
    policy_end_confirm,
    policy_end_withdraw,
)
from linli.work.benefits.authoring.services.previews import preview_ask
from linli.work.benefits.authoring.services.shipping import policies_ship
from linli.work.benefits.authoring.services.standards import standard_propose, standard_withdraw
from linli.work.benefits.models import Policy, StandardValue
from linli.work.benefits.outreach.tests.world import MACHINE, policy_make
from tests.people import Cast

from .conftest import PolicyMaker, draft_of
from .test_services import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = date(2026, 4, 1)
FIGURE = {"code": "free", "name": "免征额", "from_on": DAY, "amount": 100, "source": "测试"}


def test_a_policy_holds_only_so_many_conditions(
    policy_of: PolicyMaker, seconds: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = policy_of()
    monkeypatch.setattr(conditions, "MOST_CONDITIONS", 1)
    about = {"policy_id": policy.pk, "lock": draft_of(policy).lock, "place": "when"}
    found = refused(
        Conflict, condition_add, actor=seconds.actor("district"), node={"age": {"from": "60"}}, **about
    )
    assert "最多1个条件" in found.message and "拆成几项" in found.hint


def test_what_ended_does_not_end_again_and_what_is_not_seen_does_not_end(seconds: Cast) -> None:
    policy = policy_make(seconds, "elder", "老年津贴").policy
    city, second, other = (seconds.actor(name) for name in ("city", "city2", "department"))
    refused(NotFound, policy_end_confirm, actor=other, policy_id=policy.pk, on=DAY)
    refused(Conflict, policy_end_confirm, actor=second, policy_id=policy.pk, on=DAY)
    policy_end_ask(actor=city, policy_id=policy.pk, on=DAY, reason="停止执行")
    policy_end_confirm(actor=second, policy_id=policy.pk, on=DAY)
    found = refused(Conflict, policy_end_confirm, actor=second, policy_id=policy.pk, on=DAY)
    assert "已经停办" in found.message
    refused(NotAllowed, policy_end_withdraw, actor=seconds.actor("street"), policy_id=policy.pk)


def test_without_a_draft_nothing_is_previewed(seconds: Cast) -> None:
    policy = policy_make(seconds, "elder", "老年津贴").policy
    found = refused(Conflict, preview_ask, actor=seconds.actor("city"), policy_id=policy.pk)
    assert "没有草稿" in found.message and found.hint
    refused(NotFound, preview_ask, actor=seconds.actor("district"), policy_id=policy.pk)


def test_figures_are_proposed_and_taken_back_by_those_whose_they_are(seconds: Cast) -> None:
    for name in ("street", "worker", "department"):
        refused(NotAllowed, standard_propose, actor=seconds.actor(name), **FIGURE)
    row = standard_propose(actor=seconds.actor("district"), **FIGURE)
    refused(NotFound, standard_withdraw, actor=seconds.actor("other_district"), standard_id=row.pk)
    refused(NotFound, standard_withdraw, actor=seconds.actor("street"), standard_id=row.pk)
    assert StandardValue.objects.filter(pk=row.pk).exists()


def test_a_policy_of_another_place_with_a_shipped_code_stays_as_it_is(seconds: Cast) -> None:
    policies_ship(actor=MACHINE, place=seconds.places["province"])
    kept = Policy.objects.get(code="dibao")
    Policy.objects.filter(pk=kept.pk).update(area_path=seconds.places["district_place"].path)
    kept.versions.all().delete()
    policies_ship(actor=MACHINE, place=seconds.places["province"])
    assert not kept.versions.exists()
