"""The questions of a correction, one form each, and in which order they are asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from django import forms

from convener.base.kinds import Kind
from convener.measures.lists.spellings import Organisation
from convener.rules.corrections import REASON_MIN, Correctable
from convener.service.models.market import TEXT_MAX
from convener.service.models.pointing import NAME_LENGTH

Item = tuple[str, str, str]  # value, words and hint of something to choose


class Step(StrEnum):
    """One question, or the check at the end."""

    WHICH = "which"
    KIND = "kind"
    NAME = "name"
    OWNER = "owner"
    FIND = "find"
    CHOOSE = "choose"
    SPELLING = "spelling"
    WHY = "why"
    CHECK = "check"


FLOWS = {
    Correctable.KIND: (Step.KIND,),
    Correctable.NAME: (Step.NAME,),
    Correctable.OWNER: (Step.OWNER, Step.FIND, Step.CHOOSE),
    Correctable.SAME: (Step.FIND, Step.CHOOSE),
    Correctable.DIFFERENT: (Step.SPELLING,),
}


class Question(forms.Form):
    """One question about an organisation: its words, and how it is answered."""

    field: ClassVar[str]
    asks: ClassVar[str]  # with {name} where the organisation's stands
    sort: ClassVar[str] = "choice"  # or line, or area
    hint: ClassVar[str] = ""
    items: ClassVar[tuple[Item, ...]] = ()
    empty: ClassVar[str] = "Choose one"

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- a form's own
        body: Organisation,
        offered: list[Item],
        **kwargs: Any,  # noqa: ANN401 -- as above
    ) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        self.offered = offered or list(self.items)
        asked = self.fields[self.field]
        asked.error_messages["required"] = self.empty
        if isinstance(asked, forms.ChoiceField):
            asked.choices = [(value, words) for value, words, _hint in self.offered]
            asked.error_messages["invalid_choice"] = self.empty

    @property
    def title(self) -> str:
        """Return the question."""
        return self.asks.format(name=self.body.name)

    def kept(self) -> dict[str, Any]:
        """Return the answer under its name."""
        return {self.field: self.cleaned_data[self.field]}

    def refuse(self, message: str) -> None:
        """Say of the answer why it cannot be."""
        self.add_error(self.field, message[0].upper() + message[1:])


class Which(Question):
    field = "what"
    asks = "What is wrong about {name}?"
    what = forms.ChoiceField()
    items = (
        (Correctable.KIND, "Its kind", "What sort of body it is: private, a charity, a mutual …"),
        (Correctable.OWNER, "Its owner", "Who controls it in the end"),
        (Correctable.NAME, "Its name", "What pages call it"),
        (Correctable.SAME, "It is the same as another", "Two entries are one organisation"),
        (
            Correctable.DIFFERENT,
            "It holds another's name",
            "One of its spellings stands for a different organisation",
        ),
    )
    empty = "Choose what is to be corrected"


class KindOf(Question):
    field = "kind"
    asks = "What kind of body is {name}?"
    kind = forms.ChoiceField()
    items = tuple((kind.value, kind.label, "") for kind in Kind)
    empty = "Choose a kind"


class NameOf(Question):
    field = "name"
    asks = "What should pages call {name}?"
    sort = "line"
    name = forms.CharField(max_length=NAME_LENGTH)
    hint = "As its own register or its own papers write it"
    empty = "Enter a name"


class HasOwner(Question):
    field = "has_owner"
    asks = "Who owns {name}?"
    has_owner = forms.ChoiceField()
    items = (
        ("yes", "Another organisation owns it", ""),
        ("no", "Nobody else does", "It stands for itself"),
    )
    empty = "Choose whether another organisation owns it"


class Find(Question):
    field = "typed"
    asks = "Find the other organisation"
    sort = "line"
    typed = forms.CharField(max_length=NAME_LENGTH, min_length=2)
    hint = "Part of its name, or its number with the register, such as GB-COH-01234567"
    empty = "Enter part of a name, or a number"

    def kept(self) -> dict[str, Any]:
        return {**super().kept(), "other": None}


class Choose(Question):
    field = "other"
    asks = "Which of these is it?"
    other = forms.ChoiceField()
    empty = "Choose one of the organisations"


class SpellingOf(Question):
    field = "spelling"
    asks = "Which of these is not {name}?"
    spelling = forms.ChoiceField()
    empty = "Choose the spelling that stands for another organisation"


class Why(Question):
    field = "reason"
    asks = "Why is this right?"
    sort = "area"
    reason = forms.CharField(max_length=TEXT_MAX)
    hint = (
        "Say where this can be seen, such as a register or a report. Anyone can read the reason:"
        f" do not name a person. {REASON_MIN} characters or more."
    )
    empty = "Enter a reason"


QUESTIONS: dict[Step, type[Question]] = {
    Step.WHICH: Which,
    Step.KIND: KindOf,
    Step.NAME: NameOf,
    Step.OWNER: HasOwner,
    Step.FIND: Find,
    Step.CHOOSE: Choose,
    Step.SPELLING: SpellingOf,
    Step.WHY: Why,
}
