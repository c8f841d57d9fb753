"""Codes that people read out, type in and scan: eight signs that are not mistaken for each other."""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0 and O, 1 and I
CODE_LENGTH = 8


def code_new() -> str:
    """Return a code, letters and digits that are not mistaken for each other."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def code_plain(text: str) -> str:
    """Return a code as it is compared: upper case, without dashes and blanks, full-width made plain."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in folded if letter.isalnum())


def code_shown(code: str) -> str:
    """Return a code as people read it out: in two halves."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def is_code(typed: str, code: str) -> bool:
    """Whether somebody typed or scanned the code."""
    return secrets.compare_digest(code_plain(typed).encode(), code.encode())
