"""Every write of persons, accounts, units and roles."""

from .codes import code_send, code_try, link_prove, rate_hits_clear, resident_enter
from .identities import identity_claim, identity_confirm, identity_end, identity_link
from .own_data import (
    account_erase,
    consent_agree,
    consent_withdraw,
    name_change,
    own_data_export,
    phone_change,
)
from .roles import deputyship_end, deputyship_set, handover_all, role_end, role_grant
from .staff import (
    StaffAccount,
    account_create_staff,
    account_reset,
    account_state_set,
    account_update,
    password_change,
    staff_enter,
    totp_enrol,
    totp_try,
)
from .units import unit_close, unit_contact_change, unit_open, unit_update

__all__ = [
    "StaffAccount",
    "account_create_staff",
    "account_erase",
    "account_reset",
    "account_state_set",
    "account_update",
    "code_send",
    "code_try",
    "consent_agree",
    "consent_withdraw",
    "deputyship_end",
    "deputyship_set",
    "handover_all",
    "identity_claim",
    "identity_confirm",
    "identity_end",
    "identity_link",
    "link_prove",
    "name_change",
    "own_data_export",
    "password_change",
    "phone_change",
    "rate_hits_clear",
    "resident_enter",
    "role_end",
    "role_grant",
    "staff_enter",
    "totp_enrol",
    "totp_try",
    "unit_close",
    "unit_contact_change",
    "unit_open",
    "unit_update",
]
