"""What of a personal value may be seen without a reveal. Pure; never more than the house rules allow."""

from datetime import date

from .tokens import is_han, name_plain, surname_of

STARS = 2  # a name's length says something too: at most two stars


def name_masked(name: str) -> str:
    """Return a name of which only the surname is shown: 王*, 王**, 欧阳*; one character shows nothing.

    Of names with a dot (minorities) and Latin ones the first letter is shown: 阿**, M**.
    """
    plain = name.strip()
    if len(name_plain(plain)) < 2:
        return "*" if plain else ""
    if not is_han(plain) or "·" in plain:
        return f"{plain[0]}{'*' * STARS}"
    surname = surname_of(plain)
    return f"{surname}{'*' * min(len(plain) - len(surname), STARS)}"


def number_masked(number: str) -> str:
    """Return a document number with its first three and last four characters; a short one shows less.

    310***********1234. At most a third of a number is shown, so that a passport's is not readable.
    """
    if len(number) >= 15:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    shown = len(number) // 4
    return f"{'*' * (len(number) - shown)}{number[len(number) - shown :]}" if number else ""


def phone_masked(phone: str) -> str:
    """Return a telephone number as it may stand in a list: 138****5678; a landline shows its last two."""
    if len(phone) == 11 and phone.startswith("1"):
        return f"{phone[:3]}****{phone[-4:]}"
    shown = 2 if len(phone) >= 7 else 0
    return f"{'*' * (len(phone) - shown)}{phone[len(phone) - shown :]}" if phone else ""


def birth_masked(birth: "str | date") -> str:
    """Return year and month of a day of birth: 1958-03-**."""
    text = birth.isoformat() if isinstance(birth, date) else birth
    return f"{text[:7]}-**" if text else ""


def value_masked(value: str) -> str:
    """Return that there is a value, and nothing of it: what a sensitive fact shows."""
    return "***" if value else ""


MASKS = {"name": name_masked, "number": number_masked, "phone": phone_masked, "birth": birth_masked}


def masked(field: str, value: str) -> str:
    """Return a personal value as it is shown without a reveal, by the name of its field."""
    return MASKS.get(field, value_masked)(value)
