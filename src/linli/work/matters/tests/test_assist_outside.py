"""The larger model outside: off by default, asked with masked words only, and never in anybody's way."""

import json
from typing import Any

import pytest

from linli.core.errors import NotAllowed
from linli.core.outbound import Answer, OutboundFailed
from linli.work.matters.assist import outside
from linli.work.matters.assist.selectors import Suggestion, outside_counts, suggest
from linli.work.matters.assist.services import outside_note
from linli.work.matters.models import AssistCall
from linli.work.matters.tests.life import Life

SILENT = Suggestion((), abstained=True)
SAID = "我叫王小明，电话13800001111，想问一件事"


@pytest.fixture
def sent(settings: Any, monkeypatch: Any) -> list[dict[str, Any]]:
    """Answer every question with a category, and keep what was sent."""
    settings.ASSIST_URL, settings.ASSIST_MODEL = "https://model.example.cn/v1", "big"
    kept: list[dict[str, Any]] = []

    def request(method: str, url: str, **more: Any) -> Answer:
        kept.append({"url": url, **more})
        said = {"choices": [{"message": {"content": " facility\n"}}]}
        return Answer(200, {}, json.dumps(said).encode())

    monkeypatch.setattr(outside, "request", request)
    return kept


def _answers(monkeypatch: Any, answer: Any) -> None:
    def request(*args: Any, **more: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(outside, "request", request)


def test_it_is_off_by_default(life: Life, monkeypatch: Any) -> None:
    _answers(monkeypatch, AssertionError("asked"))
    assert outside.asked_further(life.who("worker"), SAID, SILENT) is SILENT
    assert not AssistCall.objects.exists()


def test_it_speaks_where_the_embedded_one_is_silent(life: Life, sent: list[dict[str, Any]]) -> None:
    said = outside.asked_further(life.who("worker"), SAID, SILENT)
    assert [row.category.code for row in said.categories] == ["facility"]
    assert (said.is_outside, said.abstained, outside_counts()) == (True, False, (1, 0))
    assert sent[0]["url"] == "https://model.example.cn/v1/chat/completions"
    assert sent[0]["timeout"] == 3.0


def test_personal_details_stay_here(life: Life, sent: list[dict[str, Any]]) -> None:
    outside.asked_further(life.who("worker"), SAID, SILENT)
    body = sent[0]["body"].decode()
    assert "13800001111" not in body and "王小明" not in body
    assert "想问一件事" in body


def test_what_is_known_already_is_not_asked(life: Life, sent: list[dict[str, Any]]) -> None:
    known = suggest("小区路灯不亮")
    assert outside.asked_further(life.who("worker"), "小区路灯不亮", known) is known
    assert outside.asked_further(life.who("resident"), SAID, SILENT) is SILENT
    assert sent == []


@pytest.mark.parametrize(
    "answer",
    [
        OutboundFailed(),
        Answer(500, {}, b"{}"),
        Answer(200, {}, b"no json"),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b'{"choices": []}'),
        Answer(200, {}, b'{"choices": [{"message": null}]}'),
    ],
)
def test_a_failure_is_silent_and_counted(
    life: Life, sent: list[dict[str, Any]], monkeypatch: Any, answer: Any
) -> None:
    _answers(monkeypatch, answer)
    assert outside.asked_further(life.who("worker"), SAID, SILENT) is SILENT
    assert outside_counts() == (1, 1)


def test_an_unlisted_host_is_not_called(life: Life, settings: Any) -> None:
    settings.ASSIST_URL, settings.OUTBOUND = "https://model.example.cn/v1", []
    assert outside.asked_further(life.who("worker"), SAID, SILENT) is SILENT
    assert outside_counts() == (1, 1)


def test_an_answer_that_is_no_category_is_no_suggestion(
    life: Life, sent: list[dict[str, Any]], monkeypatch: Any
) -> None:
    _answers(monkeypatch, Answer(200, {}, b'{"choices": [{"message": {"content": "none"}}]}'))
    assert outside.asked_further(life.who("worker"), SAID, SILENT) is SILENT


def test_residents_send_nothing_out(life: Life) -> None:
    with pytest.raises(NotAllowed):
        outside_note(actor=life.who("resident"), is_answered=True, milliseconds=1)
    assert not AssistCall.objects.exists()
