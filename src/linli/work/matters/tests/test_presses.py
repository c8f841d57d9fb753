"""What may be pressed beside a duty on 待办."""

import pytest

from linli.foundation.duties.models import Duty
from linli.work.matters.desk.presses import duty_presses

from .life import Life

pytestmark = pytest.mark.django_db


def pressed(life: Life, who: str, action: str) -> list[str]:
    duty = Duty.objects.filter(action=action, state="open").latest("pk")
    return [press.url.rsplit("/do/", 1)[1] for press in duty_presses(life.who(who), [duty])[str(duty.pk)]]


def test_whoever_does_it_presses_its_act_and_adds_a_note(life: Life) -> None:
    life.report()
    assert pressed(life, "worker", "accept") == ["accept/", "note/"]
    assert pressed(life, "street", "accept") == ["accept/", "note/"]


@pytest.mark.parametrize("who", ["district", "city"])
def test_what_has_climbed_is_done_by_those_below(life: Life, who: str) -> None:
    life.report()
    assert pressed(life, who, "accept") == []
