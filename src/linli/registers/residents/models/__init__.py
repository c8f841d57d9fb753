"""The tables of the registry; a room above imports them from here."""

from .alike import Alike, AlikeMark
from .counts import KeptCount
from .facts import CareEntry, CareGap, Fact, Receipt
from .history import Assessment, RegisterEvent
from .homes import Establishment, Household, Membership, Occupancy
from .links import AccountLink, DoorCode
from .moves import Distinct, Transfer
from .owning import Owner, Ownership
from .people import Consent, Guardian, Resident, SearchToken

__all__ = [
    "AccountLink",
    "Alike",
    "AlikeMark",
    "Assessment",
    "CareEntry",
    "CareGap",
    "Consent",
    "Distinct",
    "DoorCode",
    "Establishment",
    "Fact",
    "Guardian",
    "Household",
    "KeptCount",
    "Membership",
    "Occupancy",
    "Owner",
    "Ownership",
    "Receipt",
    "RegisterEvent",
    "Resident",
    "SearchToken",
    "Transfer",
]
