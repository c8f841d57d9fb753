"""What people do with the key of a secret ballot and with what is sealed to it."""

from .casting import choice_seal
from .ceremonies import key_register, share_keep, trustees_appoint
from .closing import sealed_close, sealed_destroy, share_destroyed
from .opening import Handed, opening_return, sealed_hand_out

__all__ = [
    "Handed",
    "choice_seal",
    "key_register",
    "opening_return",
    "sealed_close",
    "sealed_destroy",
    "sealed_hand_out",
    "share_destroyed",
    "share_keep",
    "trustees_appoint",
]
