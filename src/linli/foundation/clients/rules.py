"""Decisions about clients: what a unit's system may be granted, from where, until when."""

import secrets
from collections.abc import Collection
from datetime import date, timedelta
from ipaddress import IPv6Network, ip_address, ip_network

from linli.core.actor import EXECUTING, GOVERNING, Function, Scope
from linli.foundation.accounts.rules import HOUSEHOLD_BITS

LONGEST_DAYS = 366
MOST_TOKENS = 5
REQUESTS = (1, 6000)
PREFIX = "linli_"
SHOWN = len(PREFIX) + 6
ENDS_SOON_DAYS = 30


def scopes_for(unit_function: str) -> frozenset[Scope]:
    """Return what a system of such a unit may be granted: never more than the unit's people may.

    Governing units see their areas, executing units what is handed to them. Deciding (accepting, sorting,
    handing over, verifying) is for people and can be granted to no system.
    """
    function = Function(unit_function)
    if function in GOVERNING:
        reading = {Scope.MATTERS_READ, Scope.FIGURES_READ, Scope.PLACES_READ, Scope.REGISTRY_COUNT}
        return frozenset({*reading, Scope.MATTERS_REPORT})
    if function in EXECUTING:
        return frozenset({Scope.MATTERS_ACT, Scope.MATTERS_REPORT, Scope.PLACES_READ})
    return frozenset({Scope.PLACES_READ})


def expiry_fault(expires_on: date, today: date) -> bool:
    """Whether a last day is over already or more than a year away."""
    return not today <= expires_on <= today + timedelta(days=LONGEST_DAYS)


def networks_of(text: str) -> list[str]:
    """Return the networks that a list of addresses names, one a line or by commas, in one spelling.

    Raises ``ValueError`` with the entry that is none. An IPv6 address stands for its /64, as everywhere.
    """
    found = []
    for entry in text.replace(",", " ").replace("，", " ").split():
        try:
            network = ip_network(entry, strict=False)
        except ValueError as error:
            raise ValueError(entry) from error
        if isinstance(network, IPv6Network) and network.prefixlen > HOUSEHOLD_BITS:
            network = network.supernet(new_prefix=HOUSEHOLD_BITS)
        found.append(str(network))
    return list(dict.fromkeys(found))


def is_allowed_from(address: str, networks: Collection[str]) -> bool:
    """Whether a request may come from ``address``; without a list it may come from everywhere."""
    if not networks:
        return True
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(network) for network in networks)


def secret_new() -> str:
    """Return a new token: 43 letters that nobody guesses, after letters that say whose it is."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"
