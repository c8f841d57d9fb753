"""Codes by phone: the way in, its limits, and that a refusal changes nothing but the count."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from linli.core import clock as core_clock
from linli.core.actor import visitor
from linli.core.errors import InvalidInput, NotAllowed, TooMany
from linli.foundation.accounts.models import Account, OneTimeCode, Person, PrivacyConsent, RateHit
from linli.foundation.accounts.privacy import notice_current
from linli.foundation.accounts.rules import CODE_ATTEMPTS, CodeAnswer
from linli.foundation.accounts.services import code_send, code_try, rate_hits_clear, resident_enter
from linli.foundation.accounts.sign_in import resident_sign_in_or_up
from linli.foundation.audit.models import AuditRecord
from tests.people import SETUP

PHONE = "13811112222"
ANYBODY = visitor("a" * 32)
Send = Callable[..., str]


@pytest.fixture
def send(db: None, clock: datetime, settings: object) -> Send:
    """Send a code and return it, as the demo would show it."""
    settings.SHOW_CODES = True  # type: ignore[attr-defined]

    def inner(phone: str = PHONE, address: str = "192.0.2.7", purpose: str = "sign_in") -> str:
        return code_send(actor=ANYBODY, phone=phone, purpose=purpose, address=address).shown

    return inner


def enter(code: str, phone: str = PHONE, version: str = "") -> Account:
    return resident_sign_in_or_up(
        actor=ANYBODY, phone=phone, code=code, privacy_version=version or notice_current().version
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_new_phone_becomes_a_person_with_an_account(send: Send) -> None:
    account = enter(send("+86 138 1111 2222"))
    assert account.kind == Account.Kind.PHONE and account.person.phone == PHONE
    assert not account.has_usable_password()
    consent = PrivacyConsent.objects.get(person=account.person)
    assert consent.version == notice_current().version
    assert AuditRecord.objects.filter(verb="account.sign_up", subject_id=str(account.public_id)).count() == 1


def test_the_same_phone_comes_back_to_the_same_person(send: Send) -> None:
    first = enter(send())
    core_clock.clock_forward(timedelta(minutes=2))
    again = enter(send("１３８　１１１１　２２２２"))
    assert again.pk == first.pk and Person.objects.count() == 1
    assert PrivacyConsent.objects.count() == 1
    assert AuditRecord.objects.filter(verb="account.sign_in").count() == 1


def test_typed_with_full_width_digits_and_spaces(send: Send) -> None:
    code = send()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert enter(f" {wide[:3]} {wide[3:]} ").person.phone == PHONE


def test_a_wrong_code_is_counted_though_it_is_refused(send: Send) -> None:
    code = send()
    with pytest.raises(InvalidInput, match="还可以试4次"):
        enter(wrong(code))
    assert OneTimeCode.objects.get().attempts == 1
    assert not Person.objects.exists()
    assert enter(code)


def test_the_sixth_try_fails_even_if_it_is_right(send: Send) -> None:
    code = send()
    for left in range(CODE_ATTEMPTS - 1, -1, -1):
        with pytest.raises(InvalidInput, match=f"还可以试{left}次" if left else "次数已用完"):
            enter(wrong(code))
    with pytest.raises(InvalidInput, match="次数已用完"):
        enter(code)
    assert not Person.objects.exists()


def test_a_code_ends_after_five_minutes(send: Send) -> None:
    code = send()
    core_clock.clock_forward(timedelta(minutes=5))
    with pytest.raises(InvalidInput, match="已过期"):
        enter(code)
    assert not Person.objects.exists()


def test_a_code_is_good_once(send: Send) -> None:
    code = send()
    enter(code)
    with pytest.raises(InvalidInput, match="已使用过"):
        enter(code)


def test_a_new_code_ends_the_old_one(send: Send) -> None:
    old = send()
    core_clock.clock_forward(timedelta(minutes=1, seconds=1))
    new = send()
    if old != new:
        with pytest.raises(InvalidInput):
            enter(old)
    assert enter(new)


def test_a_code_is_bound_to_its_phone_and_its_purpose(send: Send) -> None:
    code = send()
    with pytest.raises(InvalidInput):
        enter(code, phone="13811113333")
    tried = code_try(actor=ANYBODY, phone=PHONE, code=code, purpose="link")
    assert tried.answer == CodeAnswer.MISSING


def test_a_proof_is_taken_once_and_only_for_its_phone(send: Send) -> None:
    tried = code_try(actor=ANYBODY, phone=PHONE, code=send(), purpose="sign_in")
    version = notice_current().version
    with pytest.raises(NotAllowed):
        resident_enter(actor=ANYBODY, phone="13811113333", tried=tried, privacy_version=version)
    assert not Person.objects.exists()
    resident_enter(actor=ANYBODY, phone=PHONE, tried=tried, privacy_version=version)
    with pytest.raises(NotAllowed):
        resident_enter(actor=ANYBODY, phone=PHONE, tried=tried, privacy_version=version)


def test_a_wrong_try_is_no_proof(send: Send) -> None:
    tried = code_try(actor=ANYBODY, phone=PHONE, code=wrong(send()), purpose="sign_in")
    with pytest.raises(NotAllowed):
        resident_enter(actor=ANYBODY, phone=PHONE, tried=tried, privacy_version=notice_current().version)
    assert not Person.objects.exists()


def test_an_old_notice_does_not_spend_the_code(send: Send) -> None:
    code = send()
    with pytest.raises(InvalidInput, match="同意"):
        enter(code, version="1999-01-01")
    assert OneTimeCode.objects.get().attempts == 0
    assert enter(code)


@pytest.mark.parametrize("phone", ["021-64310000", "12345", ""])
def test_no_code_goes_to_what_is_no_mobile_number(send: Send, phone: str) -> None:
    with pytest.raises(InvalidInput):
        send(phone)
    assert not OneTimeCode.objects.exists() and not RateHit.objects.exists()


def test_once_a_minute_for_one_number(send: Send) -> None:
    send()
    with pytest.raises(TooMany) as refusal:
        send()
    assert 55 <= refusal.value.details["retry_after"] <= 61
    assert OneTimeCode.objects.count() == 1
    core_clock.clock_forward(timedelta(seconds=refusal.value.details["retry_after"]))
    assert send()


def test_ten_a_day_for_one_number(send: Send) -> None:
    for _ in range(10):
        send()
        core_clock.clock_forward(timedelta(minutes=15))
    with pytest.raises(TooMany, match="小时"):
        send()
    assert send("13811113333")


def test_thirty_an_hour_for_one_address(send: Send) -> None:
    for number in range(30):
        send(f"138111100{number:02d}")
    with pytest.raises(TooMany):
        send("13811119999")
    assert send("13811119999", address="192.0.2.8")


def test_a_stopped_account_stays_out(send: Send) -> None:
    account = enter(send())
    account.is_active = False
    account.save()
    core_clock.clock_forward(timedelta(minutes=2))
    with pytest.raises(NotAllowed, match="停用"):
        enter(send())


def test_in_earnest_the_code_goes_to_the_channel_only(
    db: None,
    settings: object,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    settings.SHOW_CODES = False  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):
        sent = code_send(actor=ANYBODY, phone=PHONE, purpose="sign_in", address="192.0.2.7")
    assert sent.shown == "" and sent.phone_masked == "138****2222"
    said = capsys.readouterr().err
    assert "138****2222" in said and PHONE not in said


def test_what_was_counted_is_forgotten_after_two_days(send: Send) -> None:
    send()
    core_clock.clock_forward(timedelta(days=2, minutes=1))
    assert rate_hits_clear(actor=SETUP) > 0
    assert not RateHit.objects.exists() and not OneTimeCode.objects.exists()
    assert rate_hits_clear(actor=SETUP) == 0


def test_neither_number_nor_code_nor_address_lies_open_in_any_table(send: Send) -> None:
    code = send()
    with pytest.raises(InvalidInput):
        enter(wrong(code))
    enter(code)
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
        assert PHONE not in text and "192.0.2.7" not in text, table
        assert f"'{code}'" not in text, table
