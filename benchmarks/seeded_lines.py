"""Seeded lines of open contracting data, about 5 KB each: the file that reading is timed on."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import orjson

REGIONS = [f"UK{letter}" for letter in "CDEFGHIJKLMN"]
CLASSES = ["85311000", "85312000", "85320000", "85141000", "79611000", "98000000", "80500000"]
METHODS = ["open", "selective", "limited", "direct"]
WORDS = [
    "support",
    "service",
    "people",
    "home",
    "care",
    "living",
    "independent",
    "community",
    "local",
    "need",
    "provider",
    "outcome",
    "tenancy",
    "recovery",
    "treatment",
    "employment",
    "advice",
    "family",
    "young",
    "adult",
    "carer",
    "respite",
    "day",
    "centre",
]


def _text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words))


def _money(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "GBP"}


def _organisation(rng: random.Random, number: int, role: str) -> dict[str, Any]:
    first, second = WORDS[number % len(WORDS)], WORDS[number // 7 % len(WORDS)]
    return {
        "id": f"GB-COH-{number:08d}",
        "name": f"{first.title()} {second.title()} {number} Ltd",
        "identifier": {"scheme": "GB-COH", "id": f"{number:08d}", "legalName": f"{number} Ltd"},
        "address": {
            "streetAddress": f"{number % 200} High Street",
            "region": rng.choice(REGIONS),
            "countryName": "GB",
        },
        "roles": [role],
        "details": {"scale": rng.choice(["sme", "large"]), "vcse": rng.random() < 0.3},
    }


def release(rng: random.Random, number: int) -> dict[str, Any]:
    """Return one compiled process with a tender, three bids, an award and a contract."""
    year, month, day = 2016 + number % 8, rng.randint(1, 12), rng.randint(1, 28)
    moment = f"{year}-{month:02d}-{day:02d}T10:00:00Z"
    buyer = _organisation(rng, 90_000_000 + rng.randint(0, 399), "buyer")
    sellers = [_organisation(rng, rng.randint(1, 30_000), "tenderer") for _ in range(3)]
    winner = sellers[0]
    winner["roles"] = ["tenderer", "supplier"]
    amount = round(rng.lognormvariate(12, 1.2), 2)
    code = rng.choice(CLASSES)
    items = [
        {
            "id": str(i),
            "description": _text(rng, 12),
            "classification": {"scheme": "CPV", "id": code, "description": _text(rng, 4)},
            "quantity": rng.randint(1, 50),
            "unit": {"name": "place", "value": _money(round(amount / 10, 2))},
        }
        for i in range(3)
    ]
    period = {"startDate": moment, "endDate": f"{year + 3}-{month:02d}-{day:02d}T00:00:00Z"}
    reference = {"id": winner["id"], "name": winner["name"]}
    return {
        "ocid": f"ocds-213czf-{number:08d}",
        "id": f"{number}-1",
        "date": moment,
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "en",
        "parties": [buyer, *sellers],
        "buyer": {"id": buyer["id"], "name": buyer["name"]},
        "tender": {
            "id": f"t-{number}",
            "title": _text(rng, 8),
            "description": _text(rng, 120),
            "status": "complete",
            "procurementMethod": METHODS[number % 4],
            "mainProcurementCategory": "services",
            "value": {"amount": round(amount * 1.05, 2), "currency": "GBP"},
            "tenderPeriod": {
                "startDate": moment,
                "endDate": f"{year + 1}-{month:02d}-{day:02d}T12:00:00Z",
            },
            "numberOfTenderers": 3,
            "tenderers": [{"id": s["id"], "name": s["name"]} for s in sellers],
            "items": items,
            "lots": [
                {"id": str(i), "title": _text(rng, 5), "value": _money(amount / 2)} for i in (1, 2)
            ],
        },
        "bids": {
            "details": [
                {
                    "id": str(i),
                    "date": moment,
                    "status": "valid",
                    "tenderers": [{"id": s["id"], "name": s["name"]}],
                    "value": {"amount": round(amount * (1 + i / 20), 2), "currency": "GBP"},
                }
                for i, s in enumerate(sellers)
            ]
        },
        "awards": [
            {
                "id": "a1",
                "title": _text(rng, 8),
                "status": "active",
                "date": moment,
                "value": {"amount": amount, "currency": "GBP"},
                "suppliers": [reference],
                "items": items[:1],
                "contractPeriod": period,
            }
        ],
        "contracts": [
            {
                "id": "c1",
                "awardID": "a1",
                "title": _text(rng, 8),
                "status": "active",
                "dateSigned": moment,
                "period": period,
                "value": {"amount": amount, "currency": "GBP"},
            }
        ],
    }


def write_lines(path: Path, count: int, seed: int = 20260101) -> None:
    """Write ``count`` lines to a file; the same seed writes the same bytes."""
    rng = random.Random(seed)
    with path.open("wb") as out:
        for number in range(count):
            out.write(orjson.dumps(release(rng, number)))
            out.write(b"\n")


if __name__ == "__main__":
    write_lines(Path(sys.argv[1]), int(sys.argv[2]))
