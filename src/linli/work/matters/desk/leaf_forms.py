"""A form in which a leaf of the category tree is chosen, and the leaf's questions are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.foundation.ui.forms import DeskForm

from ..catalog.asked import ANSWERS, answers_said, asked, leaf_chosen, offered, unasked
from ..models import Category


class LeafSelect(forms.Select):
    """The list of all leaves for pages without script, beside the leaves to tap; nothing is chosen in it.

    Script may leave it in the page though nobody sees it: what is empty never overrules what was tapped.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """Return the last that was chosen, in the list or by a tap."""
        said = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return next((value for value in reversed(said) if value), "")

    def format_value(self, value: Any) -> list[str]:
        """Show nothing as chosen."""
        return [""]


class LeafForm(DeskForm):
    """A form whose ``category`` is found by words or in the tree; with ``asks`` its questions are asked.

    A page without script shows questions only after sending: then the form is not valid until they have
    been shown, and each that is needed is answered.
    """

    asks: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong_answers: dict[str, str] = {}
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField):
            field.widget = LeafSelect(choices=field.choices)  # type: ignore[arg-type]

    @property
    def sent(self) -> QueryDict:
        """Return what was sent; where the form is shown for the first time, the answers it begins with."""
        if isinstance(self.data, QueryDict):
            return self.data
        known = QueryDict(mutable=True)
        for name, value in self.initial.items():
            if name.startswith(ANSWERS):
                known.setlist(name, value if isinstance(value, list) else [value])
        return known

    @property
    def leaf(self) -> Category | None:
        """Return the leaf that is chosen so far."""
        return leaf_chosen(str(self["category"].value() or ""))

    @property
    def answers(self) -> dict[str, Any]:
        """Return what was said to the questions of the chosen leaf."""
        return answers_said(self.leaf, self.sent)

    @property
    def pick(self) -> dict[str, Any]:
        """Return what ``category_pick.html`` draws: leaves to tap and the questions that are due."""
        leaf = self.leaf
        return {
            "asks": self.asks,
            "offered": offered("", leaf, self.likely()),
            "asked": asked(leaf, self.sent, self.wrong_answers) if self.asks else [],
        }

    def likely(self) -> Sequence[Category]:
        """Return leaves that are likely before anybody has looked for one."""
        return ()

    def may_ask(self) -> bool:
        """Whether whoever sends the form may be asked further before it is taken."""
        return self.asks

    def clean(self) -> dict[str, Any]:
        """Ask further where questions are due that the page did not show."""
        cleaned = super().clean() or {}
        if self.may_ask() and unasked(self.leaf, self.sent):
            self.add_error("category", _("这一类还要问几句，回答后再发送一次；别的内容都还在。"))
        return cleaned

    def take(self, refusal: InvalidInput) -> None:
        """Keep what is wrong with answers for their places; the rest goes where it belongs."""
        said = {name: str(words) for name, words in refusal.details.items()}
        self.wrong_answers = {name: words for name, words in said.items() if name.startswith(ANSWERS)}
        rest = {name: words for name, words in said.items() if name not in self.wrong_answers}
        if self.wrong_answers:
            self.add_error("category", _("有问题没有答好，请看下面。"))
        if rest or not said:
            super().take(InvalidInput(refusal.message, details=rest))
