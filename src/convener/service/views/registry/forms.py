"""The forms of the register: what is typed, and what is said where it cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from convener.base.errors import ConvenerError
from convener.rules.registry import KINDS, NAME_MAX, REASON_MIN, SCHEMES, SOURCE_MAX, WORDS_MAX

DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"]
KIND_ITEMS = [(kind.value, kind.label) for kind in KINDS]


def refuse(form: forms.Form, field: str, error: ConvenerError) -> None:
    """Say of a field why it cannot be."""
    message = str(error)
    form.add_error(field, message[0].upper() + message[1:])


def words(asked: str, *, most: int = WORDS_MAX, is_needed: bool = True) -> forms.CharField:
    """Return a field for words, with what is said where they lack."""
    return forms.CharField(max_length=most, required=is_needed, error_messages={"required": asked})


def day(*, is_needed: bool = False, asked: str = "") -> forms.DateField:
    """Return a field for a day, written in any of a few ways."""
    invalid = "Enter a day such as 2026-03-31"
    return forms.DateField(
        required=is_needed,
        input_formats=DAYS,
        error_messages={"invalid": invalid, "required": asked or invalid},
    )


def percent(asked: str, *, is_needed: bool) -> forms.DecimalField:
    """Return a field for a share in percent."""
    return forms.DecimalField(
        required=is_needed,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        error_messages={
            "required": asked,
            "invalid": "Enter a percentage in figures, such as 51",
            "min_value": "A share is from 0 to 100%",
            "max_value": "A share is from 0 to 100%",
        },
    )


class RecordForm(forms.Form):
    """What is said of an organisation when it is registered."""

    name = words("Enter what the organisation is called", most=NAME_MAX)
    kind = forms.ChoiceField(
        choices=KIND_ITEMS, error_messages={"required": "Choose what kind of body it is"}
    )
    scheme = forms.ChoiceField(choices=[("", ""), *SCHEMES.items()], required=False)
    number = words("", most=100, is_needed=False)
    source = words("Enter where this can be seen", most=SOURCE_MAX)

    def clean(self) -> dict[str, Any]:
        """Ask for the register of a number, and for the number of a register."""
        given = super().clean() or {}
        if given.get("number") and not given.get("scheme"):
            self.add_error("scheme", "Choose the register that gave the number")
        if given.get("scheme") and not given.get("number"):
            self.add_error("number", "Enter the number, or choose no register")
        return given


class NameForm(forms.Form):
    """What a record is called instead."""

    name = words("Enter what it is called", most=NAME_MAX)
    reason = words(f"Say why, in {REASON_MIN} characters or more")


class KindForm(forms.Form):
    """What an organisation is from a day on."""

    kind = forms.ChoiceField(
        choices=KIND_ITEMS, error_messages={"required": "Choose what kind of body it is"}
    )
    from_on = day(is_needed=False)
    source = words("Enter where this can be seen", most=SOURCE_MAX)


class NumberForm(forms.Form):
    """A number that a register gave it."""

    scheme = forms.ChoiceField(
        choices=[*SCHEMES.items()],
        error_messages={"required": "Choose the register that gave the number"},
    )
    number = words("Enter the number", most=100)


class MatchForm(forms.Form):
    """Which of the market's organisations it is."""

    key = forms.ChoiceField(error_messages={"required": "Choose one, or go back"})

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401 -- a form's own
        super().__init__(*args, **kwargs)
        field = self.fields["key"]
        if isinstance(field, forms.ChoiceField):
            field.choices = offered


class ClaimForm(forms.Form):
    """What shows that a record is one's own."""

    evidence = words("Say what shows that it is yours")


class AnswerForm(forms.Form):
    """Whether a claim is approved, and in which words."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve"), ("refuse", "Refuse")],
        error_messages={"required": "Choose whether it is approved"},
    )
    answer = words("Enter the answer that the claimant reads")


class HoldingForm(forms.Form):
    """One owner's share, its days and its terms."""

    owner = words("Enter the owner's name, or its number here", most=NAME_MAX)
    share = percent("Enter the share in percent", is_needed=True)
    has_control = forms.ChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        error_messages={"required": "Choose whether this owner controls it"},
    )
    from_on = day()
    to_on = day()
    profit = percent("", is_needed=False)
    profit_rule = words("", is_needed=False)
    exit_terms = words("", is_needed=False)
    source = words("Enter where this can be seen", most=SOURCE_MAX)

    def share_of(self, name: str) -> Decimal | None:
        """Return a percentage as a share of one."""
        value: Decimal | None = self.cleaned_data[name]
        return None if value is None else value / 100


class EndForm(forms.Form):
    """Until which day an owner held its share."""

    to_on = day(is_needed=True, asked="Enter the day on which it ended")


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = words(f"Say why, in {REASON_MIN} characters or more")


class MergeForm(forms.Form):
    """Which record is the same organisation, and how that is known."""

    other = words("Enter the name of the other record, or its number here", most=NAME_MAX)
    reason = words(f"Say why, in {REASON_MIN} characters or more")
    sure = forms.BooleanField(required=False)
