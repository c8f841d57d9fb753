"""Learning to suggest: from labelled rows to a model in use, and every refusal on the way."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import system
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.assist import store
from linli.work.matters.assist.features import words_of
from linli.work.matters.assist.labelled import labelled_read
from linli.work.matters.assist.learning import history, learn
from linli.work.matters.assist.model import train
from linli.work.matters.assist.rules import LEAST_ROWS, lesson_of, masked, surety_words
from linli.work.matters.assist.selectors import acceptance_list, suggest, threshold_of
from linli.work.matters.assist.services import threshold_set
from linli.work.matters.models import AssistChoice, AssistModel, AssistThreshold
from linli.work.matters.tests.life import Life, category

LAMPS = ["路灯不亮", "楼道灯坏了", "路面坑洼不平", "井盖破损", "健身器材松动", "门禁失灵"]
NOISE = ["夜里施工噪声", "广场舞音响太吵", "油烟扰民", "工地扬尘大", "半夜装修敲墙", "酒吧音乐震耳"]
PLACES = ["三号楼", "五号楼", "东门", "西门", "幸福里", "中心花园", "北广场", "菜场旁"]
PAIRS = [(f"{place}{what}，请处理", "facility") for place in PLACES for what in LAMPS]
PAIRS += [(f"{place}{what}，请处理", "neighbour") for place in PLACES for what in NOISE]


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> None:
    """Models of a test stand in its own folder."""
    settings.HOME = tmp_path


def _file(path: Path, rows: list[tuple[str, str]], header: str = "内容,类别") -> Path:
    path.write_text("\n".join([header, *(f"{text},{label}" for text, label in rows)]), encoding="utf-8")
    return path


def _learn(pairs: Any = PAIRS) -> AssistModel:
    return learn(actor=system("assist"), pairs={"category": pairs}, source="测试")


# -- rules ----------------------------------------------------------------------
def test_one_class_is_refused_in_words() -> None:
    with pytest.raises(InvalidInput, match="只有一种标签"):
        lesson_of([(f"第{n}条路灯不亮", "facility") for n in range(80)])


def test_ten_rows_are_refused_with_what_is_needed() -> None:
    with pytest.raises(InvalidInput, match=f"只有10条.*至少要{LEAST_ROWS}条"):
        lesson_of(PAIRS[:10])


def test_rare_labels_are_left_out_and_named() -> None:
    lesson = lesson_of([*PAIRS, ("宠物走失", "pets"), ("宠物走失", "pets")])
    assert lesson.left_out == ("pets",)
    assert set(lesson.labels) == {"facility", "neighbour"}


@given(st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["甲", "乙", ""])), max_size=120))
def test_a_lesson_is_learnable_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        lesson = lesson_of(pairs)
    except InvalidInput as refusal:
        assert refusal.message and refusal.hint
        return
    for label in set(lesson.labels):
        assert len({t for t, of in zip(lesson.texts, lesson.labels, strict=True) if of == label}) >= 5
    assert len(set(lesson.labels)) >= 2


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("我叫王小明，电话13800001111，住3号楼2单元501室", ["王小明", "13800001111", "501"]),
        ("联系人姓李，固话021-65001234", ["65001234"]),
        ("身份证310104199001011234被冒用", ["310104199001011234"]),
        ("请联系张女士或李师傅，微信：abc_12345", ["张女士", "李师傅", "abc_12345"]),
        ("12栋3单元402漏水，邮箱a.b@example.cn", ["402", "a.b@example.cn"]),
    ],
)
def test_personal_details_are_masked(said: str, hidden: list[str]) -> None:
    plain = masked(said)
    for words in hidden:
        assert words not in plain


def test_what_is_reported_stays_after_masking() -> None:
    assert "路灯不亮" in masked("三号楼门口路灯不亮，我叫王小明")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text("路灯不亮，请修", max_size=8))
def test_no_mobile_number_passes_the_mask(number: str, around: str) -> None:
    assert number not in masked(f"{around}{number}{around}")


def test_surety_in_words() -> None:
    found = [surety_words(chance) for chance in (0.95, 0.75, 0.55, 0.3, None)]
    assert found == ["很有把握", "较有把握", "有一些把握", "把握不大", ""]


# -- the model --------------------------------------------------------------------
def test_a_model_tells_apart_what_it_was_shown_and_says_why() -> None:
    model, figures = train([text for text, _ in PAIRS], [label for _, label in PAIRS])
    best = model.guesses("南门施工噪声")[0]
    assert (best.label, set(best.words)) == ("neighbour", {"施工", "噪声"})
    assert figures.macro_f1 > 0.9
    assert np.allclose(model.probabilities(["路灯", "噪声", ""]).sum(axis=1), 1, atol=1e-5)


def test_three_labels_and_equal_texts() -> None:
    more = [(f"{place}的狗不牵绳{n}", "dogs") for n, place in enumerate(PLACES)]
    pairs = [*PAIRS, *more, *more]
    model, figures = train([text for text, _ in pairs], [label for _, label in pairs])
    assert model.guesses("狗不牵绳")[0].label == "dogs"
    assert [row.rows for row in figures.labels if row.label == "dogs"] == [16]


def test_a_model_read_again_says_the_same() -> None:
    model, _ = train([text for text, _ in PAIRS], [label for _, label in PAIRS])
    store.models_save("v1", {"category": model})
    again = store.models_load("v1")["category"]
    texts = ["路灯坏了", "装修噪声", "今天天气好"]
    assert np.allclose(model.probabilities(texts), again.probabilities(texts), atol=1e-6)
    assert {path.name for path in store.folder().iterdir()} == {"v1"}


def test_no_words_of_a_report_stand_in_the_files() -> None:
    model, _ = train([text for text, _ in PAIRS], [label for _, label in PAIRS])
    place = store.models_save("v2", {"category": model})
    content = b"".join(path.read_bytes() for path in place.iterdir())
    assert "路灯".encode() not in content


def test_a_failed_write_leaves_nothing(monkeypatch: Any) -> None:
    model, _ = train([text for text, _ in PAIRS], [label for _, label in PAIRS])
    monkeypatch.setattr(store.json, "dumps", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.models_save("v3", {"category": model})
    assert list(store.folder().iterdir()) == []


@pytest.mark.parametrize("version", ["../etc", "", "A/B", "a" * 41])
def test_a_version_is_no_path(version: str) -> None:
    with pytest.raises(ValueError):
        store.models_load(version)


# -- labelled files ---------------------------------------------------------------
def test_files_are_read_with_their_subject(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("标题,内容,类别\n灯,路灯不亮,facility\n".encode("gb18030")))
    assert labelled_read(path) == {"category": [("灯\n路灯不亮", "facility")]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("内容\n路灯不亮\n", "缺少这些列：类别"),
        ("甲,乙\n1,2\n", "缺少这些列：内容（text）、类别（label）"),
        ("", "空的"),
    ],
)
def test_missing_columns_are_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=words):
        labelled_read(path)


def test_a_file_that_is_no_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(b"nonsense")
    with pytest.raises(InvalidInput, match="打不开"):
        labelled_read(path)


# -- in use -------------------------------------------------------------------------
def test_before_history_the_words_of_the_list_rank_and_it_says_so(life: Life) -> None:
    said = suggest("小区路灯不亮")
    assert (said.categories[0].category.code, said.model_version, said.abstained) == ("facility", "", False)
    assert said.categories[0].probability is None


def test_after_training_the_model_speaks(life: Life) -> None:
    category("facility")
    model = _learn()
    said = suggest("南门路灯不亮，请处理")
    assert said.model_version == model.version
    assert said.categories[0].category.code == "facility"
    assert said.categories[0].probability and said.categories[0].probability > 0.5
    assert AuditRecord.objects.filter(verb="assist.train").count() == 1


def test_training_again_replaces_the_model(life: Life) -> None:
    first, second = _learn(), _learn()
    assert list(AssistModel.objects.filter(is_current=True)) == [second]
    first.refresh_from_db()
    assert not first.is_current


def test_of_words_it_never_saw_it_says_nothing(life: Life) -> None:
    category("facility")
    _learn()
    said = suggest("想问一下社保卡补办")
    assert (said.abstained, said.categories, said.affair_class) == (True, (), None)


def test_below_the_streets_threshold_it_is_silent(life: Life) -> None:
    category("facility")
    _learn()
    area = life.cast.places["committee_a_place"].path
    unsure = "路灯不亮，施工噪声，井盖破损，酒吧音乐震耳"
    threshold_set(actor=life.who("street"), percent=99)
    assert threshold_of(area) == 99
    assert suggest(unsure, area=area).abstained
    assert suggest(unsure, area=area).categories == ()
    assert threshold_of("") == 50


@pytest.mark.parametrize("percent", [0, 19, 100])
def test_a_threshold_out_of_range_changes_nothing(life: Life, percent: int) -> None:
    with pytest.raises(InvalidInput):
        threshold_set(actor=life.who("street"), percent=percent)
    assert not AssistThreshold.objects.exists()


@pytest.mark.parametrize("who", ["worker", "resident", "department", "visitor"])
def test_only_a_street_sets_the_threshold(life: Life, who: str) -> None:
    with pytest.raises(NotAllowed):
        threshold_set(actor=life.who(who), percent=60)
    assert not AssistThreshold.objects.exists()


def test_only_the_operator_trains(life: Life) -> None:
    with pytest.raises(NotAllowed):
        learn(actor=life.who("street"), pairs={"category": PAIRS}, source="测试")
    assert not AssistModel.objects.exists()
    assert not store.folder().exists()


def test_every_decision_is_kept_as_an_example(life: Life) -> None:
    other = category("neighbour")
    matter = life.accept(life.report(text="三号楼门口路灯不亮"))
    do.matter_sort(
        actor=life.who("worker"), **life.on(matter), affair_class="minor", reason="核实是噪声", category=other
    )
    kept = AssistChoice.objects.get(matter=matter, target="category")
    assert (kept.suggested, kept.chosen, kept.model_version) == ("facility", "neighbour", "")
    [first] = [row for row in acceptance_list(life.who("street")) if row.target == "category"]
    assert (first.recent, first.recent_taken, first.recent_percent, first.drift) == (1, 0, 0, None)
    assert acceptance_list(life.who("department")) == []


def test_a_refused_sorting_keeps_no_example(life: Life) -> None:
    matter = life.accept(life.report())
    before = AssistChoice.objects.count()
    with pytest.raises(InvalidInput):
        do.matter_sort(actor=life.who("worker"), **life.on(matter), affair_class="nonsense", reason="x")
    assert AssistChoice.objects.count() == before


def test_history_is_what_a_second_person_confirmed(life: Life) -> None:
    life.sort(life.accept(life.report(category=category("facility"))), "minor")
    assert history()["category"] == []


# -- the command ----------------------------------------------------------------------
def test_the_command_trains_from_a_file(life: Life, tmp_path: Path, capsys: Any) -> None:
    call_command("assist", "train", "--file", str(_file(tmp_path / "a.csv", PAIRS)))
    said = capsys.readouterr().out
    assert "已训练并启用版本" in said and "宏F1" in said
    assert AssistModel.objects.get().rows == len(PAIRS)


@pytest.mark.parametrize("rows", [PAIRS[:10], [(f"灯{n}", "a") for n in range(60)], []])
def test_the_command_refuses_and_changes_nothing(life: Life, tmp_path: Path, rows: Any) -> None:
    with pytest.raises(CommandError):
        call_command("assist", "train", "--file", str(_file(tmp_path / "a.csv", rows)))
    assert not AssistModel.objects.exists()
    assert not store.folder().exists()


def test_without_history_the_command_says_what_is_missing(life: Life) -> None:
    with pytest.raises(CommandError, match="至少要50条"):
        call_command("assist", "train")


def test_words_are_cut_and_folded() -> None:
    assert words_of("ＡＢ 路灯") == ["ab", "路灯"]


def test_the_door_is_the_same_for_pages(life: Life) -> None:
    found, words = selectors.category_suggest("小区路灯不亮")[0]
    assert (found.code, "路灯" in words) == ("facility", True)
