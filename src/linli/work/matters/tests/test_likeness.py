"""The index of likeness: equal to the library's cosine, found again from disk, and scoped like every read."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from linli.work.matters import selectors, tasks
from linli.work.matters import services as do
from linli.work.matters.assist import duplicates
from linli.work.matters.assist.likeness import likeness_build, likeness_open, plain
from linli.work.matters.selectors import suggestions
from linli.work.matters.tests.life import Life, place_of

TEXTS = [
    "三号楼门口的路灯坏了",
    "三号楼门口路灯不亮",
    "半夜装修噪声",
    "广场舞噪声扰民  请管管",
    "AB路路灯",
    "",
]


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> None:
    """Indexes of a test stand in its own folder."""
    settings.HOME = tmp_path


def test_the_nearest_comes_first() -> None:
    found = likeness_build(TEXTS).nearest("三号楼门口的路灯坏了")
    assert found[0] == (0, pytest.approx(1.0, abs=1e-5))
    assert [row for row, _ in found[:2]] == [0, 1]
    assert 5 not in [row for row, _ in found]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.text("路灯坏了 噪声ab*", min_size=3, max_size=400), min_size=2, max_size=12),
    st.text("路灯坏了ab*", min_size=3, max_size=12),
)
def test_cosines_are_those_of_the_library(texts: list[str], asked: str) -> None:
    index, library = likeness_build(texts), TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    theirs = library.fit_transform(texts)
    assert len(index.codes) == len(library.vocabulary_)
    place, weight = index.weights_of(asked)
    mine = index.cosines(np.arange(len(texts)), place, weight)
    assert np.allclose(mine, (theirs @ library.transform([asked]).T).toarray()[:, 0], atol=1e-4)


def test_many_equal_runs_are_all_counted() -> None:
    long = "*" * 70_000 + "路灯"  # more than a small number holds
    index = likeness_build([long, "路灯"])
    assert index.nearest(long)[0] == (0, pytest.approx(1.0, abs=1e-4))
    assert index.nearest("路灯")[0] == (1, pytest.approx(1.0, abs=1e-4))


def test_sentences_are_kept_once_and_a_text_is_whole_again() -> None:
    texts = ["电梯坏了。请派人！", "请派人！", "电梯坏了。", "没有句号", "！！", "a\nb"]
    index = likeness_build(texts)
    assert [index.text(row) for row in range(len(texts))] == texts
    assert len(index.cuts) - 1 == 6


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("路灯坏了。！；\n ab\ud83d", max_size=40), min_size=1, max_size=12))
def test_any_text_is_found_as_itself(texts: list[str]) -> None:
    index = likeness_build(texts)
    for row, text in enumerate(texts):
        assert index.text(row) == plain(text)
        if plain(text):
            assert index.nearest(text)[0][1] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("texts", [[], [""], ["", "路灯"]])
def test_nothing_is_like_nothing(texts: list[str]) -> None:
    assert likeness_build(texts).nearest("") == []
    assert likeness_build(texts).nearest("完全不同") == []


def test_an_index_read_again_says_the_same(tmp_path: Path) -> None:
    index = likeness_build(TEXTS)
    index.save(tmp_path)
    assert likeness_open(tmp_path).nearest("路灯不亮") == index.nearest("路灯不亮")


def test_a_newer_index_takes_over_and_a_failed_one_does_not() -> None:
    assert duplicates.like(duplicates.MATTERS, "路灯") == []
    assert duplicates.index_write(duplicates.MATTERS, [(7, "路灯不亮"), (9, "噪声")]) == 2
    assert duplicates.like(duplicates.MATTERS, "路灯坏了") == [7]
    duplicates.index_write(duplicates.MATTERS, [(8, "路灯不亮")])
    with pytest.raises(ZeroDivisionError):
        duplicates.index_write(duplicates.MATTERS, ((1 // 0, "x") for _ in "x"))
    assert duplicates.like(duplicates.MATTERS, "路灯坏了") == [8]
    assert len(list((duplicates.folder() / duplicates.MATTERS).iterdir())) == 2


def test_what_is_older_than_the_newest_is_found_by_the_index(life: Life, monkeypatch: Any) -> None:
    old = life.report(text="花坛里的喷泉漏水，积水很深")
    life.report(text="五号楼门禁失灵，进不去门")
    monkeypatch.setattr(suggestions, "LOOKED_AT", 1)
    said = life.who("worker"), "喷泉漏水积水很深", place_of(life.cast)
    assert old not in selectors.duplicates_near(*said)
    assert tasks.likeness_renew() > 1
    assert selectors.duplicates_near(*said) == [old]


def test_the_index_shows_nobody_what_they_may_not_see(life: Life) -> None:
    matter = life.to_handling()
    tasks.likeness_renew()
    place = place_of(life.cast)
    assert selectors.duplicates_near(life.who("neighbour"), matter.text, place) == []
    assert selectors.duplicates_near(life.who("property"), matter.text, place) == []
    version = do.matter_publish(
        actor=life.who("worker"), matter_id=matter.pk, title="三号楼门口的路灯不亮", text="已派单"
    )
    tasks.likeness_renew()
    assert selectors.duplicates_near(life.who("neighbour"), "三号楼门口的路灯不亮", place) == [version]
