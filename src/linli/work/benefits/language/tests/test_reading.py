"""Conditions and numbers into the tree, and every refusal: the place, what is wrong, what to do."""

import pytest

from linli.work.benefits.language.columns import Kind
from linli.work.benefits.language.grammar import MOST_CONDITIONS
from linli.work.benefits.language.policy import Note, Pays, PolicyText, Unit
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.source import Unreadable
from linli.work.benefits.language.tree import (
    NEVER,
    AtLeast,
    Band,
    Bands,
    Choose,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Labelled,
    Members,
    Months,
    No,
    Of,
    OneOf,
    Op,
    Other,
    Over,
    Reckoned,
    Some,
    Standard,
    Sum,
    Term,
    Today,
    Worth,
    Years,
)

from .texts import WHOLE, with_when

BIRTH = Column("birth", Of.PERSON)
AGE = Years(BIRTH)
INCOME = Column("income", Of.PERSON)
TOTAL = Members(Over.TOTAL, INCOME)
PER_HEAD = Reckoned(Sum.SHARE, TOTAL, Members(Over.COUNT))
STANDARDS = {"dibao": Kind.MONEY, "places": Kind.NUMBER}


def condition(text: str, unit: str = "person") -> Condition:
    (found,) = policy_read(with_when(text, unit=unit), STANDARDS).when.parts  # type: ignore[union-attr]
    return found.inner if isinstance(found, Labelled) else found


def amount(text: str, unit: str = "person") -> Term:
    found = policy_read(with_when("{policy: x}", unit=unit, amount=text), STANDARDS).amount
    assert found is not None
    return found


def refusal(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as raised:
        policy_read(text, STANDARDS)
    return raised.value


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("{fact: hukou, in: [local]}", OneOf(Column("hukou", Of.PERSON), (1,))),
        ("{fact: 户籍, is: 本市户籍}", OneOf(Column("hukou", Of.PERSON), (1,))),
        ("{fact: disability_grade, in: [1, 二级]}", OneOf(Column("disability_grade", Of.PERSON), (1, 2))),
        ("{fact: supporters, in: [none, unable]}", OneOf(Column("supporters", Of.PERSON), (0, 2))),
        ("{fact: lawful_birth, is: yes}", OneOf(Column("lawful_birth", Of.PERSON), (1,))),
        ("{fact: tekun, is: false}", OneOf(Column("tekun", Of.PERSON), (2,))),
        ("{fact: district, in: [310106]}", OneOf(Column("district", Of.PERSON), (310106,))),
        (
            "{fact: money_per_head, at_most: 30000.50}",
            Compare(Op.AT_MOST, Column("money_per_head", Of.HOUSEHOLD), Constant(3000050)),
        ),
        ("{fact: homes, under: 2}", Compare(Op.LESS, Column("homes", Of.HOUSEHOLD), Constant(2))),
        ("{fact: vehicles, is: none}", Compare(Op.EQUAL, Column("vehicles", Of.HOUSEHOLD), Constant(0))),
        ("{fact: retired_on, is: none}", Compare(Op.EQUAL, Column("retired_on", Of.PERSON), Constant(NEVER))),
        ("{fact: birth, under: 2025-01-01}", Compare(Op.LESS, BIRTH, Constant(20250101))),
        ("{fact: birth, at_most: today}", Compare(Op.AT_MOST, BIRTH, Today())),
        (
            "{age: {from: 60, under: 70}}",
            Every((Compare(Op.AT_LEAST, AGE, Constant(60)), Compare(Op.LESS, AGE, Constant(70)))),
        ),
        ("{months: {since: birth, under: 36}}", Compare(Op.LESS, Months(BIRTH), Constant(36))),
        (
            "{months: {since: birth, calendar: yes, at_most: 36}}",
            Compare(Op.AT_MOST, Months(BIRTH, True), Constant(36)),
        ),
        (
            "{years: {since: retired_on, from: 1}}",
            Compare(Op.AT_LEAST, Years(Column("retired_on", Of.PERSON)), Constant(1)),
        ),
        (
            "{value: {per_head: income}, under: {standard: dibao}}",
            Compare(Op.LESS, PER_HEAD, Standard("dibao")),
        ),
        (
            "{value: {per_head: income}, under: {times: [{standard: dibao}, 2]}}",
            Compare(Op.LESS, PER_HEAD, Reckoned(Sum.TIMES, Standard("dibao"), Constant(2))),
        ),
        ("{value: 1595, over: income}", Compare(Op.MORE, Constant(159500), INCOME)),
        (
            "{fact: medical_cost, from: {percent: [40, {times: [{total: income}, 12]}]}}",
            Compare(
                Op.AT_LEAST,
                Column("medical_cost", Of.HOUSEHOLD),
                Reckoned(
                    Sum.SHARE,
                    Reckoned(Sum.TIMES, Reckoned(Sum.TIMES, TOTAL, Constant(12)), Constant(40)),
                    Constant(100),
                ),
            ),
        ),
        (
            "{members: {any: {age: {under: 3}}}}",
            Holds(Members(Over.ANY, where=Compare(Op.LESS, AGE, Constant(3)))),
        ),
        (
            "{members: {every: {fact: hukou, in: [local]}}}",
            Holds(Members(Over.EVERY, where=OneOf(Column("hukou", Of.PERSON), (1,)))),
        ),
        (
            "{members: {count: all, from: 3}}",
            Compare(Op.AT_LEAST, Members(Over.COUNT), Constant(3)),
        ),
        ("{not: {policy: x}}", No(Other("x"))),
    ],
)
def test_condition(text: str, tree: Condition) -> None:
    assert condition(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("350.00", Constant(35000)),
        ("{fixed: 350}", Constant(35000)),
        (
            "{bands: {of: age, rows: [{from: 65, to: 70, pay: 75.00}, {from: 70, pay: {standard: dibao}}]}}",
            Bands(AGE, (Band(65, 70, Constant(7500)), Band(70, None, Standard("dibao")))),
        ),
        (
            "{bands: {of: birth, rows: [{to: 2025-01, pay: 300}]}}",
            Bands(BIRTH, (Band(None, 20250101, Constant(30000)),)),
        ),
        (
            "{difference: [{standard: dibao}, {per_head: income}]}",
            Reckoned(Sum.HIGHER, Reckoned(Sum.LESS, Standard("dibao"), PER_HEAD), Constant(0)),
        ),
        ("{share: [3600, 12]}", Reckoned(Sum.SHARE, Constant(360000), Constant(12))),
        ("{lower: [income, 500]}", Reckoned(Sum.LOWER, INCOME, Constant(50000))),
        (
            "{sum: [100, income, 5]}",
            Reckoned(Sum.ADD, Reckoned(Sum.ADD, Constant(10000), INCOME), Constant(500)),
        ),
        (
            "{prorate: {whole: 3600, parts: {months: birth}, of: 12}}",
            Reckoned(
                Sum.SHARE,
                Reckoned(
                    Sum.TIMES,
                    Constant(360000),
                    Reckoned(Sum.LOWER, Reckoned(Sum.HIGHER, Months(BIRTH), Constant(0)), Constant(12)),
                ),
                Constant(12),
            ),
        ),
        (
            "{choose: {cases: [{when: {age: {from: 80}}, pay: 2}], otherwise: 1}}",
            Choose(((Compare(Op.AT_LEAST, AGE, Constant(80)), Constant(200)),), Constant(100)),
        ),
        (
            "{times: [100, {count: {age: {under: 3}}}]}",
            Reckoned(
                Sum.TIMES,
                Constant(10000),
                Members(Over.COUNT, where=Compare(Op.LESS, AGE, Constant(3))),
            ),
        ),
        (
            "{total: {fact: income, where: {age: {from: 16}}}}",
            Members(Over.TOTAL, INCOME, Compare(Op.AT_LEAST, AGE, Constant(16))),
        ),
    ],
)
def test_amount(text: str, tree: Term) -> None:
    assert amount(text) == tree


def test_groups_and_labels() -> None:
    found = policy_read(WHOLE)
    assert isinstance(found.when, Every)
    hukou, age, income, dibao, _child, some = found.when.parts
    assert (hukou.label, hukou.clause) == ("本市户籍", "第二条")  # type: ignore[union-attr]
    assert (age.label, age.clause) == ("年满65周岁", "第三条")  # type: ignore[union-attr]
    assert income.label == "人均收入低于低保"  # type: ignore[union-attr]
    assert dibao.label == "享受低保"  # type: ignore[union-attr]
    assert isinstance(dibao.inner, Some)  # type: ignore[union-attr]
    assert isinstance(some, AtLeast)
    assert some.count == 2


def test_all_that_people_are_told() -> None:
    found = policy_read(WHOLE)
    assert (found.unit, found.pays, found.mark) == (Unit.PERSON, Pays.MONTH, "○")
    assert found.bring == ("户口簿", "身份证")
    assert (found.is_income, found.stacks_with, found.is_automatic) == (False, ("dibao",), True)
    assert found.worth_asking == Worth(
        ("disability_grade",), Every((Compare(Op.AT_LEAST, AGE, Constant(60)),))
    )
    assert found.notes == (
        Note("2025年标准未查到", "✘", "未核实清单"),
        Note("人均收入低于低保", "✘", ""),
    )
    assert "每月可以领" in found.plain


def test_an_exclusion_is_a_condition_of_the_rule() -> None:
    rule = policy_read(WHOLE).rule("elder", "1")
    assert isinstance(rule.when, Every)
    assert rule.when.parts[-1] == Labelled("没有享受刚性支出救助", "第五条", No(Other("rigid")))
    assert rule.of is Of.PERSON


def test_a_child_is_a_person_and_a_household_is_not() -> None:
    def of(unit: str) -> Of:
        return policy_read(with_when("{policy: x}", unit=unit)).rule("p").of

    assert (of("child"), of("person"), of("household")) == (Of.PERSON, Of.PERSON, Of.HOUSEHOLD)


@pytest.mark.parametrize(
    ("text", "place", "words", "hint"),
    [
        ("{fact: hukuo, in: [local]}", "when[0].fact", "没有“hukuo”", ""),
        ("{fact: hukou, in: [lokal]}", "when[0].in[0]", "本市户籍、外省市户籍", ""),
        ("{fact: hukou, from: 1}", "when[0].from", "不能写", ""),
        ("{fact: hukou}", "when[0]", "属于: […]", ""),
        ("{fact: hukou, in: []}", "when[0].in", "至少一项", ""),
        ("{fact: homes}", "when[0]", "没有写和多少比", "不低于"),
        ("{fact: homes, under: 两套}", "when[0].under", "要填整数", ""),
        ("{fact: homes, under: 1.5}", "when[0].under", "要填整数", ""),
        ("{fact: money_per_head, under: 三万}", "when[0].under", "要填金额", ""),
        ("{fact: money_per_head, under: 1.005}", "when[0].under", "两位小数", ""),
        ("{fact: money_per_head, under: .nan}", "when[0].under", "要填金额", ""),
        ("{fact: money_per_head, under: 1e99}", "when[0].under", "要填金额", ""),
        ("{fact: birth, under: 2025-02-30}", "when[0].under", "要填日期", ""),
        ("{fact: birth, under: 65}", "when[0].under", "要填日期", ""),
        ("{age: 65}", "when[0].age", "名称: 内容", ""),
        ("{age: {from: 六十五}}", "when[0].age.from", "要填整数", ""),
        ("{age: {from: }}", "when[0].age.from", "还没有填", ""),
        ("{age: {form: 65}}", "when[0].age.form", "不能写“form”", "是不是想写“from”"),
        ("{agee: {from: 65}}", "when[0].agee", "不认识“agee”", "是不是想写“age”"),
        ("{label: 只有名称}", "when[0]", "没有写这是什么条件", "可以写：都要、任一"),
        ("{any: [{policy: x}], all: [{policy: y}]}", "when[0]", "只能写一个", "同时满足"),
        ("{at_least: {count: 3, of: [{policy: x}]}}", "when[0].at_least.count", "1到1之间", ""),
        (
            "{members: {any: {members: {any: {policy: x}}}}}",
            "when[0].members.any.members.any",
            "不能再写",
            "",
        ),
        ("{value: {per_head: hukou}, under: 1}", "when[0].value.per_head.fact", "不能按成员合计", "月收入"),
        ("{value: {per_head: homes}, under: 1}", "when[0].value.per_head.fact", "不能按成员合计", ""),
        ("{value: income, under: {fact: homes}}", "when[0].under", "要的是金额，写的是数量", ""),
        ("{value: income, under: {standard: places}}", "when[0].under", "要的是金额，写的是数量", ""),
        ("{value: 5, under: 6}", "when[0].value", "说不清", ""),
        ("{value: hukou, under: 6}", "when[0].value", "选项不能比大小", ""),
        ("{value: {sum: [birth, birth]}, under: 6}", "when[0].value.sum", "只能用金额或数量", ""),
        ("{value: {times: [income, income]}, under: 6}", "when[0].value.times[1]", "要的是数量", ""),
        ("{value: {difference: [income]}, under: 6}", "when[0].value.difference", "两个数", ""),
        ("{policy: x, mark: 真}", "when[0].mark", "标记只能是", ""),
        ("只是文字", "when[0]", "名称: 内容", ""),
        ("{年玲: {不低于: 65}}", "when[0].年玲", "不认识“年玲”", "、年龄、"),
        ("{人均: 月收入}", "when[0].per_head", "不认识“人均”", "、数值、"),
        ("{年龄: {不低: 65}}", "when[0].age.不低", "不能写“不低”", "是不是想写“不低于”"),
        ("{事实: 户口, 属于: [本市]}", "when[0].fact", "没有“户口”", ""),
    ],
)
def test_wrong_condition(text: str, place: str, words: str, hint: str) -> None:
    refused = refusal(with_when("{policy: fine}", text).replace("when:\n  - {policy: fine}\n", "when:\n"))
    fault = refused.faults[0]
    assert fault.place == place
    assert words in fault.words
    assert hint in fault.hint
    assert fault.line == 4
    assert refused.hint


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("很多", "amount", "要填金额"),
        ("age", "amount", "要的是金额，写的是数量"),
        ("{bands: {of: age, rows: [{from: 70, to: 65, pay: 1}]}}", "amount.bands.rows[0]", "不小于"),
        ("{bands: {of: age, rows: []}}", "amount.bands.rows", "至少一项"),
        ("{bands: {of: 5, rows: [{pay: 1}]}}", "amount.bands.of", "说不清"),
        ("{bands: {of: age, rows: [{from: 65}]}}", "amount.bands.rows[0].pay", "还没有填"),
        ("{bands: {of: hukou, rows: [{from: 1, pay: 1}]}}", "amount.bands.rows[0].from", "选项不能比大小"),
        (
            "{choose: {cases: [{when: {age: {from: x}}, pay: 1}]}}",
            "amount.choose.cases[0].when.age.from",
            "整数",
        ),
        ("{prorate: {whole: 1, parts: income, of: 12}}", "amount.prorate.parts", "要的是数量"),
        ("{percent: [40]}", "amount.percent", "百分之几"),
    ],
)
def test_wrong_amount(text: str, place: str, words: str) -> None:
    fault = refusal(with_when("{policy: x}", amount=text)).faults[0]
    assert (fault.place, fault.line) == (place, 3)
    assert words in fault.words


def test_a_household_asks_of_which_members() -> None:
    fault = refusal(with_when("{age: {from: 65}}", unit="household")).faults[0]
    assert "家庭为单位" in fault.words
    assert "成员" in fault.hint
    assert condition("{members: {any: {age: {from: 65}}}}", unit="household")
    assert condition("{fact: assistance, in: [dibao]}", unit="household")


def test_every_wrong_place_is_named_at_once() -> None:
    text = "unit: persons\nfoo: 1\nwhen: [{age: {from: x}}, {fact: y, is: z}]\nautomatic: maybe\nmark: 真\n"
    refused = refusal(text)
    places = {fault.place for fault in refused.faults}
    assert places >= {"unit", "foo", "when[0].age.from", "when[1].fact", "automatic", "mark", "pays"}
    assert set(refused.details) == places


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("pays: month\nwhen: [{policy: x}]\namount: 1\n", "unit"),
        ("unit: person\nwhen: [{policy: x}]\namount: 1\n", "pays"),
        ("unit: person\npays: status\n", "when"),
        ("unit: person\npays: month\nwhen: [{policy: x}]\n", "amount"),
        ("unit: person\npays: status\nwhen: [{policy: x}]\namount: 1\n", "amount"),
        ("unit: person\npays: status\nwhen: []\n", "when"),
        ("- a\n- b\n", ""),
    ],
)
def test_incomplete(text: str, place: str) -> None:
    assert refusal(text).faults[0].place == place


def test_too_many_conditions_are_refused_at_once() -> None:
    refused = refusal(with_when(*["{policy: x}"] * 10_000))
    assert "最多" in refused.message
    assert "拆成几项" in refused.hint
    assert len(refused.faults) == 1
    fine = policy_read(with_when(*["{policy: x}"] * MOST_CONDITIONS))
    assert isinstance(fine, PolicyText)


def test_conditions_too_deep_are_refused() -> None:
    assert "太深" in refusal(with_when("{not: " * 14 + "{policy: x}" + "}" * 14)).message


def test_places_of_the_tree_are_kept() -> None:
    found = policy_read(WHOLE)
    named = {name.place: name for name in found.named}
    assert isinstance(named["amount.bands"].node, Bands)
    assert isinstance(named["excludes[0].policy"].node, Other)
    assert named["when.all[1]"].line == 10
