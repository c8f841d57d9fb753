"""Whoever reads the audit record reads words: no code of an act, no name of a column."""

import re
from pathlib import Path

import pytest

from linli.foundation.audit.models import AuditRecord
from linli.foundation.audit.views import acts
from linli.foundation.audit.words import field_words, verb_words

SOURCE = Path(__file__).parents[1] / "src" / "linli"
RECORDED = re.compile(r"""\brecord\(\s*["']([a-z_]+\.[a-z_]+)["']""")


def test_every_act_that_is_recorded_has_words() -> None:
    files = [path for path in SOURCE.rglob("*.py") if "tests" not in path.parts]
    verbs = {verb for path in files for verb in RECORDED.findall(path.read_text(encoding="utf-8"))}
    assert len(verbs) > 100
    assert [verb for verb in sorted(verbs) if verb_words(verb) == verb] == []


@pytest.mark.parametrize("name", ["due_source", "accepted_at", "intake_unit_id", "class_set_by_id", "state"])
def test_what_most_acts_change_has_a_name(name: str) -> None:
    assert not field_words("matters.matter", name).isascii()


@pytest.mark.django_db
def test_what_has_no_name_is_counted() -> None:
    row = AuditRecord(
        actor_key="system:sweep",
        actor_function="system",
        verb="export.sweep",
        subject_kind="matters.matter",
        changes={"due_source": "", "lock": "", "version": ""},
    )
    [act] = acts([row])
    assert (act["who"], act["function"], act["fields"]) == ("系统", "后台作业", "时限依据、另有1项")
