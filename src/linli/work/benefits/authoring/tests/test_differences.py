"""What a draft changes of the version before it."""

from linli.work.benefits.authoring.differences import Changed, differences

from .conftest import TEXT


def test_only_what_was_changed_is_named_however_it_is_written() -> None:
    assert differences(TEXT, TEXT) == []
    chinese = TEXT.replace("fact: hukou, in: [local]", "事实: 户籍, 属于: [本市户籍]")
    assert differences(TEXT, chinese) == []
    assert differences(TEXT, TEXT.replace("amount: 75", "amount: 90")) == [
        Changed(False, "金额: 75"),
        Changed(True, "金额: 90"),
    ]


def test_what_cannot_be_read_or_is_endless_is_not_compared() -> None:
    assert differences(TEXT, "when: [") == []
    endless = TEXT.replace("plain: ", "plain: |\n" + "  一行\n" * 2_000)
    assert differences(TEXT, endless) == []
