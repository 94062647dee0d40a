"""The integrity flags of one process at a time, for those who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from convener.measures.lists.process_flags import FlagFound
from convener.rules.access import Act
from convener.service.api.frame import operation
from convener.service.api.shapes import OfProcess
from convener.service.market.data import market_data
from convener.service.market.flags import look


class Input(Schema):
    """One thing that a rule rests on."""

    name: str
    value: float


class RuleShown(Schema):
    """One rule upon a process, or upon one organisation in it."""

    code: str
    measure: str = Field(description="its name in the catalogue, which has its SQL")
    weighs: str
    compares: str = Field(description="on which side of its limit it flags")
    organisation: str = Field(description="whom it judges, where it judges one")
    value: float | None = Field(description="nothing where the source does not publish it")
    limit: float | None = Field(description="nothing where none could be set")
    is_flagged: bool | None = Field(description="nothing where it could not be judged")
    result: str
    inputs: list[Input]


class NoteBeside(Schema):
    """What an organisation of the process says of itself."""

    organisation: str
    organisation_name: str
    is_request: bool
    text: str
    posted_at: datetime
    answer: str


class FlagsShown(Schema):
    """Every rule upon one process. A flag is a reason to look, never a finding."""

    ocid: str
    title: str
    buyer: str
    source: str
    flagged: int = Field(description="rules that flag it")
    judged: int = Field(description="judgements that could be made")
    rules: list[RuleShown]
    notes: list[NoteBeside]


# Its address ends in a word: this module comes before `processes`, whose address takes any.
@operation(
    "processes/{path:ocid}/flags",
    Act.SEE_INTEGRITY_FLAGS,
    FlagsShown,
    tag="Processes",
    is_own=True,
)
def flags(request: HttpRequest, ocid: OfProcess) -> dict[str, Any]:  # noqa: ARG001 -- ninja's signature
    """Give the integrity flags of one process: each rule, its inputs, its limit, its result."""
    looked = look(market_data(), ocid)
    process = looked.process
    return {
        **{name: getattr(process, name) for name in ("ocid", "title", "buyer", "source")},
        "flagged": looked.flagged,
        "judged": looked.judged,
        "rules": [_rule(one) for one in looked.found],
        "notes": [
            {
                **vars(one),
                "organisation": str(one.organisation_key),
                "organisation_name": one.organisation,
            }
            for one in looked.notes
        ],
    }


def _rule(one: FlagFound) -> dict[str, Any]:
    told = ("code", "weighs", "compares", "organisation", "value", "is_flagged", "result")
    return {
        **{name: getattr(one, name) for name in told},
        "measure": one.measure.name,
        "limit": one.threshold,
        "inputs": [{"name": name, "value": value} for name, value in one.inputs],
    }
