"""The demo, smaller: built through the services, every state there, every role with something to do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings

from linli.core.errors import Conflict
from linli.foundation.accounts.models import Account
from linli.foundation.audit.verification import audit_verify
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.portal.demo import accounts_table
from linli.portal.demo.build import demo_build
from linli.portal.demo.cast import PASSWORD, STAFF
from linli.work.deliberation.ballots.models import Elector
from linli.work.deliberation.elections.models import Election, Recall
from linli.work.deliberation.meetings.models import Meeting
from linli.work.deliberation.resolutions.models import Resolution
from linli.work.deliberation.secret.models import Ceremony
from linli.work.matters.models import HandlingRequest, Matter
from linli.work.matters.workflow import State

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Build it once, inside a transaction that is rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True, SHOW_CODES=True):
            demo_build(matters=140)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(demo_of_module: None, db: None, settings: Any) -> None:
    settings.DEMO = settings.SHOW_CODES = True


def test_the_demo_is_refused_outside_demo_mode() -> None:
    before = Matter.objects.count()
    with pytest.raises(Conflict), transaction.atomic():
        demo_build(matters=1)
    assert Matter.objects.count() == before


def test_a_smaller_demo_has_every_state_and_decision(demo: None) -> None:
    found = dict(Matter.objects.values_list("state", "pk"))
    assert set(found) >= set(State), set(State) - set(found)
    outcomes = set(HandlingRequest.objects.values_list("kind", "outcome"))
    assert {("return", "granted"), ("return", "refused"), ("extension", "granted"), ("pause", "granted"),
            ("reopen", "granted")} <= outcomes  # fmt: skip
    assert not Matter.objects.filter(events__isnull=True).exists()
    assert not audit_verify().problems


def test_meetings_and_what_they_decided_stand_in_the_demo(demo: None) -> None:
    states = set(Meeting.objects.values_list("state", flat=True))
    assert states >= {"draft", "called", "open", "closed", "filed"}
    assert Meeting.objects.filter(is_quorate=False, following__isnull=False).exists()
    resolution = Resolution.objects.get()
    assert set(resolution.tasks.values_list("state", flat=True)) == {"open", "done"}
    assert resolution.filing == "received"


def test_every_demo_account_can_sign_in_and_its_desk_is_not_empty(demo: None) -> None:
    for plan in STAFF:
        account = Account.objects.get(username=plan.username)
        assert account.check_password(PASSWORD) and account.is_demo
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/desk/", follow=True).status_code == 200, plan.username
    assert all(username in accounts_table() for username in ("worker", "street", "property", "city"))


def test_somebody_spoke_and_something_is_public(demo: None) -> None:
    kinds = set(StoredFile.objects.filter(state="ready").values_list("kind", flat=True))
    assert {"photo", "voice"} <= kinds
    assert not StoredFile.objects.filter(state="refused").exists()
    assert PublicCopy.objects.exclude(path="").exists()


def test_an_election_is_voted_in_secret_and_another_takes_names(demo: None) -> None:
    assert set(Election.objects.values_list("state", flat=True)) >= {"voting", "nominating"}
    ceremony = Ceremony.objects.get()
    assert (ceremony.state, ceremony.trustees.count()) == ("ready", 3)
    assert Elector.objects.filter(ballot=ceremony.ballot, sealed_choice__isnull=False).exists()
    assert Recall.objects.filter(state="collecting", supports__isnull=False).exists()
