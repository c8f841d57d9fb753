"""Dates, time left and form controls as the reader sees them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils.translation import override

from linli.core.clock import BEIJING, clock_at
from linli.foundation.ui.templatetags.linli import dated, day, local_time, page_numbers, time_left

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)

SOURCE = Path(__file__).parents[4] / "linli"


def test_dates_in_words() -> None:
    with clock_at(NOW):
        assert day(date(2026, 11, 27)) == "11月27日(周五)"
        assert day(date(2025, 1, 5)) == "2025年1月5日(周日)"
        assert local_time(datetime(2026, 11, 27, 9, 0, tzinfo=BEIJING)) == "11月27日(周五) 09:00"
        assert dated(date(2026, 7, 1)) == "2026年7月1日"
        assert day(None) == dated(None) == local_time(None) == time_left(None) == ""


def test_instants_are_shown_in_beijing_time() -> None:
    from datetime import UTC

    with clock_at(NOW):
        assert local_time(datetime(2026, 11, 26, 17, 30, tzinfo=UTC)) == "11月27日(周五) 01:30"
        assert day(datetime(2026, 11, 26, 17, 30, tzinfo=UTC)) == "11月27日(周五)"


def test_dates_in_english() -> None:
    with clock_at(NOW), override("en"):
        assert local_time(datetime(2026, 11, 27, 9, 0, tzinfo=BEIJING)) == "Fri 27 Nov 09:00"


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (timedelta(days=3, hours=2), "还剩3天2小时"),
        (timedelta(days=3), "还剩3天"),
        (timedelta(days=12, hours=5), "还剩12天"),
        (timedelta(hours=5, minutes=20), "还剩5小时20分钟"),
        (timedelta(hours=5), "还剩5小时"),
        (timedelta(seconds=20), "还剩1分钟"),
        (timedelta(0), "还剩1分钟"),
        (timedelta(seconds=-1), "已超1分钟"),
        (timedelta(days=-1, hours=-3), "已超1天3小时"),
    ],
)
def test_time_left(by: timedelta, words: str) -> None:
    with clock_at(NOW):
        assert time_left(NOW + by) == words


def test_page_numbers_leave_gaps() -> None:
    assert page_numbers(Paginator(range(200), 10), 10) == [1, 0, 8, 9, 10, 11, 12, 0, 20]
    assert page_numbers(Paginator(range(20), 10), 1) == [1, 2]


class Form(forms.Form):
    """One field of a kind that needs care each."""

    name = forms.CharField(label="姓名", help_text="和身份证上一致")
    choice = forms.ChoiceField(label="选择", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)


def _draw(source: str, **context: object) -> str:
    return Template("{% load linli %}" + source).render(Context(context))


def test_field_with_error_is_tied_to_its_control() -> None:
    form = Form({"name": "", "choice": "a"})
    drawn = _draw('{% cotton field :field="form.name" /%}', form=form)
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_helptext"' in drawn and 'id="id_name_error"' in drawn


def test_choices_are_named() -> None:
    drawn = _draw('{% cotton field :field="form.choice" /%}', form=Form())
    assert 'role="group" aria-labelledby="id_choice_legend"' in drawn and 'id="id_choice_legend"' in drawn


def test_texts_from_people_are_escaped_in_components() -> None:
    drawn = _draw(
        '{% cotton timeline_item who="{{ text }}" :what="text" /%}'
        '{% cotton button title="{{ text }}" %}{{ text }}{% endcotton %}',
        text='<img src=x onerror="alert(1)">',
    )
    assert "<img" not in drawn and 'onerror="' not in drawn


def test_every_form_carries_its_own_request_key() -> None:
    first, second = _draw("{% request_key %}"), _draw("{% request_key %}")
    assert 'name="request_key"' in first and first != second


@pytest.mark.parametrize(
    ("one", "other"), [("更多操作", "其他操作"), ("请假与代理", "请假代理"), ("区划与地址", "区划与小区")]
)
def test_one_thing_has_one_name_in_all_pages(one: str, other: str) -> None:
    pages = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.html")]
    assert any(one in page for page in pages)
    assert [page for page in pages if other in page] == []
