"""The program as a person types it, on a market of a few rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from convener.cli import app

PAYMENTS = """date,buyer,supplier,supplier_id,amount,service
2025-04-01,Ashby Council,Good Care Ltd,GB-COH-01234567,100.50,Home care
2025-04-02,Ashby Council,=Bad Formula Ltd,,20,Home care
2025-04-30,Ashby Council,REDACTED PERSONAL DATA,,5,Home care
"""
OWNERSHIP = """owner,owned,share,from,to,source
Holding Group Ltd,Good Care Ltd,1,2020-01-01,,accounts
Holding Group Ltd,Kind Care Ltd,1,2020-01-01,,accounts
"""
PLACES = """observed_on,service,area,region,place_id,place_name,provider,sector,kind,places,rating
,Care home,Ashby,,1,Elm House,Good Care Ltd,Private,private,10,
,Care home,Ashby,,2,Oak House,Kind Care Ltd,Private,private,30,
"""
# Year, area, suppliers, amount: one award went to two suppliers at once.
AWARDS = [
    (2024, "UKE", ["Good Care Ltd"], "1000000000000.25"),
    (2024, "UKE", ["Kind Care Ltd"], "500000000000.10"),
    (2025, "UKE", ["Good Care Ltd", "Warm Trust"], "900000000000"),
    (2025, "UKD", ["Warm Trust"], "300000000000"),
]


PROGRAM = (str(Path(sys.executable).with_name("convener")),)


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it wrote where."""

    code: int
    out: str
    err: str
    raw: bytes

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return standard output as JSON rows."""
        found: list[dict[str, Any]] = json.loads(self.out)
        assert isinstance(found, list)
        return found


Command = Callable[..., Answer]


def command_in(workspace: Path) -> Command:
    """Return a function that runs a command of the program in a workspace."""

    def run(*words: object, stdin: bytes | None = None) -> Answer:
        given = ["--workspace", str(workspace), *map(str, words)]
        ended = CliRunner().invoke(app, given, input=stdin)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Answer(ended.exit_code, ended.stdout, ended.stderr, ended.stdout_bytes)

    return run


def refused(answer: Answer, *words: str) -> None:
    """Assert that a command was refused in one line on standard error, which has these words."""
    assert answer.code == 1, answer
    assert answer.err.startswith("convener: "), answer.err
    assert answer.err.count("\n") == 1, answer.err
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err


def write_files(folder: Path) -> None:
    """Write a small file of each kind that can be loaded."""
    lines = [_release(number, *award) + "\n" for number, award in enumerate(AWARDS, 1)]
    (folder / "awards.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
    (folder / "ownership.csv").write_text(OWNERSHIP, encoding="utf-8")
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")


def _release(number: int, year: int, area: str, suppliers: list[str], amount: str) -> str:
    parties = [{"id": "b", "name": "Ashby Council", "roles": ["buyer"]}]
    parties += [{"id": name, "name": name, "roles": ["supplier"]} for name in suppliers]
    made = {
        "ocid": f"ocds-213czf-{number}",
        "id": f"{number}-1",
        "date": f"{year}-05-01T00:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "parties": parties,
        "buyer": {"id": "b", "name": "Ashby Council"},
        "tender": {
            "id": str(number),
            "title": "Home care",
            "procurementMethod": "open",
            "items": [
                {
                    "id": "1",
                    "classification": {"scheme": "CPV", "id": "85312100"},
                    "deliveryAddresses": [{"region": area}],
                }
            ],
        },
        "awards": [
            {
                "id": "a",
                "status": "active",
                "date": f"{year}-04-20T00:00:00Z",
                "value": {"amount": "AMOUNT", "currency": "GBP"},
                "suppliers": [{"id": name, "name": name} for name in suppliers],
            }
        ],
    }
    return json.dumps(made).replace('"AMOUNT"', amount)
