"""Short messages: what the gateway hears, how it is understood, what is never said."""

import json
from typing import Any

import pytest

from linli.core import outbound
from linli.core.outbound import Answer, OutboundFailed
from linli.foundation.accounts.channels import code_deliver
from linli.foundation.notices import sms, tasks
from linli.foundation.notices.models import Delivery
from tests.people import Cast

from .factories import tell

pytestmark = pytest.mark.usefixtures("clock")
PHONE = "13900000001"


class Gateway:
    """Keeps what it heard; answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer = Answer(200, {}, b'{"code": 0}')

    def __call__(self, method: str, url: str, **given: Any) -> Answer:
        self.heard.append({"method": method, "url": url, **given})
        return self.answer


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    settings.SMS = settings.SMS | {
        "url": "https://sms.example.cn/send",
        "body": '{"to": "{phone}", "words": "{text}", "key": "{secret}", "id": "{id}"}',
        "success": r'"code":\s*0\b',
        "secret": "S3cret",
        "signature": "桂花街道",
    }
    found = Gateway()
    monkeypatch.setattr(outbound, "request", found)
    return found


def test_the_gateway_hears_the_signed_text(gateway: Gateway) -> None:
    sms.sms_send(phone=PHONE, text='停水"通知"\n请储水', ident="a1")
    (heard,) = gateway.heard
    said = json.loads(heard["body"])
    assert said == {"to": PHONE, "words": '【桂花街道】停水"通知"\n请储水', "key": "S3cret", "id": "a1"}
    assert (heard["method"], heard["headers"]) == ("POST", {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/x-www-form-urlencoded", "m={phone}&c={text}", "m=13900000001&c=%E3%80%90"),
        ("text/xml", "<c>{text}</c>", "<c>【桂花街道】a&amp;b &lt;c&gt;</c>"),
    ],
)
def test_values_are_written_as_the_place_demands(
    gateway: Gateway, settings: Any, kind: str, body: str, expected: str
) -> None:
    settings.SMS = settings.SMS | {"headers": json.dumps({"Content-Type": kind}), "body": body}
    sms.sms_send(phone=PHONE, text="a&b <c>", ident="a1")
    heard = gateway.heard[0]["body"].decode()
    assert heard.startswith(expected) and "a&b" not in heard


def test_an_address_can_carry_everything(gateway: Gateway, settings: Any) -> None:
    url = "https://sms.example.cn/?to={phone}&text={text}&key={secret}"
    settings.SMS = settings.SMS | {"url": url, "method": "GET", "body": ""}
    sms.sms_send(phone=PHONE, text="a&b=c/d", ident="a1")
    assert gateway.heard[0]["url"].endswith("a%26b%3Dc%2Fd&key=S3cret") and gateway.heard[0]["body"] is None


def test_a_text_cannot_ask_for_the_secret(gateway: Gateway) -> None:
    sms.sms_send(phone=PHONE, text="{secret} {phone}", ident="a1")
    assert json.loads(gateway.heard[0]["body"])["words"] == "【桂花街道】{secret} {phone}"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, {}, b'{"code": 0}'),
        Answer(200, {}, b'{"code": 1023, "to": "13900000001", "key": "S3cret"}'),
        Answer(200, {}, b""),
    ],
)
def test_what_was_not_taken_is_a_failure_without_personal_words(gateway: Gateway, answer: Answer) -> None:
    gateway.answer = answer
    with pytest.raises(OutboundFailed) as refused:
        sms.sms_send(phone=PHONE, text="停水", ident="a1")
    words = str(refused.value) + str(refused.value.hint)
    assert PHONE not in words and "S3cret" not in words and "停水" not in words


@pytest.mark.django_db
def test_a_notice_goes_out_and_a_failure_comes_again(cast: Cast, gateway: Gateway, settings: Any) -> None:
    settings.NOTICE_CHANNELS = ["sms"]
    tell(cast.person("resident").pk, body="正文不进短信")
    gateway.answer = Answer(503, {}, b"")
    tasks.send_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("waiting", 1) and PHONE not in delivery.error
    gateway.answer = Answer(200, {}, b'{"code": 0}')
    Delivery.objects.update(next_at=delivery.notice.created_at)
    tasks.send_due()
    assert Delivery.objects.get().state == "sent"
    said = json.loads(gateway.heard[-1]["body"])
    assert (said["to"], said["words"]) == (PHONE, "【桂花街道】已受理")
    assert said["id"] == json.loads(gateway.heard[0]["body"])["id"]  # the gateway can tell the repeat


@pytest.mark.django_db
def test_nobody_without_a_number_is_reached(cast: Cast, gateway: Gateway, settings: Any) -> None:
    settings.NOTICE_CHANNELS = ["sms"]
    tell(cast.person("worker").pk)
    tasks.send_due()
    assert not Delivery.objects.exists() and not gateway.heard


def test_a_code_is_sent_at_once(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    code_deliver(PHONE, "123456")
    assert "验证码123456" in json.loads(gateway.heard[0]["body"])["words"]
    gateway.answer = Answer(500, {}, b"")
    with pytest.raises(OutboundFailed, match="验证码短信没有发出去"):
        code_deliver(PHONE, "123456")
    assert capsys.readouterr().err == ""


def test_without_a_gateway_the_console_stands_in(capsys: pytest.CaptureFixture[str]) -> None:
    code_deliver(PHONE, "123456")
    said = capsys.readouterr().err
    assert "123456" in said and PHONE not in said


def test_the_price_counts_the_signature(gateway: Gateway) -> None:
    assert sms.segments("水" * 64) == 1 and sms.segments("水" * 65) == 2
