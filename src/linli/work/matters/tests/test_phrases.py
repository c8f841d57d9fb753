"""Stock answers: whose they are, who may change them, what stands in them, and putting them into answers."""

from typing import Any

import pytest
from django.urls import reverse

from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.audit.models import AuditRecord
from linli.work.matters import selectors
from linli.work.matters import services as do
from linli.work.matters.models import Category, Phrase, PhraseUse
from linli.work.matters.rules import PHRASE_VARIABLES, phrase_filled, phrase_unknown
from linli.work.matters.services import phrases as keeping
from tests.people import Cast

from .life import Life, category, year_load

TEXT = "已到{地点}处理，编号{编号}。"


@pytest.fixture
def life(cast: Cast, clock: Any) -> Life:
    year_load()
    category("facility")
    return Life(cast)


def add(life: Life, who: str = "worker", **more: Any) -> Phrase:
    return do.phrase_add(actor=life.who(who), **{"title": "已处理", "text": TEXT, **more})


def seen(life: Life, who: str) -> set[str]:
    return set(Phrase.objects.visible_to(life.who(who)).values_list("title", flat=True))


# -- rules ----------------------------------------------------------------------
def test_variables_are_filled_and_what_is_unknown_stays() -> None:
    filled = phrase_filled("{地点}，{时限}，【做了什么】", {"地点": "三号楼", "时限": ""})
    assert filled == "三号楼，{时限}，【做了什么】"
    assert phrase_unknown("{编号}{姓名}{ }") == ["姓名", " "]


def test_every_built_in_text_can_be_used(db: None, life: Life) -> None:
    rows = selectors.phrases_built_in()
    paths = set(Category.objects.values_list("path", flat=True))
    assert len({row.title for row in rows}) == len(rows) >= 12
    for row in rows:
        assert phrase_unknown(row.text) == []
        assert row.use in PhraseUse.values
        assert not row.category or row.category in paths
        assert len(row.text) <= keeping.MAX_TEXT
    assert {row.use for row in rows} >= {"result", "reply", "guide", "decline"}


# -- whose --------------------------------------------------------------------
def test_own_unit_and_street_texts_reach_whom_they_are_for(life: Life) -> None:
    add(life, title="我的")
    add(life, title="居委的", scope="unit")
    add(life, "street", title="街道的", scope="unit")
    add(life, "street", title="大家的", scope="shared")
    assert seen(life, "worker") == {"我的", "居委的", "大家的"}
    assert seen(life, "worker2") == {"居委的", "大家的"}
    assert seen(life, "worker_b") == {"大家的"}
    assert seen(life, "department") == {"大家的"}
    assert seen(life, "street2") == {"街道的", "大家的"}
    assert seen(life, "other_street") == set()
    assert seen(life, "visitor") == set()


@pytest.mark.parametrize(
    ("who", "scope", "is_allowed"),
    [
        ("worker", "own", True),
        ("worker2", "own", True),
        ("worker2", "unit", False),
        ("worker", "shared", False),
        ("department", "unit", True),
        ("street2", "shared", False),
        ("street", "shared", True),
        ("district", "own", False),
        ("operator", "own", False),
        ("resident", "own", False),
        ("visitor", "own", False),
    ],
)
def test_who_keeps_what(life: Life, who: str, scope: str, is_allowed: bool) -> None:
    if is_allowed:
        assert add(life, who, scope=scope).title == "已处理"
        assert AuditRecord.objects.filter(verb="phrase.add").count() == 1
        return
    with pytest.raises(NotAllowed):
        add(life, who, scope=scope)
    assert not Phrase.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": ""}, "title"),
        ({"text": " "}, "text"),
        ({"text": "{姓名}您好"}, "text"),
        ({"use": "nonsense"}, "use"),
        ({"category": "nonsense"}, "category"),
        ({"scope": "nonsense"}, "scope"),
        ({"text": "长" * 1001}, "text"),
    ],
)
def test_words_that_cannot_be_kept(life: Life, said: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(life, **said)
    assert list(refused.value.details) == [field]
    assert not Phrase.objects.exists()


def test_the_same_form_twice_is_one_text_and_there_is_an_end(life: Life, monkeypatch: Any) -> None:
    add(life, request_key="k1")
    add(life, request_key="k1")
    assert Phrase.objects.count() == 1
    monkeypatch.setattr(keeping, "MOST", 1)
    with pytest.raises(Conflict):
        add(life, title="再一条")
    add(life, "worker2")


def test_changing_and_removing_is_the_owners_or_the_administrators(life: Life) -> None:
    own, unit = add(life, "worker2"), add(life, "worker", title="居委的", scope="unit")
    do.phrase_change(actor=life.who("worker2"), phrase_id=own.pk, title="新名", text="好")
    with pytest.raises(NotFound):
        do.phrase_change(actor=life.who("worker"), phrase_id=own.pk, title="x", text="x")
    with pytest.raises(NotAllowed):
        do.phrase_remove(actor=life.who("worker2"), phrase_id=unit.pk)
    own.refresh_from_db()
    assert (own.title, own.text) == ("新名", "好")
    do.phrase_remove(actor=life.who("worker"), phrase_id=unit.pk)
    assert list(Phrase.objects.all()) == [own]
    assert AuditRecord.objects.filter(verb="phrase.remove").count() == 1


# -- putting them in ------------------------------------------------------------
def test_what_is_offered_fits_the_answer_and_is_filled_in(life: Life) -> None:
    matter = life.to_reported()
    matter.category = Category.objects.get(code="sanitation")
    add(life, title="只给引导", use="guide")
    add(life, title="别的类别", use="decline", category="green")
    add(life, title="本类", use="decline", category="sanitation")
    add(life, title="都可以")
    offers = selectors.phrases_for(life.who("worker"), matter, "decline")
    titles = [offer.title for offer in offers]
    assert titles[0] == "本类"
    assert "都可以" in titles
    assert "不在本辖区" in titles
    assert not {"只给引导", "别的类别"} & set(titles)
    assert offers[0].text == f"已到{selectors.place_words(matter)}处理，编号{matter.number}。"
    outside = next(offer for offer in offers if offer.title == "不在本辖区")
    assert "桂花第一居委会" in outside.text
    assert not any(f"{{{name}}}" in offer.text for offer in offers for name in PHRASE_VARIABLES)


def test_inserting_without_script_keeps_what_was_typed(life: Life) -> None:
    matter = life.to_reported()
    phrase = add(life, title="我的", text="请到{单位}。", use="decline")
    url = reverse("matters:action", args=[matter.public_id, "decline"])
    client = life.cast.client("worker")
    page = client.get(url).content.decode()
    assert "插入常用语" in page
    assert 'data-text="请到桂花第一居委会。"' in page
    typed = {"reason": "写了一半", "where_to_go": "12345", "phrase": str(phrase.public_id), "insert": "1"}
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "写了一半\n请到桂花第一居委会。" in page.replace("\r", "")
    assert 'value="12345"' in page
    matter.refresh_from_db()
    assert matter.state == "reported"


@pytest.mark.parametrize("code", ["accept", "sort", "merge"])
def test_where_nobody_is_answered_nothing_is_offered(life: Life, code: str) -> None:
    matter = life.to_reported() if code != "sort" else life.to_accepted()
    page = life.cast.client("worker").get(reverse("matters:action", args=[matter.public_id, code]))
    assert "插入常用语" not in page.content.decode()


# -- the page -------------------------------------------------------------------
def test_the_page_adds_changes_and_removes(life: Life) -> None:
    client = life.cast.client("worker")
    form = {"scope": "unit", "use": "result", "category": "facility", "title": "换灯", "text": "已换灯。"}
    answer = client.post(reverse("matters:phrase_new"), {**form, "request_key": "k"})
    assert answer.status_code == 302
    phrase = Phrase.objects.get()
    page = client.get(reverse("matters:phrases")).content.decode()
    assert "换灯" in page
    assert "不在本辖区" in page
    url = reverse("matters:phrase", args=[phrase.public_id])
    assert client.post(url, {**form, "text": "{错的}"}).status_code == 422
    assert client.post(url, {**form, "text": "已换新灯。"}).status_code == 302
    phrase.refresh_from_db()
    assert phrase.text == "已换新灯。"
    assert life.cast.client("worker2").get(url).status_code == 403
    assert life.cast.client("worker_b").get(url).status_code == 404
    assert client.post(reverse("matters:phrase_remove", args=[phrase.public_id])).status_code == 302
    assert not Phrase.objects.exists()


def test_a_built_in_text_is_the_start_of_ones_own(life: Life) -> None:
    key = selectors.phrases_built_in()[0].key
    page = life.cast.client("worker").get(f"{reverse('matters:phrase_new')}?like={key}").content.decode()
    assert selectors.phrases_built_in()[0].title in page
