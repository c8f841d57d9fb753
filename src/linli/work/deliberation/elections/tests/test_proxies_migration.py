"""Proxies that were given for an election, from before they stood on the rolls of its rounds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from linli.core import clock as time
from linli.work.deliberation.ballots.models import Ballot, Elector, Proxy
from linli.work.deliberation.ballots.tallies import proxies_used
from linli.work.deliberation.elections.models import Round
from linli.work.deliberation.elections.tests.conftest import polls_make
from tests.people import cast_build

BEFORE = [("elections", "0003_near_relatives"), ("ballots", "0005_stairs")]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_proxies_of_elections_go_to_their_rounds(
    clock: Any, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    polls = polls_make(cast_build())
    election, waiting = polls.listed(), polls.made(title="还没有投票的选举")
    round_ = polls.round(election)
    done = Round.objects.create(election=election, number=2, ballot=_copied(round_.ballot))
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    request.addfinalizer(lambda: MigrationExecutor(connection).migrate(latest))
    executor.migrate(BEFORE)
    apps: Any = executor.loader.project_state(BEFORE).apps
    made = apps.get_model("elections", "Proxy").objects.create
    said = {"given_at": time.now(), "holder_id": polls.people[9].pk}
    made(election_id=election.pk, giver_id=polls.people[8].pk, document="1号", **said)
    made(election_id=election.pk, giver_id=polls.people[7].pk, document="2号", ended_at=time.now(), **said)
    made(election_id=waiting.pk, giver_id=polls.people[8].pk, document="3号", **said)
    MigrationExecutor(connection).migrate(latest)
    found = Proxy.objects.filter(ballot=round_.ballot).order_by("document")
    assert [(one.giver.resident, one.label, one.document, bool(one.ended_at)) for one in found] == [
        (polls.people[8], "王**", "1号", False),
        (polls.people[7], "王**", "2号", True),
    ]
    assert Proxy.objects.get(ballot=done.ballot).ended_at == done.ballot.counted_at
    assert proxies_used(done.ballot) == []
    assert f"选举 {waiting.number}：委托「3号」没有名册可登记" in capsys.readouterr().out


def _copied(ballot: Ballot) -> Ballot:
    """Return a counted ballot with one row of the roll, as it was published."""
    row = Elector.objects.filter(ballot=ballot).order_by("number")[8]
    ballot = Ballot.objects.get(pk=ballot.pk)
    ballot.pk, ballot.public_id, ballot.number = None, ballot.unit.public_id, "copied"
    ballot.state = "counted"
    ballot.counted_at = ballot.closed_at = ballot.announced_at = time.now()
    ballot.roll_digest = "0" * 64
    ballot.save(force_insert=True)
    row.pk, row.public_id, row.ballot = None, ballot.public_id, ballot
    row.save(force_insert=True)
    return ballot
