"""Codes that people read out and type in."""

from linli.core import codes


def test_a_code_is_the_same_however_it_is_typed() -> None:
    for code in (codes.code_new() for _turn in range(50)):
        _typed_in_every_way(code)


def _typed_in_every_way(code: str) -> None:
    shown = codes.code_shown(code)
    for typed in (code, shown, f" {shown.lower()} ", shown.replace("-", "－")):
        assert codes.is_code(typed, code)
    other = ("3" if code[0] == "2" else "2") + code[1:]
    assert not codes.is_code(other, code)
    assert not codes.is_code(code[:-1], code)
    assert not codes.is_code("", code)


def test_codes_are_not_guessed_and_not_mistaken() -> None:
    made = {codes.code_new() for _turn in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01OI")
