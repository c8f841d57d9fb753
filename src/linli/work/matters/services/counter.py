"""At the service counter: a number, being called, handed to a colleague, done, and forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service
from linli.core.workflow import Move, Workflow
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.notices.services import notice_queue

from ..models import CounterVisit, Matter, VisitPurpose, VisitState
from ..permissions import can_serve_counter
from ..refusals import invalid
from .texts import text_limited, text_required

COUNTER_URL = "/desk/matters/counter/"
BATCH = 1_000
S = VisitState
COUNTER = Workflow(
    "counter",
    {str(value): str(label) for value, label in S.choices},
    [
        Move("call", _("开始接待"), frozenset({str(S.WAITING)}), str(S.SERVING)),
        Move("wait", _("放回等候"), frozenset({str(S.SERVING)}), str(S.WAITING)),
        Move("pass", _("转给同事"), frozenset({str(S.SERVING)}), str(S.SERVING)),
        Move("finish", _("办结"), frozenset({str(S.SERVING)}), str(S.DONE)),
        Move("leave", _("标记离开"), frozenset({str(S.WAITING), str(S.SERVING)}), str(S.LEFT)),
        Move("return", _("放回等候"), frozenset({str(S.LEFT)}), str(S.WAITING)),
    ],
)


@service(idempotent=True)
def visit_add(*, actor: Actor, purpose: str, topic: str = "", name: str = "") -> CounterVisit:
    """Give somebody who came to the counter the day's next number; a name is not needed."""
    if not can_serve_counter(actor):
        raise NotAllowed(_("窗口由居委会、街镇工作人员接待。"))
    if purpose not in VisitPurpose.values:
        raise invalid(purpose=_("请选择来意。"))
    unit = Unit.objects.select_for_update().get(pk=actor.unit_id or 0)  # one number at a time
    today = clock.today()
    last = CounterVisit.objects.filter(unit=unit, on=today).aggregate(last=Max("number"))["last"] or 0
    visit = CounterVisit(
        unit=unit,
        on=today,
        number=last + 1,
        purpose=purpose,
        topic=text_limited(value=topic, name="topic", most=80),
        name=text_limited(value=name, name="name", most=40),
        came_at=clock.now(),
    )
    visit.save(force_insert=True)
    record("counter.add", visit)
    return visit


@service
def visit_call(*, actor: Actor, visit_id: int) -> CounterVisit:
    """Begin to serve somebody who waits."""
    visit = visit_step(actor=actor, visit_id=visit_id, move="call")
    changes = changes_of(visit, state=S.SERVING, called_at=clock.now(), served_by_id=actor.person_id)
    record("counter.call", visit, changes)
    return visit


@service
def visit_wait(*, actor: Actor, visit_id: int) -> CounterVisit:
    """Undo: put somebody back among those who wait, in their old place."""
    visit = visit_step(actor=actor, visit_id=visit_id, move="wait" if _is_serving(visit_id) else "return")
    changes = changes_of(visit, state=S.WAITING, called_at=None, served_by_id=None, ended_at=None)
    record("counter.wait", visit, changes)
    return visit


def _is_serving(visit_id: int) -> bool:
    return CounterVisit.objects.filter(pk=visit_id, state=S.SERVING).exists()


@service
def visit_pass(*, actor: Actor, visit_id: int, to_person_id: int) -> CounterVisit:
    """Hand somebody over to a colleague of the unit, who is told."""
    visit = visit_step(actor=actor, visit_id=visit_id, move="pass")
    colleagues = person_ids_for(function=actor.function, unit_id=actor.unit_id)
    if to_person_id not in colleagues or to_person_id == visit.served_by_id:
        raise invalid(to=_("请选择本单位的另一位同事。"))
    record("counter.pass", visit, changes_of(visit, served_by_id=to_person_id))
    if to_person_id != actor.person_id:
        title = _("窗口%(number)s号转给您接待") % {"number": visit.number}
        notice_queue(person_ids=[to_person_id], kind="counter.pass", title=title, url=COUNTER_URL)
    return visit


@service
def visit_finish(
    *, actor: Actor, visit_id: int, answer: str = "", matter: Matter | None = None
) -> CounterVisit:
    """End serving: with the matter that was taken in, or with the advice that was given on the spot.

    Advice stays a line of the counter's book; it becomes no matter, so that nobody has to close it.
    """
    visit = visit_step(actor=actor, visit_id=visit_id, move="finish")
    if matter is None:
        said = text_required(value=answer, name="answer", words=_("请写一句当场怎么答复的。"), most=300)
    else:
        said = text_limited(value=answer, name="answer", most=300)
    changes = changes_of(
        visit, state=S.DONE, ended_at=clock.now(), answer=said, matter_id=matter.pk if matter else None
    )
    record("counter.finish", visit, changes)
    return visit


@service
def visit_leave(*, actor: Actor, visit_id: int) -> CounterVisit:
    """Somebody left before they were served."""
    visit = visit_step(actor=actor, visit_id=visit_id, move="leave")
    record("counter.leave", visit, changes_of(visit, state=S.LEFT, ended_at=clock.now()))
    return visit


@require_service
def visit_step(*, actor: Actor, visit_id: int, move: str) -> CounterVisit:
    """Return a visit of today, locked, if this act may be done now; hidden is ``NotFound``."""
    seen = CounterVisit.objects.visible_to(actor).select_for_update(of=("self",))
    visit = seen.filter(pk=visit_id).first()
    if visit is None:
        raise NotFound(_("没有找到这位来访者。"))
    if not can_serve_counter(actor):
        raise NotAllowed(_("窗口由居委会、街镇工作人员接待。"))
    if visit.on != clock.today():
        raise Conflict(_("这是以前的来访，只能查看。"))
    COUNTER.require(visit.state, move)
    return visit


@service
def visits_forget(*, actor: Actor) -> int:
    """Forget names and topics of visits older than the set number of days; returns how many."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed
    before = clock.today() - timedelta(days=settings.COUNTER_DAYS)
    old = CounterVisit.objects.filter(on__lt=before).exclude(name="", topic="", answer="")
    keys = list(old.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    first = CounterVisit.objects.get(pk=keys[0])
    CounterVisit.objects.filter(pk__in=keys).update(name="", topic="", answer="")
    record("counter.forget", first, touched=[CounterVisit])
    return len(keys)
