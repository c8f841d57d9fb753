"""The shape of what people type about elections; each form says with what its service is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.places.models import Compound
from linli.foundation.ui.forms import DeskForm, day, instant, long_text, short_text

from ..ballots.finding import person_found, who
from ..ballots.models import Channel
from ..bodies.forms import DeclarationFields
from ..bodies.kinds import Declaration, kind_elected
from ..law import rules_in_force
from .models import Candidate, Election
from .selectors import related_pairs, seatable_bodies
from .services import ElectionDraft, PostEntry, RecallDraft
from .workflow import Recalling, State

SECRET = (Channel.WEB, Channel.PAPER, Channel.BOX)


def rule_choices(kind: str) -> list[tuple[str, str]]:
    """Return the rules of a kind that are in force today."""
    found = {rule.key: rule.title for rule in rules_in_force(clock.today()) if rule.kind == kind}
    return [("", _("请选择")), *found.items()]


class ActForm(DeskForm):
    """One act on one election: ``said`` is what the service is called with beside actor and election."""

    def __init__(self, *args: Any, election: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.election = election
        self.prepare()

    def prepare(self) -> None:
        """Offer what can be chosen."""

    def said(self, actor: Actor) -> dict[str, Any]:
        """Return the service's arguments; raises ``InvalidInput`` for somebody who is not found."""
        return dict(self.cleaned_data)

    def offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        """Fill a choice."""
        self.fields[name].choices = [("", _("请选择")), *choices]  # type: ignore[attr-defined]


class ConfirmForm(ActForm):
    """Nothing but the press."""


class OfElection(ActForm):
    """Acts of which the election is the subject."""

    def said(self, actor: Actor) -> dict[str, Any]:
        """Add the election."""
        return {"election_id": self.election.public_id, **self.cleaned_data}


class PlainForm(OfElection):
    """Nothing but the press, of an election."""


class ProposeForm(OfElection):
    """Whom the party organisation names, for which post."""

    post = forms.TypedChoiceField(label=gettext_lazy("职务"), coerce=int)
    resident = who(gettext_lazy("提名谁"))
    document = short_text(gettext_lazy("党组织提名的文件或会议"), limit=120)
    about = long_text(gettext_lazy("简介"), required=False, limit=300)

    def prepare(self) -> None:
        """Offer the posts."""
        self.offer("post", [(post.order, post.title) for post in self.election.posts.all()])

    def said(self, actor: Actor) -> dict[str, Any]:
        """Find the person."""
        said = super().said(actor)
        said["resident_id"] = person_found(actor, said.pop("resident"), "resident")
        return said


class OfCandidate(ActForm):
    """Acts on one candidate."""

    candidate = forms.ChoiceField(label=gettext_lazy("候选人"))
    states: tuple[str, ...] = (Candidate.State.NAMED, Candidate.State.STANDING)

    def prepare(self) -> None:
        """Offer who still stands."""
        rows = self.election.candidates.filter(state__in=self.states).select_related("post")
        self.offer("candidate", [(row.public_id, f"{row.name}（{row.post.title}）") for row in rows])

    def said(self, actor: Actor) -> dict[str, Any]:
        """Name the candidate by id."""
        said = dict(self.cleaned_data)
        return {"candidate_id": UUID(said.pop("candidate")), **said}


class SupportForm(OfCandidate):
    """Voters who signed a paper for a candidate, one in a line."""

    people = long_text(
        gettext_lazy("联名的选民"), limit=2000, help_text=gettext_lazy("一行一位：姓名、手机号或证件号码")
    )

    def said(self, actor: Actor) -> dict[str, Any]:
        """Find every one of them."""
        said = super().said(actor)
        lines = [line.strip() for line in said.pop("people").splitlines() if line.strip()]
        said["resident_ids"] = [person_found(actor, line, "people") for line in lines]
        return said


class DeclareForm(OfCandidate, DeclarationFields):
    """What a candidate declares of near relatives in office."""

    field_order = ("candidate",)

    def prepare(self) -> None:
        """Say where relatives matter in this election."""
        super().prepare()
        self.ask(kind_elected(self.election.rule_key))
        if "relatives" in self.fields:
            self.fields["relatives"].required = True

    def said(self, actor: Actor) -> dict[str, Any]:
        """Return the declaration; an election that asks for none is refused by the service."""
        candidate = UUID(self.cleaned_data["candidate"])
        return {"candidate_id": candidate, "declaration": self.declared() or Declaration(False)}


class EndForm(OfCandidate):
    """Why somebody no longer stands."""

    reason = short_text(gettext_lazy("原因"), limit=200)


class SettleForm(OfElection):
    """What becomes of two relatives."""

    pair = forms.ChoiceField(label=gettext_lazy("哪两位候选人"))
    note = long_text(gettext_lazy("核实的情况和处理意见"), limit=300)

    def prepare(self) -> None:
        """Offer the pairs that the registry shows."""
        pairs = related_pairs(self.election)
        self.offer(
            "pair",
            [
                (
                    f"{one.first.number}-{one.second.number}",
                    f"{one.first.name}、{one.second.name}（{one.why}）",
                )
                for one in pairs
            ],
        )

    def said(self, actor: Actor) -> dict[str, Any]:
        """Say both numbers."""
        said = super().said(actor)
        first, second = said.pop("pair").split("-")
        return {**said, "first": int(first), "second": int(second)}


class RoundForm(OfElection):
    """When and how the next round is voted."""

    opens_at = instant(gettext_lazy("投票开始"))
    closes_at = instant(gettext_lazy("投票截止"))
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("投票途径"),
        choices=[(one.value, one.label) for one in SECRET],
        initial=[Channel.WEB.value, Channel.PAPER.value],
        widget=forms.CheckboxSelectMultiple,
    )


class ConcludeForm(OfElection):
    """A word about seats that stay open."""

    vacancies = long_text(
        gettext_lazy("缺额怎么办"),
        required=False,
        limit=300,
        help_text=gettext_lazy("职务都已选出的不用填"),
    )


class HandOverForm(OfElection):
    """What was handed over, when."""

    items = long_text(
        gettext_lazy("移交了什么"), limit=2000, help_text=gettext_lazy("印章、账目、档案、资产、场所")
    )
    handed_on = day(gettext_lazy("移交日期"))


class SeatForm(OfElection):
    """Which body the elected belong to, from which day, and whether a new term begins with them."""

    body = forms.ChoiceField(label=gettext_lazy("进入哪个组织"))
    term = forms.ChoiceField(
        label=gettext_lazy("届次"),
        choices=[("new", gettext_lazy("开始新一届")), ("now", gettext_lazy("补入本届"))],
    )
    from_on = day(gettext_lazy("任职日期"))

    def prepare(self) -> None:
        """Offer the bodies of the place that have members."""
        self.offer("body", [(body.public_id, body.name) for body in seatable_bodies(self.election)])
        self.fields["from_on"].initial = clock.today()

    def said(self, actor: Actor) -> dict[str, Any]:
        """Say whether a term begins."""
        said = super().said(actor)
        said["body_id"], said["begins_term"] = UUID(said.pop("body")), said.pop("term") == "new"
        return said


class ReasonForm(OfElection):
    """A reason that everybody reads."""

    reason = long_text(gettext_lazy("原因"), limit=300)


# -- new ones ---------------------------------------------------------------------------
class ElectionForm(DeskForm):
    """A new election."""

    title = short_text(gettext_lazy("名称"), help_text=gettext_lazy("例如：桂花第一居民委员会换届选举"))
    rule_key = forms.ChoiceField(label=gettext_lazy("按哪条规则"))
    compound = forms.ChoiceField(
        label=gettext_lazy("小区"), required=False, help_text=gettext_lazy("业主委员会的选举才选")
    )
    posts = long_text(
        gettext_lazy("要选的职务"), help_text=gettext_lazy("一行一个，职务后面写名额，例如：委员 3")
    )
    nominations_until = day(gettext_lazy("提名到哪天为止"))
    needs_woman = forms.BooleanField(label=gettext_lazy("候选人里要有妇女"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_key"].choices = rule_choices("election")  # type: ignore[attr-defined]
        rows = [row for row in Compound.objects.order_by("pinyin") if actor.covers(row.area_path)]
        offered = [("", _("不限小区")), *((str(row.public_id), row.name) for row in rows)]
        self.fields["compound"].choices = offered  # type: ignore[attr-defined]
        self.fields["nominations_until"].initial = clock.today() + timedelta(days=7)

    def clean_posts(self) -> list[PostEntry]:
        """Read posts and seats, one in a line."""
        found = []
        for line in self.cleaned_data["posts"].splitlines():
            if words := line.split():
                seats = words.pop() if len(words) > 1 else "1"
                if not seats.isdecimal():
                    raise forms.ValidationError(_("「%s」的名额请写数字，例如：委员 3。") % line.strip())
                found.append(PostEntry(" ".join(words), int(seats)))
        return found

    @property
    def draft(self) -> ElectionDraft:
        """What was written."""
        said = dict(self.cleaned_data)
        compound = said.pop("compound")
        return ElectionDraft(compound_id=UUID(compound) if compound else None, **said)


class RecallForm(DeskForm):
    """A proposal of recall."""

    name = short_text(gettext_lazy("被提出罢免的人"), limit=60)
    office = short_text(gettext_lazy("职务"), limit=60)
    reason = long_text(gettext_lazy("罢免理由"), limit=1000)
    rule_key = forms.ChoiceField(label=gettext_lazy("按哪条规则"))
    opens_at = instant(gettext_lazy("投票开始"))
    closes_at = instant(gettext_lazy("投票截止"))
    channels = RoundForm.base_fields["channels"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_key"].choices = rule_choices("recall")  # type: ignore[attr-defined]

    @property
    def draft(self) -> RecallDraft:
        """What was written."""
        return RecallDraft(**self.cleaned_data)


class OfRecall(ActForm):
    """Acts of which a recall is the subject."""

    def said(self, actor: Actor) -> dict[str, Any]:
        """Add the recall."""
        return {"recall_id": self.election.public_id, **self.cleaned_data}


class RecallSupportForm(OfRecall):
    """Voters who signed for a recall, one in a line."""

    people = long_text(
        gettext_lazy("附议的选民"), limit=2000, help_text=gettext_lazy("一行一位：姓名、手机号或证件号码")
    )

    def said(self, actor: Actor) -> dict[str, Any]:
        """Find every one of them."""
        said = super().said(actor)
        lines = [line.strip() for line in said.pop("people").splitlines() if line.strip()]
        said["resident_ids"] = [person_found(actor, line, "people") for line in lines]
        return said


class DefenceForm(OfRecall):
    """What the one concerned says."""

    defence = long_text(gettext_lazy("本人申辩"), limit=1000)


class RecallReasonForm(OfRecall):
    """Why a recall ends."""

    reason = long_text(gettext_lazy("原因"), limit=300)


class FilterForm(forms.Form):
    """How the list is narrowed."""

    q = forms.CharField(label=gettext_lazy("编号或名称"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *State.choices]
    )


class RecallFilterForm(forms.Form):
    """How the list of recalls is narrowed and sorted."""

    q = forms.CharField(label=gettext_lazy("编号、职务或组织单位"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *Recalling.choices]
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("排序"),
        required=False,
        choices=[
            ("", gettext_lazy("最近的在前")),
            ("oldest", gettext_lazy("最早的在前")),
            ("missing", gettext_lazy("差附议人数少的在前")),
            ("office", gettext_lazy("按职务")),
        ],
    )


class OfferForm(DeskForm):
    """Standing oneself."""

    post = forms.TypedChoiceField(label=gettext_lazy("职务"), coerce=int)
    about = long_text(gettext_lazy("自我介绍"), required=False, limit=300)

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(post.order, post.title) for post in election.posts.all()]
        self.fields["post"].choices = [("", _("请选择")), *offered]  # type: ignore[attr-defined]
