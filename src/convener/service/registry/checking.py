"""The private self-check: what an organisation's accounts say under the tests of a tier.

It is computed for the page and kept nowhere, save in the organisation's own sealed box where it
asks for that. The same function and the same dated tests judge a bid.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from convener.methods.money.standing import LOWER_IS_BETTER, Metric, Ratio
from convener.rules.standing import (
    FORMATS,
    Mitigation,
    Reading,
    Standing,
    Tier,
    assess,
    profile_for,
)
from convener.service.actions.accounts import accounts_of
from convener.service.actions.private_boxes import read_box, write_box
from convener.service.models import Organisation


@dataclass(frozen=True)
class Asked:
    """What an organisation wants to know of itself."""

    annual_value: Decimal
    tier: Tier
    mitigations: tuple[Mitigation, ...] = ()


def check(body: Organisation, asked: Asked, on: date) -> Standing:
    """Return how the organisation's accounts stand; nothing is written or told.

    Raises
    ------
    BadInputError
        If the value is not positive, or the accounts overlap.
    """
    return assess(
        accounts_of(body),
        asked.annual_value,
        profile=profile_for(asked.tier, on),
        on=on,
        mitigations=asked.mitigations,
    )


def shown(reading: Reading) -> dict[str, Any]:
    """Return one ratio as the page shows it."""
    metric, limits = reading.metric, reading.limits
    better = "below" if metric in LOWER_IS_BETTER else "above"
    return {
        "metric": metric,
        "value": _said(metric, reading.ratio),
        "with_restricted": reading.with_restricted and _said(metric, reading.with_restricted),
        "band": f"low risk {better} {limits.low:{FORMATS[metric]}}",
        "risk": reading.risk,
        "trend": reading.trend,
    }


def _said(metric: Metric, ratio: Ratio) -> str:
    return str(ratio.condition) if ratio.value is None else f"{ratio.value:{FORMATS[metric]}}"


def keep(body: Organisation, asked: Asked) -> None:
    """Put what was asked into the organisation's own box."""
    text = {
        "annual_value": str(asked.annual_value),
        "tier": asked.tier,
        "mitigations": list(asked.mitigations),
    }
    write_box(body, json.dumps(text).encode())


def kept(body: Organisation) -> dict[str, Any]:
    """Return what the organisation asked before, if it kept that."""
    found: dict[str, Any] = json.loads(read_box(body) or b"{}")
    return found
