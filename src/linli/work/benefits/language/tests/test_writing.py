"""One layout for every text: written and read again, the content is the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.source import Raw, source_read
from linli.work.benefits.language.writing import canonical, policy_write

from .texts import WHOLE

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
).filter(lambda text: not set(text) & set("\x85\u2028\u2029\ufeff\ufffe\uffff"))
NAMES = st.sampled_from(
    ["all", "any", "fact", "label", "from", "pay", "本市", "- x", "a: b", "#", "yes", "~"]
)
RAW = st.recursive(
    WORDS, lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(NAMES, inner, min_size=1)
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, RAW, min_size=1, max_size=4))
def test_whatever_is_written_reads_the_same(raw: dict[str, Raw]) -> None:
    assert source_read(policy_write(raw)).raw == raw
    assert source_read(policy_write(raw, with_codes=True)).raw == raw
    assert canonical(policy_write(raw)) == policy_write(raw)


def test_a_policy_means_the_same_in_the_one_layout() -> None:
    text = canonical(WHOLE)
    before, after = policy_read(WHOLE), policy_read(text)
    assert (after.when, after.amount, after.excludes, after.worth_asking) == (
        before.when,
        before.amount,
        before.excludes,
        before.worth_asking,
    )
    assert (after.plain, after.bring, after.notes) == (before.plain, before.bring, before.notes)
    assert canonical(text) == text


def test_order_and_quotes_do_not_matter() -> None:
    one = "when: [{in: ['local'], fact: hukou, label: 户籍}]\nunit: person\n"
    two = "unit: 'person'\nwhen:\n  - label: 户籍\n    fact: hukou\n    in:\n      - local\n"
    assert canonical(one) == canonical(two)
    assert "  - {名称: 户籍, 事实: 户籍, 属于: [本市户籍]}\n" in canonical(one)
    assert "  - {label: 户籍, fact: hukou, in: [local]}\n" in policy_write(
        source_read(one).raw, with_codes=True
    )


def test_empty_fields_are_left_out_and_lines_kept() -> None:
    text = canonical("plain: |\n  第一行\n  第二行\nunit: person\nbring: []\nwhere:\n")
    assert text == "发给谁: 个人\n大白话: |\n  第一行\n  第二行\n"
