"""Closing many at once: within limits, by two persons, one by one, each told, taken back in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from linli.core import clock
from linli.core.errors import Conflict, Expired, InvalidInput, NotAllowed, NotFound
from linli.foundation.duties.models import Duty
from linli.work.matters import services as do
from linli.work.matters.models import ClosingBatch, ClosingItem, Matter, RatingLink
from linli.work.matters.rules import closing_refusal, closing_rule_refusals

from .life import TEXT, Life, place_of, told
from .test_api import post

Unchanged = Callable[[], None]
FINDING = "逐盏看过，灯都亮了"
LIST = "/desk/matters/closings/"


def handled(life: Life, count: int = 3) -> list[Matter]:
    return [life.to_handled() for _number in range(count)]


def propose(life: Life, matters: list[Matter], who: str = "worker", **more: Any) -> ClosingBatch:
    said = {"matter_ids": [matter.pk for matter in matters], "finding": FINDING, **more}
    return do.closing_propose(actor=life.who(who), **said)


def review(life: Life, batch: ClosingBatch, who: str = "worker2", **more: Any) -> ClosingBatch:
    said = {"is_agreed": True, "decision": "抽看了照片，也去了现场", **more}
    return do.closing_review(actor=life.who(who), batch_id=batch.pk, **said)


def states(matters: list[Matter]) -> list[str]:
    rows = dict(Matter.objects.filter(pk__in=[matter.pk for matter in matters]).values_list("pk", "state"))
    return [rows[matter.pk] for matter in matters]


def outcomes(batch: ClosingBatch) -> list[str]:
    return list(batch.items.order_by("id").values_list("outcome", flat=True))


# -- rules -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("count", "today", "words"),
    [
        (20, 0, ""),
        (21, 0, "一次最多批量办结20件，您选了21件"),
        (20, 40, ""),
        (20, 41, "今天本单位已提交41件"),
    ],
)
def test_how_many_may_be_closed_together(count: int, today: int, words: str) -> None:
    refusal = closing_refusal(count, today, 20, 60)
    assert (words in refusal[0]) if refusal else words == ""


@pytest.mark.parametrize(
    ("said", "wrong"),
    [((1, 1), set()), ((100, 500), set()), ((0, 5), {"at_once"}), ((101, 500), {"at_once"}),
     ((5, 501), {"a_day"}), ((10, 9), {"a_day"})],
)  # fmt: skip
def test_limits_make_sense(said: tuple[int, int], wrong: set[str]) -> None:
    assert set(closing_rule_refusals(*said)) == wrong


# -- proposing ---------------------------------------------------------------------
def test_a_proposal_closes_nothing_and_stands_on_the_others_list(life: Life) -> None:
    matters = handled(life)
    batch = propose(life, matters)
    assert states(matters) == ["handled"] * 3 and outcomes(batch) == ["", "", ""]
    assert "verify_pass" not in [
        kind for matter in matters for kind in told(matter, life.cast.person("resident"))
    ]
    duty = Duty.objects.get(subject_id=str(batch.public_id))
    assert (duty.action, duty.state, duty.unit_id) == ("review_closing", "open", life.who("worker").unit_id)


def test_one_that_may_not_be_closed_so_refuses_all_and_says_which(life: Life, unchanged: Unchanged) -> None:
    good, open_one = life.to_handled(), life.to_signed()
    urgent, hidden = life.to_handled(), life.to_handled()
    Matter.objects.filter(pk=urgent.pk).update(is_emergency=True)
    Matter.objects.filter(pk=hidden.pk).update(hides_reporter=True)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        propose(life, [good, open_one, urgent, hidden])
    unchanged()
    why = refused.value.details
    assert set(why) == {open_one.number, urgent.number, hidden.number}
    assert "办理中" in why[open_one.number] and "逐件核查" in why[urgent.number]


def test_whoever_had_a_hand_in_it_does_not_propose(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_accepted()
    life.sort(matter, "minor")
    matter = do.matter_discussion_start(actor=life.who("worker"), **life.on(matter), topic_link="活动室")
    matter = do.matter_discussion_finish(actor=life.who("worker"), **life.on(matter), resolution="商定")
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        propose(life, [matter])
    unchanged()
    assert "须由另一人核查" in refused.value.details[matter.number]


@pytest.mark.parametrize("finding", ["", "   ", "长" * 501])
def test_a_finding_is_needed(finding: str, life: Life, unchanged: Unchanged) -> None:
    matters = handled(life, 1)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        propose(life, matters, finding=finding)
    unchanged()
    assert set(refused.value.details) == {"finding"}


@pytest.mark.parametrize(
    ("who", "error"),
    [("resident", NotAllowed), ("department", NotAllowed), ("district", NotAllowed), ("worker_b", NotFound)],
)
def test_others_propose_nothing(who: str, error: type[Exception], life: Life, unchanged: Unchanged) -> None:
    matters = handled(life, 1)
    unchanged()
    with pytest.raises(error):
        propose(life, matters, who=who)
    with pytest.raises(error if error is NotAllowed else NotFound):
        do.closing_propose(actor=life.who(who), matter_ids=[], finding=FINDING)
    unchanged()


def test_limits_of_the_street_hold(life: Life, unchanged: Unchanged) -> None:
    do.closing_rule_set(actor=life.who("street"), at_once=2, a_day=3)
    matters = handled(life, 4)
    unchanged()
    with pytest.raises(Conflict, match="一次最多批量办结2件，您选了3件"):
        propose(life, matters[:3])
    unchanged()
    first = propose(life, matters[:2])
    with pytest.raises(Conflict, match="今天本单位已提交2件"):
        propose(life, matters[2:])
    do.closing_withdraw(actor=life.who("worker"), batch_id=first.pk)
    assert propose(life, matters[2:]).items.count() == 2
    with pytest.raises(NotAllowed):
        do.closing_rule_set(actor=life.who("worker"), at_once=50, a_day=500)
    with pytest.raises(InvalidInput):
        do.closing_rule_set(actor=life.who("street"), at_once=0, a_day=500)


def test_one_matter_waits_in_one_proposal_only(life: Life, unchanged: Unchanged) -> None:
    matters = handled(life, 2)
    propose(life, matters)
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        propose(life, matters[:1], who="worker2")
    unchanged()
    assert "等待复核" in refused.value.details[matters[0].number]


def test_the_same_request_is_one_proposal(life: Life) -> None:
    matters, key = handled(life, 2), uuid4().hex
    assert propose(life, matters, request_key=key) == propose(life, matters, request_key=key)


# -- reviewing ---------------------------------------------------------------------
def test_agreed_each_is_closed_and_told_by_itself_but_what_is_struck(life: Life) -> None:
    matters = handled(life)
    batch = propose(life, matters)
    struck = batch.items.get(matter=matters[1])
    done = review(life, batch, struck={struck.pk: "三号楼的还不亮"})
    assert done.state == "approved" and outcomes(batch) == ["closed", "struck", "closed"]
    assert states(matters) == ["closed", "handled", "closed"]
    heard = [told(matter, life.cast.person("resident")).count("verify_pass") for matter in matters]
    assert heard == [1, 0, 1]
    event = matters[0].events.get(verb="verify_pass")
    assert (event.note, event.person_id) == (FINDING, life.who("worker2").person_id)
    assert not Duty.objects.filter(subject_id=str(batch.public_id), state="open").exists()
    assert propose(life, [matters[1]]).items.count() == 1  # what was struck may be proposed again


def test_not_agreed_nothing_is_closed(life: Life) -> None:
    matters = handled(life, 2)
    batch = review(life, propose(life, matters), is_agreed=False)
    assert batch.state == "refused" and states(matters) == ["handled"] * 2
    with pytest.raises(Conflict, match="不能再这样办"):
        review(life, batch)


@pytest.mark.parametrize("who", ["worker", "department", "resident", "district"])
def test_another_governing_person_reviews(who: str, life: Life, unchanged: Unchanged) -> None:
    batch = propose(life, handled(life, 1))
    unchanged()
    with pytest.raises((NotAllowed, NotFound)):
        review(life, batch, who=who)
    unchanged()


def test_the_database_knows_that_two_persons_are_needed(life: Life) -> None:
    batch = propose(life, handled(life, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosingBatch.objects.filter(pk=batch.pk).update(decided_by=batch.proposed_by)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"decision": " "}, "decision"), ({"struck": {0: "x"}}, "struck")],
)
def test_bad_reviews_change_nothing(
    more: dict[str, Any], field: str, life: Life, unchanged: Unchanged
) -> None:
    batch = propose(life, handled(life, 1))
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        review(life, batch, **more)
    with pytest.raises(InvalidInput, match="全部划掉了"):
        review(life, batch, struck={item.pk: "x" for item in batch.items.all()})
    unchanged()
    assert set(refused.value.details) == {field}


def test_what_changed_meanwhile_stays_and_says_why(life: Life) -> None:
    matters = handled(life)
    batch = propose(life, matters)
    life.verify(matters[0], by="worker2", is_passed=False, finding="还有一盏不亮")
    done = review(life, batch, who="street")
    assert outcomes(done) == ["failed", "closed", "closed"]
    assert "在您打开页面之后" in batch.items.get(matter=matters[0]).why
    assert states(matters) == ["handling", "closed", "closed"]


# -- taken back --------------------------------------------------------------------
def test_a_closing_is_taken_back_in_time_and_each_is_told(life: Life) -> None:
    matters = handled(life, 2)
    batch = review(life, propose(life, matters))
    links = RatingLink.objects.filter(matter__in=matters)
    assert links.filter(expires_at__gt=clock.now()).count() == 2
    done = do.closing_undo(actor=life.who("worker"), batch_id=batch.pk, reason="看错了楼号")
    assert done.state == "undone" and outcomes(batch) == ["undone", "undone"]
    assert states(matters) == ["handled", "handled"]
    assert not links.filter(expires_at__gt=clock.now()).exists()
    for matter in matters:
        matter.refresh_from_db()
        assert (matter.closed_at, matter.closed_as) == (None, "")
        assert told(matter, life.cast.person("resident"))[-1] == "close_undo"
        assert matter.assignments.get(part="lead").ended_at is None
        assert Duty.objects.filter(subject_id=str(matter.public_id), action="verify", state="open").exists()
    assert states([life.verify(matter) for matter in matters]) == ["closed", "closed"]


def test_what_was_rated_is_not_taken_back(life: Life) -> None:
    matters = handled(life, 2)
    batch = review(life, propose(life, matters))
    life.rate(matters[0])
    do.closing_undo(actor=life.who("street"), batch_id=batch.pk, reason="看错了楼号")
    assert states(matters) == ["closed", "handled"] and outcomes(batch) == ["closed", "undone"]
    assert "已经评价" in batch.items.get(matter=matters[0]).why


def test_too_late_or_by_others_nothing_is_taken_back(life: Life, unchanged: Unchanged) -> None:
    batch = review(life, propose(life, handled(life, 1)))
    unchanged()
    for who in ("department", "resident", "district"):
        with pytest.raises((NotAllowed, NotFound)):
            do.closing_undo(actor=life.who(who), batch_id=batch.pk, reason="x")
    with pytest.raises(InvalidInput):
        do.closing_undo(actor=life.who("worker"), batch_id=batch.pk, reason=" ")
    clock.clock_forward(timedelta(days=5))
    with pytest.raises(Expired, match="撤销的期限已过"):
        do.closing_undo(actor=life.who("worker"), batch_id=batch.pk, reason="看错了")
    unchanged()


def test_only_the_proposer_withdraws(life: Life, unchanged: Unchanged) -> None:
    batch = propose(life, handled(life, 1))
    unchanged()
    with pytest.raises(NotAllowed):
        do.closing_withdraw(actor=life.who("worker2"), batch_id=batch.pk)
    unchanged()
    assert do.closing_withdraw(actor=life.who("worker"), batch_id=batch.pk).state == "withdrawn"
    assert not Duty.objects.filter(subject_id=str(batch.public_id), state="open").exists()


# -- pages -------------------------------------------------------------------------
def page(answer: Any) -> str:
    return answer.content.decode()


def bulk(matters: list[Matter], **more: Any) -> dict[str, Any]:
    return {"act": "close", "chosen": [str(matter.public_id) for matter in matters], **more}


def test_from_the_list_to_the_review(life: Life) -> None:
    matters, open_one = handled(life, 2), life.to_signed()
    worker, second = life.cast.client("worker"), life.cast.client("worker2")
    preview = page(worker.post("/desk/matters/bulk/", bulk([*matters, open_one])))
    assert "可以办理 2 件，不能办理 1 件" in preview and "只有待核查的可以批量办结" in preview
    assert "提交这 2 件复核" in preview
    empty = worker.post("/desk/matters/bulk/", bulk(matters, go="1", finding=""))
    assert empty.status_code == 422 and not ClosingBatch.objects.exists()
    sent = worker.post("/desk/matters/bulk/", bulk(matters, go="1", finding=FINDING))
    batch = ClosingBatch.objects.get()
    url = f"{LIST}{batch.public_id}/"
    assert sent["Location"] == url and FINDING in page(worker.get(LIST))
    own = page(worker.get(url))
    assert "等待另一人复核" in own and 'value="review"' in own and "提交复核" not in own
    shown = page(second.get(url))
    assert "提交复核" in shown and matters[0].number in shown and "灯泡已更换" in shown
    item = batch.items.first()
    assert item is not None
    said = {
        "act": "review",
        "is_agreed": "yes",
        "decision": "",
        "struck": str(item.pk),
        f"why-{item.pk}": "没亮",
    }
    again = second.post(url, said)
    assert again.status_code == 422 and "没亮" in page(again) and "checked" in page(again)
    assert second.post(url, {**said, "decision": "看过"}).status_code == 302
    assert states(matters) == ["handled", "closed"]
    after = page(second.get(url))
    assert "划掉，不办结" in after and "撤销这一批办结" in after
    assert second.post(url, {"act": "undo", "reason": "看错"}).status_code == 302
    assert states(matters) == ["handled", "handled"] and "办结已撤销" in page(second.get(url))


def test_too_many_on_the_page_are_refused_and_the_words_stay(life: Life) -> None:
    do.closing_rule_set(actor=life.who("street"), at_once=1, a_day=3)
    matters = handled(life, 2)
    sent = life.cast.client("worker").post("/desk/matters/bulk/", bulk(matters, go="1", finding=FINDING))
    assert sent.status_code == 409 and "一次最多批量办结1件" in page(sent) and FINDING in page(sent)
    assert not ClosingBatch.objects.exists()


def test_the_administrator_sets_how_many(life: Life) -> None:
    client = life.cast.client("street")
    assert 'name="at_once"' in page(client.get(LIST))
    assert client.post(LIST, {"at_once": "5", "a_day": "4"}).status_code == 422
    assert client.post(LIST, {"at_once": "5", "a_day": "40"}).status_code == 302
    assert "一次最多5件" in page(life.cast.client("worker").get(LIST))
    assert life.cast.client("worker").post(LIST, {"at_once": "5", "a_day": "40"}).status_code == 403


def test_the_page_takes_no_nonsense(life: Life, unchanged: Unchanged) -> None:
    batch = propose(life, handled(life, 1))
    url, client = f"{LIST}{batch.public_id}/", life.cast.client("worker2")
    unchanged()
    agreed = {"act": "review", "is_agreed": "yes", "decision": "x"}
    strange = {**agreed, "struck": ["999999999", "٣"]}
    for said in ({"act": "review"}, {**agreed, "is_agreed": "perhaps"}, strange):
        assert client.post(url, said).status_code == 422, said
    assert client.post(url, {"act": "undo", "reason": "x"}).status_code == 422
    assert client.get(f"{LIST}00000000-0000-7000-8000-000000000000/").status_code == 404
    unchanged()


# -- over the interface --------------------------------------------------------------
def test_over_json(life: Life, unchanged: Unchanged) -> None:
    matters = handled(life, 2)
    worker, second = life.cast.client("worker"), life.cast.client("worker2")
    body = {"matters": [str(matter.public_id) for matter in matters], "finding": FINDING}
    sent = post(worker, "/closings", body, **{"Idempotency-Key": "c1"})
    assert (sent.status_code, sent.json()["state"], sent.json()["total"]) == (201, "waiting", 2)
    path = f"/closings/{sent.json()['public_id']}"
    unchanged()
    own = post(worker, f"{path}/review", {"is_agreed": True, "decision": "x"})
    strange = {"is_agreed": True, "decision": "x", "struck": [{"matter": str(uuid4())}]}
    wrong = post(second, f"{path}/review", strange)
    hidden = post(worker, "/closings", {**body, "matters": [str(uuid4())]})
    none = post(worker, "/closings", {**body, "matters": []})
    again = post(second, "/closings", body)
    unchanged()
    assert [one.status_code for one in (own, wrong, hidden, none, again)] == [403, 422, 404, 422, 422]
    assert set(again.json()["details"]) == {matter.number for matter in matters}
    struck = [{"matter": body["matters"][0], "why": "没亮"}]
    done = post(second, f"{path}/review", {"is_agreed": True, "decision": "看过", "struck": struck}).json()
    assert (done["state"], done["closed"]) == ("approved", 1)
    assert {row["outcome"] for row in done["items"]} == {"struck", "closed"}
    listed = worker.get("/api/v1/matters/closings").json()
    assert [row["public_id"] for row in listed] == [done["public_id"]]
    undone = post(second, f"{path}/undo", {"reason": "看错"}).json()
    assert undone["state"] == "undone" and states(matters) == ["handled", "handled"]
    assert post(worker, f"{path}/withdraw", {}).status_code == 409
    assert life.cast.client("worker_b").get(f"/api/v1/matters{path}").status_code == 404
    assert life.cast.client("worker_b").get("/api/v1/matters/closings").json() == []


def test_other_reporters_of_the_same_are_each_told(life: Life) -> None:
    other = do.matter_report(actor=life.who("neighbour"), text=TEXT, place=place_of(life.cast))
    matter = life.to_accepted()
    do.matter_merge(actor=life.who("worker"), **life.on(other), target_id=matter.pk)
    life.hand_over(matter)
    life.sign(matter)
    life.result(matter)
    review(life, propose(life, [matter]))
    assert "verify_pass" in told(other, life.cast.person("neighbour"))
    assert ClosingItem.objects.get().outcome == "closed"
