"""The invented people as whom a demonstration lets anyone try the service.

What each may do is not written here: it is read from the table of access.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from convener.rules.access import Act, Role, Scope, scope_of

DOMAIN = "demo.invalid"  # RFC 2606, section 2: no email to it is ever delivered


class Side(StrEnum):
    """Where in the market a person stands."""

    BUYING = "Those who buy"
    PROVIDING = "Those who provide"
    AROUND = "Those who pay for outcomes, or use services"
    CARING = "Those who look after the market and the service"


class Body(StrEnum):
    """An organisation of the demonstration market, by its part in the story."""

    COUNCIL = "council"
    REGION = "region"
    FIRM = "firm"
    CHARITY = "charity"
    TEAM = "team"
    FUND = "fund"


@dataclass(frozen=True)
class Persona:
    """An invented person: who they are, in which role, for whom, and what they are busy with."""

    slug: str
    name: str
    says: str  # after "is", in one line
    role: Role
    side: Side
    body: Body | None
    busy: str
    also: tuple[Role, ...] = ()

    @property
    def email(self) -> str:
        """Return the email that the person is known by."""
        return f"{self.slug}@{DOMAIN}"


PERSONAS = (
    Persona(
        "officer",
        "Odile Marsh",
        "a commissioning officer of a borough council",
        Role.OFFICER,
        Side.BUYING,
        Body.COUNCIL,
        "Watches the owner on whom much of her borough's care rests, and was told of a warning.",
        (Role.KEEPER,),
    ),
    Persona(
        "approver",
        "Amos Field",
        "an approver of the same council",
        Role.APPROVER,
        Side.BUYING,
        Body.COUNCIL,
        "Will approve awards and claims of outcomes that others prepared, and never his own. He"
        " has declared that he is a trustee of a charity that the council buys from.",
    ),
    Persona(
        "evaluator",
        "Esme Tolland",
        "an evaluator of bids for the same council",
        Role.EVALUATOR,
        Side.BUYING,
        Body.COUNCIL,
        "Will score bids. She has declared that a firm that bids employed her, years ago.",
    ),
    Persona(
        "finance",
        "Farid Noor",
        "a finance officer of the same council",
        Role.FINANCE,
        Side.BUYING,
        Body.COUNCIL,
        "Pays what an approver approved, and looks at how bidders stand.",
    ),
    Persona(
        "sponsor",
        "Solveig Hart",
        "a sponsor at the mayoral authority",
        Role.SPONSOR,
        Side.BUYING,
        Body.REGION,
        "Puts money into what several boroughs do together, and watches a large owner.",
    ),
    Persona(
        "large-firm",
        "Leon Prior",
        "the lead of a large firm that provides care",
        Role.PROVIDER,
        Side.PROVIDING,
        Body.FIRM,
        "Has claimed the record of a joint venture, asked for a correction that is late,"
        " and made a token for a program.",
        (Role.KEEPER,),
    ),
    Persona(
        "small-charity",
        "Cora Bligh",
        "the lead of a small charity",
        Role.PROVIDER,
        Side.PROVIDING,
        Body.CHARITY,
        "Claimed her charity's record and had that approved, entered two years of accounts,"
        " offers four standing answers, one of which has run out, and waits for an answer.",
        (Role.KEEPER,),
    ),
    Persona(
        "mutual-to-be",
        "Maeve Storr",
        "the lead of a council team that means to become a mutual",
        Role.PROVIDER,
        Side.PROVIDING,
        Body.TEAM,
        "Keeps her team's record while it is still part of the council.",
        (Role.KEEPER,),
    ),
    Persona(
        "caseworker",
        "Wil Odell",
        "a caseworker of the small charity",
        Role.CASEWORKER,
        Side.PROVIDING,
        Body.CHARITY,
        "Will open and close cases of people who are helped.",
    ),
    Persona(
        "investor",
        "Iris Vane",
        "an investor in outcomes, at a fund",
        Role.INVESTOR,
        Side.AROUND,
        Body.FUND,
        "Looks for markets in which paying for outcomes could help.",
    ),
    Persona(
        "person",
        "Pat Rowan",
        "a person who uses services",
        Role.PERSON,
        Side.AROUND,
        None,
        "Looks up who provides what near home. Acts for nobody else.",
    ),
    Persona(
        "convener",
        "Connie Wray",
        "a convener of the market",
        Role.CONVENER,
        Side.CARING,
        None,
        "Looks after the register: a claim to a record waits for her decision.",
    ),
    Persona(
        "analyst",
        "Anders Low",
        "an analyst of the market",
        Role.ANALYST,
        Side.CARING,
        None,
        "Answers requests for corrections, one of which is late, and corrects who is who.",
    ),
    Persona(
        "administrator",
        "Ada Quill",
        "an administrator of the service",
        Role.ADMINISTRATOR,
        Side.CARING,
        None,
        "Invites people, and sees what was done, when and by whom; what an organisation keeps"
        " to itself she does not see.",
    ),
)
BY_SLUG = {persona.slug: persona for persona in PERSONAS}
BY_EMAIL = {persona.email: persona for persona in PERSONAS}


@dataclass(frozen=True)
class May:
    """What a person may do more than anyone who visits: for their own, and everywhere."""

    own: tuple[str, ...]
    all: tuple[str, ...]


def may_more(roles: Iterable[Role]) -> May:
    """Return what people in these roles may do that a visitor may not."""
    held = tuple(roles)
    own, everywhere = [], []
    for act in Act:
        if scope_of(Role.VISITOR, act) is not Scope.NONE:
            continue
        scopes = {scope_of(role, act) for role in held} - {Scope.NONE}
        if scopes == {Scope.OWN}:
            own.append(act.value)
        elif scopes:
            everywhere.append(act.value)
    return May(tuple(own), tuple(everywhere))
