from datetime import UTC, datetime, timedelta

from linli.doors.webhooks.kinds import KINDS
from linli.doors.webhooks.rules import (
    FAILING_FOR,
    LONGEST_QUIET,
    WAITS,
    headers_of,
    is_given_up,
    next_attempt,
    quiet_until,
    secret_new,
    signature,
)
from linli.work.matters.wording import VERBS

NOW = datetime(2026, 3, 17, 9, tzinfo=UTC)


def test_signature_is_that_of_the_specification() -> None:
    # the example of the specification's own libraries
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_secret_is_new_and_long_enough() -> None:
    made = {secret_new() for _ in range(20)}
    assert len(made) == 20
    assert all(len(one) == len("whsec_") + 44 for one in made)


def test_while_a_secret_changes_both_sign() -> None:
    old, new = secret_new(), secret_new()
    headers = headers_of([new, old], "m1", NOW, b"{}")
    at = int(NOW.timestamp())
    assert headers["webhook-signature"].split() == [signature(s, "m1", at, b"{}") for s in (new, old)]
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("m1", str(at))


def test_waits_grow_and_end() -> None:
    times = [next_attempt(number, NOW) for number in range(1, len(WAITS) + 1)]
    assert times == sorted(times) and times[0] == NOW + timedelta(minutes=1)  # type: ignore[type-var]
    assert next_attempt(len(WAITS) + 1, NOW) is None


def test_a_receiver_that_fails_is_left_alone_longer_and_longer() -> None:
    quiet = [quiet_until(failures, NOW) - NOW for failures in range(1, 12)]
    assert quiet[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert max(quiet) == LONGEST_QUIET == quiet_until(10_000, NOW) - NOW


def test_given_up_after_two_days_or_at_once_when_gone() -> None:
    assert not is_given_up(500, NOW - FAILING_FOR + timedelta(seconds=1), NOW)
    assert is_given_up(None, NOW - FAILING_FOR, NOW)
    assert is_given_up(410, NOW, NOW)


def test_kinds_are_steps_of_matters() -> None:
    assert not set(KINDS) - set(VERBS)
