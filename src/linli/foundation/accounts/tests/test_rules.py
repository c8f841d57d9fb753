"""Numbers, codes, windows, steps: values in, values out."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import Function
from linli.core.clock import BEIJING
from linli.core.errors import InvalidInput
from linli.foundation.accounts import rules
from linli.foundation.accounts.models import Role
from linli.foundation.accounts.rules import CodeAnswer, RateLimit, SignInStep

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "１３８００１３８０００",
        "（+86）13800138000",
    ],
)
def test_a_mobile_number_in_any_usual_form(typed: str) -> None:
    assert rules.phone_normal(typed) == "13800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345678901",
        "1380013800",
        "138001380000",
        "021-64310000",
        "+1 202 555 0100",
        "١٣٨٠٠١٣٨٠٠٠",
        "abc",
        "12800138000",
    ],
)
def test_what_is_no_mobile_number(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        rules.phone_normal(typed)
    assert "11位手机号" in refusal.value.details["phone"]


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_refusal(typed: str) -> None:
    try:
        digits = rules.phone_normal(typed)
    except InvalidInput:
        return
    assert len(digits) == 11 and digits.isascii() and digits.isdigit()


def test_a_masked_number_keeps_seven_digits() -> None:
    assert rules.phone_masked("13800138000") == "138****8000"
    assert rules.phone_masked("") == ""


@pytest.mark.parametrize(
    ("attempts", "minutes", "is_right", "answer"),
    [
        (0, 4, True, CodeAnswer.RIGHT),
        (0, 4, False, CodeAnswer.WRONG),
        (4, 4, True, CodeAnswer.RIGHT),
        (5, 4, True, CodeAnswer.EXHAUSTED),
        (0, 5, True, CodeAnswer.EXPIRED),
        (5, 6, True, CodeAnswer.EXPIRED),
    ],
)
def test_code_answer(attempts: int, minutes: int, is_right: bool, answer: CodeAnswer) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert rules.code_answer(attempts, NOW + timedelta(minutes=5), is_right, at) == answer


def test_the_window_slides() -> None:
    limit = RateLimit("x", 2, timedelta(minutes=1))
    hits = [NOW - timedelta(seconds=50), NOW - timedelta(seconds=10)]
    assert rules.retry_after([], limit, NOW) == 0
    assert rules.retry_after(hits[1:], limit, NOW) == 0
    assert rules.retry_after(hits, limit, NOW) == 11
    assert rules.retry_after(hits, limit, NOW + timedelta(seconds=11)) == 0


@given(st.lists(st.integers(0, 7200), max_size=12), st.integers(1, 5))
def test_after_waiting_it_is_allowed(seconds: list[int], times: int) -> None:
    limit = RateLimit("x", times, timedelta(hours=1))
    hits = [NOW - timedelta(seconds=second) for second in seconds]
    wait = rules.retry_after(hits, limit, NOW)
    assert rules.retry_after(hits, limit, NOW + timedelta(seconds=wait)) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7:50123 ", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("[2001:db8:1:3::1]:443", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unknown", ""),
        ("192.0.2.7, 192.0.2.8", ""),
        ("<script>", ""),
    ],
)
def test_a_connection_is_known_by_its_network(address: str, network: str) -> None:
    assert rules.network_of(address) == network


def test_waiting_in_words() -> None:
    assert [rules.wait_words(n) for n in (1, 59, 60, 61, 3599, 3600, 3601)] == [
        "1秒",
        "59秒",
        "1分钟",
        "2分钟",
        "60分钟",
        "1小时",
        "2小时",
    ]


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [
        # RFC 6238, appendix B, SHA-1, the last six of the eight digits given there
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_authenticator_codes_of_the_standard(seconds: int, digits: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert rules.totp_value(secret, seconds // 30) == digits
    at = datetime.fromtimestamp(seconds, BEIJING)
    assert rules.totp_step(secret, digits, at) == seconds // 30


def test_an_authenticator_code_drifts_one_step_and_is_good_once() -> None:
    secret, step = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1111111111 // 30
    at = datetime.fromtimestamp(1111111111, BEIJING)
    code = rules.totp_value(secret, step)
    assert rules.totp_step(secret, code, at + timedelta(seconds=30)) == step
    assert rules.totp_step(secret, code, at + timedelta(seconds=90)) is None
    assert rules.totp_step(secret, code, at, after=step) is None
    assert rules.totp_step(secret, "000000", at) is None


@pytest.mark.parametrize("typed", ["ab", "王敏", "has space", "a" * 41, "-lead", "semi;colon"])
def test_user_names_that_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        rules.username_normal(typed)


def test_user_names_are_lower_case() -> None:
    assert rules.username_normal(" Wang.Min ") == "wang.min"


def test_the_second_factor_comes_before_everything_else() -> None:
    def step(**given: bool) -> SignInStep:
        keys = ("has_totp", "code_passed", "must_prove_phone", "must_change_password", "needs_totp")
        return rules.sign_in_step(**{key: given.get(key, False) for key in keys})

    assert step(has_totp=True, must_change_password=True, must_prove_phone=True) == SignInStep.CODE
    assert step(must_prove_phone=True, must_change_password=True) == SignInStep.PHONE
    assert step(must_change_password=True, needs_totp=True) == SignInStep.PASSWORD
    assert step(needs_totp=True) == SignInStep.ENROL
    assert step(has_totp=True, code_passed=True, needs_totp=True) == SignInStep.DONE
    assert step() == SignInStep.DONE


def test_who_stands_above_whom() -> None:
    assert rules.is_above(Function.STREET, Function.COMMITTEE)
    assert rules.is_above(Function.STREET, Function.PROPERTY)
    assert not rules.is_above(Function.COMMITTEE, Function.PROPERTY)
    assert not rules.is_above(Function.STREET, Function.STREET)
    assert not rules.is_above(Function.DEPARTMENT, Function.PROPERTY)


def test_areas_lie_within() -> None:
    assert rules.lies_within(("31/3101/",), ("31/",))
    assert not rules.lies_within(("31/3101/", "32/"), ("31/",))
    assert not rules.lies_within((), ("31/",))


@pytest.mark.parametrize(
    ("function", "title", "shown"),
    [
        ("operator", "运维", "运维"),
        ("supervisor", "监督员", "监督员"),
        ("committee", "社区工作者", "居村委会 社区工作者"),
        ("committee", "", "居村委会"),
    ],
)
def test_a_role_is_not_called_the_same_twice(function: str, title: str, shown: str) -> None:
    assert str(Role(function=function, title=title)) == shown
