"""What may be granted, from where, until when: values in, values out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import EXECUTING, GOVERNING, Function, Scope
from linli.foundation.clients import rules

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize("function", list(Function))
def test_what_a_units_system_may_be_granted(function: Function) -> None:
    scopes = rules.scopes_for(function)
    assert Scope.PLACES_READ in scopes
    assert (Scope.MATTERS_READ in scopes) == (function in GOVERNING)
    assert (Scope.FIGURES_READ in scopes) == (function in GOVERNING)
    assert (Scope.REGISTRY_COUNT in scopes) == (function in GOVERNING)
    assert (Scope.MATTERS_ACT in scopes) == (function in EXECUTING)
    assert (Scope.MATTERS_REPORT in scopes) == (function in GOVERNING | EXECUTING)


@pytest.mark.parametrize(("days", "fault"), [(-1, True), (0, False), (366, False), (367, True)])
def test_an_end_lies_within_a_year(days: int, fault: bool) -> None:
    assert rules.expiry_fault(TODAY + timedelta(days=days), TODAY) == fault


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", []),
        ("10.1.2.3", ["10.1.2.3/32"]),
        ("10.1.2.3/16, 192.0.2.9\n192.0.2.9", ["10.1.0.0/16", "192.0.2.9/32"]),
        ("10.0.0.1，10.0.0.2", ["10.0.0.1/32", "10.0.0.2/32"]),
        ("2001:db8:1:2:3::4", ["2001:db8:1:2::/64"]),
    ],
)
def test_addresses_are_read_in_every_usual_way(text: str, networks: list[str]) -> None:
    assert rules.networks_of(text) == networks


@pytest.mark.parametrize("text", ["abc", "10.1.2.3/33", "10.1.2", "::1/129", "example.cn"])
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.split("/")[0]):
        rules.networks_of(f"10.0.0.1 {text}")


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("10.1.9.9", True), ("10.2.0.1", False), ("2001:db8:1:2::", True), ("2001:db8:9::", False), ("", False)],
)
def test_only_listed_networks_come_in(address: str, allowed: bool) -> None:
    assert rules.is_allowed_from(address, ["10.1.0.0/16", "2001:db8:1:2::/64"]) == allowed


@given(st.ip_addresses(v=4))
def test_without_a_list_everybody_comes_in(address: object) -> None:
    assert rules.is_allowed_from(str(address), [])


def test_secrets_are_long_and_never_twice() -> None:
    made = {rules.secret_new() for _ in range(200)}
    assert len(made) == 200
    assert all(secret.startswith("linli_") and len(secret) >= 49 for secret in made)
