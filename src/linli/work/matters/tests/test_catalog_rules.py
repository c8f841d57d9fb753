"""What a 权责清单 may say, how it is written and read, which rows contradict each other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.timelimits import LimitUnit
from linli.work.matters.catalog.answers import answers_cleaned, questions_due
from linli.work.matters.catalog.comparing import differences
from linli.work.matters.catalog.grammar import (
    Unreadable,
    limits_read,
    limits_written,
    list_read,
    questions_read,
    questions_written,
    yes_read,
)
from linli.work.matters.catalog.reading import content_read, path_read
from linli.work.matters.catalog.rules import (
    LimitRow,
    QuestionRow,
    Row,
    code_of,
    row_kept,
    row_of,
    rows_checked,
)

LIFT = questions_read(
    "[inside] 有人困在里面吗？{单选:有|没有} 必答\n"
    "[how_many] 几个人？{数字} 当[inside]=有\n"
    "[frail] 里面有谁？{多选:老人|孩子|病人} 当[how_many]"
)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("5个工作日", LimitRow("办理", 5, LimitUnit.WORKING_DAY, "handle")),
        ("办理5工作日", LimitRow("办理", 5, LimitUnit.WORKING_DAY, "handle")),
        ("2小时到场", LimitRow("到场", 2, LimitUnit.HOUR, "attend")),
        ("到场2小时✔(某规定第7条)", LimitRow("到场", 2, LimitUnit.HOUR, "attend", "✔", "某规定第7条")),
        ("4工作时○", LimitRow("办理", 4, LimitUnit.WORK_HOUR, "handle", "○")),
        ("反馈举报人1个月✔", LimitRow("反馈举报人", 1, LimitUnit.MONTH, "", "✔")),
        ("立即报告✘", LimitRow("立即报告", mark="✘")),
        ("60日建筹备组", LimitRow("建筹备组", 60, LimitUnit.DAY)),
    ],
)
def test_a_limit_is_read_from_a_cell(cell: str, found: LimitRow) -> None:
    assert limits_read(cell) == (found,)


def test_several_limits_stand_in_one_cell_and_a_source_may_hold_a_semicolon() -> None:
    found = limits_read("到场24小时✔（甲；乙）；反馈1个月\n办理20天")
    assert [(limit.words, limit.amount, limit.source) for limit in found] == [
        ("到场", 24, "甲；乙"),
        ("反馈", 1, ""),
        ("办理", 20, ""),
    ]


@pytest.mark.parametrize("cell", ["5个星期", "3-5天", "大约2小时左右3天", "99999天"])
def test_what_is_no_limit_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        limits_read(cell)


@pytest.mark.parametrize("line", ["没有代号？", "[a] 什么？{打分}", "[a]", "[a] 什么？{单选:甲|乙} 当[b"])
def test_what_is_no_question_is_refused(line: str) -> None:
    with pytest.raises(Unreadable):
        questions_read(line)


@given(
    st.lists(
        st.builds(
            LimitRow,
            words=st.sampled_from(["办理", "到场", "反馈举报人", "补正"]),
            amount=st.integers(1, 999),
            unit=st.sampled_from(list(LimitUnit)),
            mark=st.sampled_from(["", "✔", "○", "✘"]),
            source=st.sampled_from(["", "某规定第7条", "甲；乙"]),
        ),
        max_size=4,
    )
)
def test_limits_that_were_written_are_read_as_the_same(limits: list[LimitRow]) -> None:
    stages = {"办理": "handle", "到场": "attend"}
    kept = tuple(replace(limit, stage=stages.get(limit.words, "")) for limit in limits)
    assert limits_read(limits_written(kept)) == kept


def test_questions_that_were_written_are_read_as_the_same() -> None:
    assert questions_read(questions_written(LIFT)) == LIFT


def test_a_row_is_kept_as_plain_json_and_comes_back() -> None:
    row = Row(
        ("安全", "电梯", "困人"), 3, unit_kind="物业", limits=limits_read("到场30分钟✘"), questions=LIFT
    )
    assert row_of(row_kept(row)) == row


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("市容>违建>正在搭建", ("市容", "违建", "正在搭建")),
        ("市容 › 违建", ("市容", "违建")),
        ("民政>救助>低保/特困", ("民政", "救助", "低保、特困")),
        ("市容/违建", ("市容", "违建")),
        ("", ()),
    ],
)
def test_a_path_is_cut_where_its_levels_end(text: str, path: tuple[str, ...]) -> None:
    assert path_read(text) == path


def test_yes_no_and_lists() -> None:
    assert [yes_read(text) for text in ("是", "1", "", "否")] == [True, True, False, False]
    assert list_read("规资、街镇，规资") == ("规资", "街镇")
    with pytest.raises(Unreadable):
        yes_read("也许")


# -- rows that cannot be taken ------------------------------------------------------
GOOD = Row(("市容", "违建"), 1, affair_class="major", unit_kind="城管", source="某法", mark="✔")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": ()}, "没有写类别"),
        ({"path": ("市容", "", "违建")}, "中间空了一级"),
        ({"path": ("市", "x" * 61)}, "太长"),
        ({"path": tuple("一二三四五六七八九")}, "最多8层"),
        ({"affair_class": "中事"}, "不认识"),
        ({"mark": "？"}, "不认识"),
        ({"source": ""}, "没有写依据"),
        ({"co_kinds": ("城管",)}, "既是主责又是协同"),
        ({"affair_class": "private", "limits": limits_read("5天")}, "私事由本人解决"),
        ({"limits": limits_read("5天；6天")}, "两个不同的时限"),
        ({"questions": (QuestionRow("a", "问", "choice", ("甲",)),)}, "选项要有2到"),
        ({"questions": (QuestionRow("a", "问"), QuestionRow("a", "又问"))}, "用了两次"),
        ({"questions": (QuestionRow("a b", "问"),)}, "代号"),
        ({"questions": (QuestionRow("b", "问", when_key="a"),)}, "前面没有问过"),
        (
            {
                "questions": (
                    QuestionRow("a", "问", "choice", ("甲", "乙")),
                    QuestionRow("b", "问", when_key="a", when_is=("丙",)),
                )
            },
            "不是前面那个问题的选项",
        ),
        ({"questions": tuple(QuestionRow(f"q{n}", "问") for n in range(13))}, "最多12个"),
        ({"guidance": "长" * 2001}, "最多2000个字"),
    ],
)
def test_a_row_that_says_nonsense_is_named(change: dict[str, object], words: str) -> None:
    checked, faults = rows_checked([replace(GOOD, **change)])  # type: ignore[arg-type]
    assert checked.rows == ()
    assert faults
    assert words in faults[0]
    assert faults[0].startswith("第1行")


def test_rows_that_contradict_each_other_are_named_together() -> None:
    other = replace(GOOD, number=2, unit_kind="规资")
    _checked, faults = rows_checked([GOOD, other])
    assert faults == ["第1行和第2行都是“市容 › 违建”，主责却不一样。请只留一行。"]


def test_one_code_for_two_categories_is_named() -> None:
    rows = [replace(GOOD, code="a"), replace(GOOD, number=2, path=("市容", "环卫"), code="a")]
    assert "同一个代码“a”" in rows_checked(rows)[1][0]


def test_duties_stand_at_the_finest_level_only() -> None:
    below = Row(("市容", "违建", "正在搭建"), 2)
    assert "写在最细一级" in rows_checked([GOOD, below])[1][0]
    assert rows_checked([Row(("市容", "违建"), 1), below])[1] == []


def test_a_row_word_for_word_the_same_counts_once_and_is_said() -> None:
    checked, faults = rows_checked([GOOD, replace(GOOD, number=2)])
    assert faults == []
    assert len(checked.rows) == 1
    assert "1行和前面的完全相同" in checked.remarks[0]


def test_nothing_and_too_much_are_refused() -> None:
    assert rows_checked([])[1] == ["文件里没有类别。"]
    assert "最多5000行" in rows_checked([Row((str(n),)) for n in range(5001)])[1][0]


def test_a_yaml_that_is_no_list_or_names_an_unknown_parent_is_refused() -> None:
    assert content_read({"rows": "abc"})[1]
    assert content_read({"rows": ["abc"]})[1]
    assert "上级z不存在" in content_read({"categories": [{"code": "a", "name": "甲", "parent": "z"}]})[1][0]


@given(st.lists(st.text("甲乙丙/ ", min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_code_made_from_a_path_fits_and_is_the_same_every_time(names: list[str]) -> None:
    assert code_of(tuple(names)) == code_of(tuple(names))
    assert len(code_of(tuple(names))) <= 40


# -- two editions, answers ----------------------------------------------------------
def test_two_editions_are_compared_leaf_by_leaf() -> None:
    before = {"甲": {"主责": "城管", "时限": ""}, "乙": {"主责": "环卫"}, "丙": {"主责": "物业"}}
    after = {"甲": {"主责": "规资", "时限": "5天"}, "丙": {"主责": "物业"}, "丁": {"主责": "公安"}}
    assert [(row.path, row.kind) for row in differences(before, after)] == [
        ("甲", "changed"),
        ("丁", "new"),
        ("乙", "gone"),
    ]
    assert differences(before, after)[0].what == (("主责", "城管", "规资"), ("时限", "", "5天"))
    assert differences(before, before) == []


def test_a_question_waits_for_its_condition() -> None:
    assert [q.key for q in questions_due(LIFT, {})] == ["inside"]
    assert [q.key for q in questions_due(LIFT, {"inside": "没有"})] == ["inside"]
    assert [q.key for q in questions_due(LIFT, {"inside": "有"})] == ["inside", "how_many"]
    assert [q.key for q in questions_due(LIFT, {"inside": "有", "how_many": "2"})] == [
        "inside",
        "how_many",
        "frail",
    ]


def test_only_answers_to_what_was_asked_count() -> None:
    said = {"inside": "没有", "how_many": "3", "frail": ["老人"]}
    assert answers_cleaned(LIFT, said) == ({"inside": "没有"}, {})
    strange = answers_cleaned(LIFT, {**said, "other": "x"})
    assert strange == ({"inside": "没有"}, {"other": "这一类没有这个问题。"})


def test_what_is_not_known_yet_may_be_left_open() -> None:
    assert answers_cleaned(LIFT, {}, needs_all=False) == ({}, {})
    assert answers_cleaned(LIFT, {"inside": "也许"}, needs_all=False)[1] == {"inside": "请从选项里选。"}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, {"inside": "请回答：有人困在里面吗？"}),
        ({"inside": "也许"}, {"inside": "请从选项里选。"}),
        ({"inside": ["有", "没有"]}, {"inside": "只能回答一个。"}),
        ({"inside": "有", "how_many": "两个"}, {"how_many": "请填数字，例如3。"}),
        ({"inside": "有", "how_many": "2", "frail": ["老人", "猫"]}, {"frail": "请从选项里选。"}),
    ],
)
def test_an_answer_that_cannot_be_is_refused_in_words(said: dict[str, object], wrong: dict[str, str]) -> None:
    assert answers_cleaned(LIFT, said)[1] == wrong


def test_dates_and_long_answers() -> None:
    when = (QuestionRow("day", "哪天？", "date"), QuestionRow("what", "什么？"))
    assert answers_cleaned(when, {"day": "2026-02-30"})[1] == {"day": "请填日期，例如2026-11-27。"}
    assert answers_cleaned(when, {"what": "长" * 301})[1] == {"what": "最多300个字。"}
    assert answers_cleaned(when, {"day": "2026-11-27", "what": "x"})[0] == {"day": "2026-11-27", "what": "x"}
