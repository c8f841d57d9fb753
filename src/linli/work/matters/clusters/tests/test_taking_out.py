"""Taking a matter out of a cluster again, dissolving it; and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.links.models import Link
from linli.foundation.notices.models import Notice
from linli.work.matters import services as matters
from linli.work.matters.clusters.models import Cluster
from linli.work.matters.clusters.selectors import hot_issues, receipt_rows, receipts_left
from linli.work.matters.clusters.services import cluster_add, cluster_dissolve, cluster_release
from linli.work.matters.models import Matter
from linli.work.matters.tests.life import Life

from .conftest import close, made, reported

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def release(life: Life, cluster: Cluster, *rows: Matter, by: str = "worker", **more: Any) -> Cluster:
    said = {"matter_ids": [row.pk for row in rows], "reason": "是西门的另一家店", **more}
    return cluster_release(actor=life.who(by), cluster_id=cluster.pk, **said)


def state_of(matter: Matter) -> tuple[str, int | None]:
    matter.refresh_from_db()
    return matter.state, matter.merged_into_id


def test_what_is_another_matter_goes_its_own_way_again(life: Life) -> None:
    rows = reported(life, 4)
    life.accept(rows[1])
    life.hand_over(rows[1])
    cluster = made(life, rows)
    release(life, cluster, rows[1], rows[2])
    assert (state_of(rows[1]), state_of(rows[2])) == (("accepted", None), ("reported", None))
    assert state_of(rows[3]) == ("merged", rows[0].pk)
    assert [row.receipt.matter for row in receipt_rows(cluster)] == [rows[0], rows[3]]
    assert {row.left_reason for row in receipts_left(cluster)} == {"是西门的另一家店"}
    note = Notice.objects.get(kind="matter.split", person=life.cast.person("neighbour"))
    assert "单独办理" in note.title
    assert "西门的另一家店" in note.body
    open_now = Duty.objects.filter(subject_id=str(rows[2].public_id), state="open")
    assert [duty.action for duty in open_now] == ["accept"]
    assert open_now.get().due_at == rows[2].due_at
    assert not Link.objects.filter(kind="merged", from_id=str(rows[2].public_id)).exists()
    given = rows[0].events.filter(verb="give_split")
    assert [event.facts["number"] for event in given] == [rows[1].number, rows[2].number]
    told = Notice.objects.filter(kind="matter.accept", person=life.cast.person("neighbour")).count()
    close(life, rows[0])
    assert Notice.objects.filter(kind="matter.accept", person=life.cast.person("neighbour")).count() == told
    assert close_rest(life, rows[1]).state == "closed"
    life.rate(rows[1], by="neighbour")


def close_rest(life: Life, matter: Matter) -> Matter:
    life.hand_over(matter)
    life.sign(matter)
    life.result(matter)
    return life.verify(matter)


def test_what_was_taken_out_may_join_again(life: Life) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows)
    release(life, cluster, rows[3])
    cluster_add(actor=life.who("worker"), cluster_id=cluster.pk, matter_ids=[rows[3].pk])
    assert [row.receipt.matter for row in receipt_rows(cluster)] == rows
    assert state_of(rows[3]) == ("merged", rows[0].pk)


def test_a_cluster_dissolves_and_its_head_may_head_another(life: Life) -> None:
    rows = reported(life, 3)
    cluster = made(life, rows)
    done = cluster_dissolve(actor=life.who("street"), cluster_id=cluster.pk, reason="三件不同的事")
    assert (done.dissolved_reason, done.dissolved_by_id) == ("三件不同的事", life.cast.person("street").pk)
    assert {state_of(row) for row in rows} == {("reported", None)}
    assert AuditRecord.objects.filter(verb="cluster.dissolve").count() == 1
    again = made(life, rows[:2])
    assert again.pk != cluster.pk
    today = time.today()
    (issue,) = hot_issues(life.who("street"), "", today, today).issues
    assert issue.cluster == again


def test_the_last_one_out_dissolves_it_and_nothing_more_is_done_to_it(
    life: Life, unchanged: Unchanged
) -> None:
    rows = reported(life, 3)
    cluster = made(life, rows[:2])
    release(life, cluster, rows[1])
    cluster.refresh_from_db()
    assert cluster.dissolved_reason == "是西门的另一家店"
    unchanged()
    with pytest.raises(Conflict, match="已经解散"):
        cluster_add(actor=life.who("worker"), cluster_id=cluster.pk, matter_ids=[rows[2].pk])
    with pytest.raises(Conflict, match="已经解散"):
        cluster_dissolve(actor=life.who("worker"), cluster_id=cluster.pk, reason="再来")
    unchanged()


@pytest.mark.parametrize(
    ("case", "error", "words"),
    [
        ("nothing", InvalidInput, "至少选择一件"),
        ("head", InvalidInput, "用“解散”"),
        ("no reason", InvalidInput, "为什么不是同一件事"),
        ("stranger", Conflict, "不在这一案"),
        ("closed", Conflict, "已经办结，不能再分出"),
        ("district", NotAllowed, "."),
        ("other committee", NotFound, "没有找到"),
    ],
)
def test_who_is_not_taken_out(
    life: Life,
    unchanged: Unchanged,
    case: str,
    error: type[Exception],
    words: str,
) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows[:3])
    chosen = {"nothing": [], "head": rows[:1], "stranger": rows[3:]}.get(case, rows[1:3])
    by = {"district": "district", "other committee": "worker_b"}.get(case, "worker")
    if case == "closed":
        close(life, rows[0])
    unchanged()
    with pytest.raises(error, match=words):
        release(life, cluster, *chosen, by=by, reason=" " if case == "no reason" else "另一件")
    unchanged()


def test_a_plain_merge_keeps_the_receipts_in_step(life: Life, unchanged: Unchanged) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows[:2])
    matters.matter_merge(actor=life.who("worker"), **life.on(rows[2]), target_id=rows[0].pk)
    assert [row.receipt.matter for row in receipt_rows(cluster)] == rows[:3]
    matters.matter_split(actor=life.who("worker"), **life.on(rows[1]), reason="另一件")
    assert [row.receipt.matter for row in receipt_rows(cluster)] == [rows[0], rows[2]]
    unchanged()
    with pytest.raises(Conflict, match="不能并入别的"):
        matters.matter_merge(actor=life.who("worker"), **life.on(rows[0]), target_id=rows[3].pk)
    unchanged()


def test_what_was_merged_into_something_declined_is_not_lost(life: Life) -> None:
    rows = reported(life, 2)
    matters.matter_merge(actor=life.who("worker"), **life.on(rows[1]), target_id=rows[0].pk)
    matters.matter_decline(
        actor=life.who("worker"), **life.on(rows[0]), reason="不归社区", where_to_go="请拨打12345"
    )
    matters.matter_split(actor=life.who("worker"), **life.on(rows[1]), reason="要另办")
    assert state_of(rows[1]) == ("reported", None)


def test_taking_out_on_the_page(life: Life) -> None:
    rows = reported(life, 4)
    cluster = made(life, rows)
    client = life.cast.client("worker")
    address = reverse("clusters:release", args=[cluster.public_id])
    assert "分出选中的" in client.get(address).content.decode()
    assert client.post(address, {"m": [], "reason": "另一件"}).status_code == 422
    assert "请填写为什么" in client.post(address, {"m": [str(rows[3].public_id)]}).content.decode()
    done = client.post(address, {"m": [str(rows[3].public_id)], "reason": "另一件"}, follow=True)
    assert "分出去的" in done.content.decode()
    everything = client.post(address, {"all": "yes", "reason": "各是各的"}, follow=True).content.decode()
    assert "已解散" in everything
    assert client.post(address, {"all": "yes", "reason": "各是各的"}).status_code == 409
