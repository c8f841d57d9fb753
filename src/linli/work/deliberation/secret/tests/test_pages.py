"""Pages of secret ballots for organisers, trustees and voters, and what is refused over the interface."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from linli.core import clock as time
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.secret.tasks import follow
from linli.work.deliberation.secret.tests.conftest import HASHES, TRUSTEES, Booth

pytestmark = pytest.mark.django_db


def address(booth: Booth, name: str) -> str:
    return reverse(f"secret_ballots:{name}", args=[booth.ballot.public_id])


def ask(booth: Booth, who: str, name: str, status: int = 200) -> str:
    answer = booth.cast.client(who).get(address(booth, name))
    assert answer.status_code == status, answer.status_code
    assert status != 200 or name == "receipts" or answer["Cache-Control"] == "no-store"
    return str(answer.content.decode())


def send(booth: Booth, who: str, name: str, **said: Any) -> Any:
    return booth.cast.client(who).post(address(booth, name), said, follow=True)


def test_the_organiser_is_led_from_naming_trustees_to_the_key(booth: Booth) -> None:
    assert "指定三位保管人" in ask(booth, "worker", "ceremony")
    assert "指定三位保管人" not in ask(booth, "supervisor", "ceremony")
    page = ask(booth, "worker", "trustees")
    assert all(name in page for name in ("赵敏", "秦明", "郑刚"))
    people = {side: booth.cast.person(name).pk for side, name in TRUSTEES.items()}
    assert "已指定三位保管人" in send(booth, "worker", "trustees", **people, version="").content.decode()
    key = ask(booth, "worker", "key")
    assert 'data-secret="ceremony"' in key
    assert booth.ballot.number in key
    said = {"public_key": booth.key, **{f"share_{n}": one for n, one in enumerate(HASHES, 1)}}
    assert "公钥已登记" in send(booth, "worker", "key", version=1, **said).content.decode()
    for who in TRUSTEES.values():
        assert "确认收好我的份额" in ask(booth, who, "ceremony")
        assert f'data-seat="{list(TRUSTEES.values()).index(who) + 1}"' in ask(booth, who, "share")
        assert "您的份额已收好" in send(booth, who, "share").content.decode()
    assert "密钥已就绪" in ask(booth, "worker", "ceremony")


def test_only_who_may_open_the_key_is_led_to_it(booth: Booth) -> None:
    record = reverse("ballots:record", args=[booth.ballot.public_id])
    assert address(booth, "ceremony") in booth.cast.client("supervisor").get(record).content.decode()
    assert address(booth, "ceremony") not in booth.cast.client("grid_worker").get(record).content.decode()
    ask(booth, "grid_worker", "ceremony", status=404)


def test_a_form_that_names_nobody_says_whom(booth: Booth) -> None:
    answer = send(booth, "worker", "trustees")
    assert answer.status_code == 422
    assert "请选择监督委员会的保管人" in answer.content.decode()


def test_a_key_that_did_not_arrive_is_refused(booth: Booth) -> None:
    booth.appoint()
    answer = send(booth, "worker", "key", public_key=booth.key)
    assert answer.status_code == 422
    assert "请重新办理密钥仪式" in answer.content.decode()
    assert booth.ceremony.state == "appointed"


def test_pages_that_are_not_due_say_so(booth: Booth) -> None:
    assert "不是这次投票的密钥保管人" in ask(booth, "worker", "share", 403)
    booth.appoint()
    assert "现在不用确认份额" in ask(booth, "worker", "share", 409)
    assert "还没有截止" in ask(booth, "worker", "open", 409)
    assert "现在不能销毁" in ask(booth, "worker", "forget", 409)
    booth.register()
    assert "现在不用办理密钥仪式" in ask(booth, "worker", "key", 409)
    ask(booth, "worker2", "open", 403)
    ask(booth, "worker_b", "ceremony", 404)


def test_the_voters_page_holds_no_field_that_could_be_sent(booth: Booth) -> None:
    booth.begin()
    page = ask(booth, "resident", "vote")
    sheet = page.split('data-secret="vote"')[1].split("{% endblock")[0]
    assert "<form" not in sheet.split("</main>")[0]
    assert f'data-key="{booth.key}"' in page
    assert 'data-length="64"' in page
    assert page.count('type="checkbox"') == 4
    assert "弃权" in page
    booth.vote("resident", "a")
    assert "您已经投过" in ask(booth, "resident", "vote")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda booth: time.clock_set(booth.ballot.opens_at - time.timedelta(seconds=1)), "还没有开始"),
        (lambda booth: booth.end(), "已经截止"),
        (lambda booth: Elector.objects.filter(number=1).delete(), "不在这次投票的名册上"),
        (
            lambda booth: Elector.objects.filter(number=1).update(voided_web_at=time.now()),
            "已经领了纸质票",
        ),
    ],
)
def test_who_cannot_vote_is_told_why(booth: Booth, change: Any, words: str) -> None:
    booth.begin()
    change(booth)
    page = ask(booth, "resident", "vote")
    assert words in page
    assert "data-cast" not in page


def test_staff_and_the_unlinked_are_told_how(booth: Booth) -> None:
    booth.begin()
    assert "工作账号不能替别人投票" in ask(booth, "worker", "vote")
    assert "还没有准备好" in ask_without_key(booth)
    assert ask(booth, "visitor", "vote", 302) == ""


def ask_without_key(booth: Booth) -> str:
    booth.ceremony.trustees.all().delete()
    booth.ceremony.delete()
    return ask(booth, "resident", "vote")


def test_a_named_ballot_has_no_sealed_sheet(booth: Booth) -> None:
    Ballot.objects.filter(pk=booth.ballot.pk).update(way="named")
    ask(booth, "resident", "vote", 404)
    ask(booth, "worker", "ceremony", 404)


def test_receipts_are_public_after_the_close_and_the_result_after_the_count(booth: Booth) -> None:
    booth.begin()
    receipts = booth.everybody()
    assert "收据清单还没有公布" in ask(booth, "visitor", "receipts", 404)
    booth.end()
    follow()
    page = ask(booth, "visitor", "receipts")
    assert all(one in page for one in receipts)
    assert "甲" not in page
    booth.bring_back(booth.opened(booth.hand_out().groups))
    assert "甲" not in ask(booth, "visitor", "receipts")
    Ballot.objects.filter(pk=booth.ballot.pk).update(state="counted", counted_at=time.now())
    assert "甲" in ask(booth, "visitor", "receipts")


def test_trustees_open_and_bring_back_over_the_pages(booth: Booth) -> None:
    booth.begin()
    booth.everybody()
    booth.end()
    follow()
    page = ask(booth, "street", "open")
    assert booth.ceremony.receipts_digest in page
    handed = booth.cast.client("street").post(
        f"/api/v1/council/ballots/{booth.ballot.public_id}/sealed/hand-out", {}, "application/json"
    )
    result = booth.opened(handed.json()["groups"])
    assert handed.json()["digest"] == booth.ceremony.receipts_digest
    for said, words in (
        ({}, "请先开票"),
        ({"result": "{", "seats": "[1,2]"}, "没有完整送到"),
        ({"result": "[]", "seats": '"x"'}, "两位保管人"),
        ({"result": "[]", "seats": "[1,2]"}, "分组"),
    ):
        answer = send(booth, "street", "open", **said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    done = send(booth, "street", "open", result=json.dumps(result), seats="[2, 3]").content.decode()
    assert "开票结果已送回" in done
    assert "2、3" in done
    wrong = [{**result[0], "questions": [{'["a"]': 12}]}]
    assert (
        "与前一次开票不一致"
        in send(booth, "street", "open", result=json.dumps(wrong), seats="[1, 3]").content.decode()
    )
    assert "几次开票的结果不一致" in ask(booth, "worker", "ceremony")


def test_the_end_over_the_pages(booth: Booth) -> None:
    booth.counted()
    booth.settle()
    assert "加密的选票已销毁" in send(booth, "worker", "destroy").content.decode()
    assert "确认销毁我的份额" in ask(booth, "street", "ceremony")
    ask(booth, "street", "forget")
    assert "您的份额已销毁" in send(booth, "street", "forget").content.decode()


def test_the_interface_refuses_in_words_and_tells_the_key(booth: Booth) -> None:
    booth.begin()
    base = f"/api/v1/council/ballots/{booth.ballot.public_id}"
    client = booth.cast.client("resident")
    elector = str(booth.elector("resident").public_id)
    for sealed in ("***", "", base64.b64encode(b"x").decode(), "AAAA" * 100):
        answer = client.post(f"{base}/sealed", {"elector": elector, "sealed": sealed}, "application/json")
        assert answer.status_code == 422
        assert "没有完整送到" in answer.json()["message"]
    assert Elector.objects.filter(sealed_choice__isnull=False).count() == 0
    told = booth.cast.client("visitor").get(f"{base}/key").json()
    assert (told["public_key"], told["length"], told["receipts"]) == (booth.key, 64, [])


def test_the_page_for_a_machine_without_network_is_everybodys_and_its_hash_is_shown(booth: Booth) -> None:
    booth.begin()
    booth.everybody()
    booth.end()
    follow()
    answer = booth.cast.client("visitor").get("/council/opening.html")
    assert answer["Content-Disposition"] == 'attachment; filename="linli-opening.html"'
    digest = hashlib.sha256(answer.content).hexdigest()
    page = ask(booth, "street", "open")
    assert " ".join(digest[at : at + 4] for at in range(0, 64, 4)) in page
    assert "/council/opening.html" in page
    assert booth.ballot.title.encode() not in answer.content


def test_without_a_build_it_is_said(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda _name: None)
    assert booth.cast.client("visitor").get("/council/opening.html").status_code == 404
