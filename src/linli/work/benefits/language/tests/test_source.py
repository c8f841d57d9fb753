"""What people write, into maps, lists and texts; what is refused, and how it is said."""

import pytest

from linli.work.benefits.language.source import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_VALUES,
    Unreadable,
    source_read,
)


def refusal(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as raised:
        source_read(text)
    return raised.value


def test_values_stay_as_written() -> None:
    source = source_read("pay: 75.00\nfrom: 2025-07-01\nis: yes\nnothing:\nlist: [a, {b: 1}]\n")
    assert source.raw == {
        "pay": "75.00",
        "from": "2025-07-01",
        "is": "yes",
        "nothing": "",
        "list": ["a", {"b": "1"}],
    }


def test_every_place_knows_its_line() -> None:
    source = source_read("when:\n  all:\n    - age:\n        from: 65\n    - {fact: hukou}\n")
    assert source.lines[("when", "all", 0, "age", "from")] == 4
    assert source.lines[("when", "all", 1, "fact")] == 5
    fault = source.fault(("when", "all", 1, "in"), "少了内容").faults[0]
    assert str(fault) == "第5行（条件 › 都要第2项 › 属于）：少了内容"


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        (BOMB, "锚点", 1),
        ("a: *x\n", "锚点", 1),
        ("a: 1\nb: !!python/object/apply:os.system [x]\n", "标签", 2),
        ("a: 1\na: 2\n", "两次", 2),
        ("a: [1, 2\nb: 3\n", "缩进", 2),
        ("a: 1\n b: 2\n", "缩进", 2),
        ("a: '\n", "缩进", 2),
        ("? [a]\n: 1\n", "名称", 1),
        ("a: 1\n---\nb: 2\n", "一份", 2),
        ("", "还没有写", 0),
        ("# nothing\n", "还没有写", 0),
        ("a: \x07\n", "字符", 0),
    ],
)
def test_refused(text: str, words: str, line: int) -> None:
    refused = refusal(text)
    assert words in refused.message
    assert refused.faults[0].line == line
    assert refused.hint


def test_too_deep() -> None:
    assert "嵌套太深" in refusal("[" * 5000 + "]" * 5000).message
    deep = MOST_DEPTH
    assert source_read("[" * deep + "]" * deep).raw


def test_too_many() -> None:
    assert "内容太多" in refusal("- 1\n" * (MOST_VALUES + 1)).message


def test_too_long() -> None:
    assert "内容太长" in refusal("a" * (MOST_CHARACTERS + 1)).message
