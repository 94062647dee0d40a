"""What the invented people of the demonstration say, answer and enter."""

from __future__ import annotations

from typing import NamedTuple

ASKED = "Two of our awards stand under a name that we gave up in 2021. Please join them to ours."
NOTED = "We stopped bidding for lots of more than one borough: the guarantee asked was too large."
LATE = "Our parent company changed last year. Please check since when the figures have it."
WAITING = "Our places in the north of the borough are counted twice. Please look at the list."
TRUSTEE = "I am one of seven trustees, unpaid. I leave the room where the charity is spoken of."
ONCE_EMPLOYED = "I kept its rota before I came to the council. Nothing has been paid to me since."

# Two years of a small charity's accounts, in pounds.
YEARS = (
    {
        "revenue": 1_284_000,
        "operating_profit": 49_200,
        "depreciation_and_amortisation": 12_000,
        "net_operating_cash_flow": 58_300,
        "capital_expenditure": 9_000,
        "net_interest_paid": 2_100,
        "borrowings": 60_000,
        "cash": 188_000,
        "pension_deficit": 0,
        "current_assets": 402_000,
        "inventories": 3_000,
        "current_liabilities": 251_000,
        "total_assets": 655_000,
        "total_liabilities": 331_000,
        "group_receivables": 0,
        "restricted_cash": 42_000,
        "restricted_funds": 42_000,
    },
    {
        "revenue": 1_391_000,
        "operating_profit": 36_200,
        "depreciation_and_amortisation": 12_500,
        "net_operating_cash_flow": 31_900,
        "capital_expenditure": 9_000,
        "net_interest_paid": 2_100,
        "borrowings": 52_000,
        "cash": 142_000,
        "pension_deficit": 0,
        "current_assets": 377_000,
        "inventories": 3_500,
        "current_liabilities": 268_000,
        "total_assets": 641_000,
        "total_liabilities": 344_000,
        "group_receivables": 0,
        "restricted_cash": 38_000,
        "restricted_funds": 38_000,
    },
)


class Answer(NamedTuple):
    """A standing answer: to what, how many days ago it was given, how many it holds, and it."""

    question: str
    given: int
    holds: int | None
    text: str


ANSWERS = (
    Answer(
        "insurance",
        given=170,
        holds=150,
        text="Employer's liability £10 million, public liability £5 million, professional"
        " indemnity £2 million, all with one mutual insurer and renewed together.",
    ),
    Answer(
        "safeguarding",
        given=160,
        holds=None,
        text="Our deputy lead answers for it. Everyone is checked before they start, trained in"
        " their first month and again each year, and may raise a concern with any trustee.",
    ),
    Answer(
        "living-wage",
        given=58,
        holds=300,
        text="All of our staff are paid the real Living Wage or more; we are accredited.",
    ),
    Answer(
        "data-protection",
        given=57,
        holds=90,
        text="Registered with the Information Commissioner. A trustee leads. No breach had to be"
        " told in three years. Certified for Cyber Essentials.",
    ),
)
TRAINING = """year,staff at its end,trained in the year,share
2024,41,39,95%
2025,44,44,100%
"""
