"""What buyers ask of every bidder: the questions that an organisation answers once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import BadInputError, NotFoundError

OLD_DAYS = 365  # an answer that nobody looked at for a year is asked for again; our choice
TEXT_MAX = 10_000  # characters of an answer
YEARS_AHEAD = 30  # a last day beyond it is a slip of the keyboard
SOON_DAYS = 60  # how long before its last day an answer is said to run out


class Age(StrEnum):
    """How far an answer or a document can be offered again as it is."""

    CURRENT = "current"
    RUNS_OUT = "runs out soon"
    OLD = "over a year old"
    RUN_OUT = "has run out"

    @property
    def is_to_be_looked_at(self) -> bool:
        """Say whether it should be given anew before it is offered."""
        return self in (Age.OLD, Age.RUN_OUT)


@dataclass(frozen=True)
class Question:
    """One question, what a good answer holds, and where buyers have it from."""

    name: str
    asks: str
    hint: str
    source: str
    may_run_out: bool = False


_QUESTIONS = (
    Question(
        "insurance",
        "What insurance do you hold?",
        "Employer's, public and professional liability: insurer, cover and when each ends.",
        "Employers' Liability (Compulsory Insurance) Act 1969 for the first; contracts for the"
        " rest",
        may_run_out=True,
    ),
    Question(
        "safeguarding",
        "How do you keep children and adults at risk safe?",
        "Your policy and who leads on it, checks before people start, training, and how a"
        " concern is raised.",
        "Care Act 2014, sections 42 to 46; Children Act 2004, section 11",
    ),
    Question(
        "modern-slavery",
        "How do you keep modern slavery out of your work and your supply chain?",
        "A statement is due from a turnover of £36 million; below it, say what you check.",
        "Modern Slavery Act 2015, section 54",
    ),
    Question(
        "data-protection",
        "How do you protect what you know of people?",
        "Registration with the Information Commissioner, who leads, how breaches are told, and"
        " any certificate, such as Cyber Essentials.",
        "UK GDPR, articles 5, 32 and 33; Data Protection Act 2018",
        may_run_out=True,
    ),
    Question(
        "living-wage",
        "What do you pay the least paid of your staff?",
        "Whether all are paid the real Living Wage, and whether you are accredited.",
        "Living Wage Foundation; the legal floor is the National Minimum Wage Act 1998",
        may_run_out=True,
    ),
    Question(
        "health-and-safety",
        "How do you keep staff and visitors safe?",
        "Your policy, who is competent to advise, and notices or prosecutions of three years.",
        "Health and Safety at Work etc. Act 1974, section 2",
    ),
    Question(
        "equality",
        "How do you treat people fairly, as an employer and as a service?",
        "Your policy, who uses it, and findings against you in three years.",
        "Equality Act 2010, section 149 for public functions",
    ),
    Question(
        "quality",
        "How do you know that your service is good?",
        "Ratings of a regulator, certificates, and what you learn from complaints.",
        "Care Quality Commission, Ofsted or another regulator, where one rates you",
        may_run_out=True,
    ),
    Question(
        "continuity",
        "How would the service go on if something failed?",
        "A plan for staff, premises, systems and suppliers, and when it was last tried.",
        "Sourcing practice of central government, on resolution planning",
    ),
    Question(
        "social-value",
        "What does your work do for the place beyond the service?",
        "Jobs, skills, volunteers, money spent with local and small bodies, with numbers.",
        "Public Services (Social Value) Act 2012",
    ),
    Question(
        "environment",
        "How do you reduce the harm of your work to the climate?",
        "A plan to reduce carbon, if you have one, and what changed.",
        "Climate Change Act 2008 and the plans that buyers ask for",
    ),
    Question(
        "prompt-payment",
        "How fast do you pay those who work for you?",
        "The days you allow, and the share paid within 30 and 60 days.",
        "Reporting on Payment Practices and Performance Regulations 2017, for the large",
    ),
)
QUESTIONS: Mapping[str, Question] = MappingProxyType({one.name: one for one in _QUESTIONS})


class NoSuchQuestionError(NotFoundError):
    """No standing question has the name."""


class PastDayError(BadInputError):
    """What is given today would have run out already, or never would."""


def question_of(name: str) -> Question:
    """Return the question of a name.

    Raises
    ------
    NoSuchQuestionError
        If there is none.
    """
    found = QUESTIONS.get(name)
    if found is None:
        raise NoSuchQuestionError(f"no standing question is called {name[:60]!r}")
    return found


def check_last_day(valid_until: date | None, on: date) -> None:
    """Refuse a last day that what is given on a day cannot have.

    Raises
    ------
    PastDayError
        If it lies before that day, or further ahead than anything holds.
    """
    if valid_until is None:
        return
    if valid_until < on:
        raise PastDayError(f"it would have run out on {valid_until}; give what holds today")
    if valid_until > on + timedelta(days=365 * YEARS_AHEAD):
        raise PastDayError(f"it would hold until {valid_until}; check the year")


def turn_of(age: Age, given_at: datetime) -> tuple[bool, datetime]:
    """Return the place of something in a list: first what is out of date, the oldest first."""
    return not age.is_to_be_looked_at, given_at


def age_of(given_at: datetime, valid_until: date | None, on: date) -> Age:
    """Return how far something that was given on a day can still be offered."""
    if valid_until is not None and valid_until < on:
        return Age.RUN_OUT
    if valid_until is not None and (valid_until - on).days <= SOON_DAYS:
        return Age.RUNS_OUT
    if valid_until is None and (on - given_at.date()).days > OLD_DAYS:
        return Age.OLD
    return Age.CURRENT


def age_in_words(given_at: datetime, on: date) -> str:
    """Return how long ago something was given: ``today``, ``12 days ago``, ``14 months ago``."""
    days = max(0, (on - given_at.date()).days)
    if days == 0:
        return "today"
    months = days // 30
    if months < 2:  # noqa: PLR2004 -- days say it better up to two months
        return f"{days} {'day' if days == 1 else 'days'} ago"
    return f"{months} months ago"
