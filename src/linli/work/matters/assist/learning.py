"""From examples to a model that is in use: read, learn, write the files, then one service names them."""

import time
from collections.abc import Mapping, Sequence
from uuid import uuid4

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.fields import in_areas

from ..models import Assignment, AssistModel, Matter, SuggestionTarget
from ..permissions import can_train_assist
from .model import TextModel, train
from .rules import Lesson, lesson_of
from .services import model_keep
from .store import models_save

MOST_ROWS = 100_000
URGENT, USUAL = "urgent", "usual"
Pairs = Mapping[str, Sequence[tuple[str, str]]]


def history(area_path: str = "") -> Pairs:
    """Return what people have confirmed in an area: (text, label) for each target, the newest first."""
    lead = Assignment.objects.filter(matter=OuterRef("pk"), part=Assignment.Part.LEAD).order_by("-sent_at")
    kind = Subquery(lead.values("unit__kind")[:1])
    rows = list(_confirmed(area_path).annotate(unit_kind=kind).select_related("category")[:MOST_ROWS])
    return {
        SuggestionTarget.CATEGORY: [(row.text, row.category.code) for row in rows if row.category],
        SuggestionTarget.AFFAIR_CLASS: [(row.text, row.affair_class) for row in rows],
        SuggestionTarget.UNIT_KIND: [(row.text, row.unit_kind or "") for row in rows],
        SuggestionTarget.URGENCY: [(row.text, URGENT if row.is_emergency else USUAL) for row in rows],
    }


def _confirmed(area_path: str) -> QuerySet[Matter]:
    decided = Q(class_confirmed_by__isnull=False) | Q(closed_at__isnull=False, category__isnull=False)
    return (
        Matter.objects.filter(decided, in_areas("area_path", (area_path,)))
        .exclude(text="")
        .order_by("-reported_at")
    )


def learn(*, actor: Actor, pairs: Pairs, source: str, area_path: str = "") -> AssistModel:
    """Learn every target that has enough examples and put the result into use; whole or not at all.

    The category must be learnable, else its refusal is raised; other targets may be thin.
    """
    if not can_train_assist(actor):
        raise NotAllowed(_("训练由运维人员在服务器上进行。"))
    began = time.perf_counter()
    lessons = _lessons(pairs)
    learnt: dict[str, TextModel] = {}
    figures: dict[str, object] = {}
    for target, lesson in lessons.items():
        model, found = train(lesson.texts, lesson.labels)
        learnt[target] = model
        figures[target] = {**found.as_json(), "rows": len(lesson.texts), "left_out": list(lesson.left_out)}
    version = f"{clock.today():%Y%m%d}-{uuid4().hex[:8]}"
    models_save(version, learnt)
    return model_keep(
        actor=actor,
        version=version,
        area_path=area_path,
        source=source,
        rows=max(len(lesson.texts) for lesson in lessons.values()),
        figures=figures,
        seconds=round(time.perf_counter() - began, 1),
    )


def _lessons(pairs: Pairs) -> dict[str, Lesson]:
    lessons: dict[str, Lesson] = {}
    refusals: list[InvalidInput] = []
    for target, examples in pairs.items():
        try:
            lessons[target] = lesson_of(examples)
        except InvalidInput as refusal:
            if target == SuggestionTarget.CATEGORY:
                raise
            refusals.append(refusal)
    if not lessons:
        raise refusals[0] if refusals else InvalidInput(_("没有可以学习的内容。"))
    return lessons
