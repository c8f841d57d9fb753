"""Where a matter came from outside: the number and the limit it has at the hotline or in another system."""

from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.service import require_service

from ..models import Matter
from ..permissions import can_intake_matter
from ..refusals import invalid, invalid_if
from ..rules import Origin, origin_cleaned, origin_refusals


@require_service
def origin_set(*, actor: Actor, matter: Matter, origin: Origin | None, on_behalf: bool) -> None:
    """Say on a new matter where it came from; raises ``InvalidInput`` where that number is here already.

    Only a worker who takes it for somebody else, or another system, knows such a number.
    """
    given = origin_cleaned(origin or Origin())
    if given == Origin():
        return
    if actor.function != Function.CLIENT and not (on_behalf and can_intake_matter(actor)):
        raise NotAllowed(_("来件编号只能由登记来访来电的工作人员填写。"))
    invalid_if(origin_refusals(given))
    if given.number:
        _first_of_its_number(actor, given)
    matter.source, matter.source_number, matter.source_due_at = given.source, given.number, given.due_at


def _first_of_its_number(actor: Actor, origin: Origin) -> None:
    first = Matter.objects.filter(source=origin.source, source_number=origin.number).first()
    if first is None:
        return
    if Matter.objects.visible_to(actor).filter(pk=first.pk).exists():
        words = _("这个来件编号已登记为%(number)s（%(state)s），没有重复登记。请到那一件里补记。")
        facts = {"number": first.number, "state": first.get_state_display()}
        raise invalid(source_number=words % facts)
    raise invalid(source_number=_("这个来件编号已由其他区域登记，没有重复登记。请核对编号。"))
