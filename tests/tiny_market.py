"""A market of a few rows, made by hand, on which a test can see what a measure should say."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from convener.data import tables
from convener.data.store import engine
from convener.measures.flags import Judged, judge
from convener.measures.question import Question
from convener.measures.run import Row, measure


class TinyMarket:
    """Empty tables of the store in memory, and words to fill them."""

    def __init__(self):
        self.connection = engine(threads=1)
        for table in (*tables.SOURCE_TABLES, *tables.DERIVED_TABLES):
            self.connection.execute(f"create table {table.name} ({table.ddl})")
        self._keys = count(1)
        self._parties: dict[str, int] = {}

    def party(self, name: str) -> int:
        return self._parties.setdefault(name, 1000 + len(self._parties))

    def kind(self, name: str, kind: str, owner: str | None = None) -> None:
        """Resolve a name to an organisation of its own, of a kind, perhaps owned by another."""
        key, owner_key = self.party(name), self.party(owner or name)
        self.add("identities", party_key=key, organisation_key=key, name=name)
        self.add(
            "organisations",
            organisation_key=key,
            name=name,
            kind=kind,
            owner_key=owner_key,
            owner_name=owner or name,
        )

    def add(self, table: str, **values: Any) -> None:
        names = ", ".join(values)
        marks = ", ".join(f"${name}" for name in values)
        self.connection.execute(f"insert into {table} ({names}) values ({marks})", values)

    def process(self, *, buyer: str = "Council", on: str = "2020-06-01", **values: Any) -> int:
        key = next(self._keys)
        described = {
            "source": "a",
            "ocid": f"ocds-1-{key}",
            "method": "open",
            "tender_status": "complete",
            "buyer_name": buyer,
            "buyer_key": self.party(buyer),
            "tender_ends_at": datetime.fromisoformat(f"{on}T12:00:00+00:00"),
            "code": "85311000",
        }
        self.add("processes", process_key=key, **{**described, **values})
        return key

    def bid(
        self,
        process: int,
        *bidders: str,
        amount: float | None = None,
        status: str = "valid",
        currency: str = "GBP",
        at: str | None = None,
        source: str = "a",
    ) -> None:
        bid_id = str(next(self._keys))
        self.add(
            "bids",
            source=source,
            process_key=process,
            bid_id=bid_id,
            status=status,
            amount=amount,
            currency=currency if amount is not None else None,
            bid_at=at and datetime.fromisoformat(at),
        )
        for bidder in bidders:
            self.tenderer(process, bidder, bid_id=bid_id, source=source)

    def tenderer(
        self, process: int, name: str, *, bid_id: str | None = None, source: str = "a"
    ) -> None:
        self.add(
            "tenderers",
            source=source,
            process_key=process,
            bid_id=bid_id,
            party_key=self.party(name),
            name=name,
        )

    def award(
        self,
        process: int,
        *suppliers: str,
        on: str = "2020-07-01",
        status: str | None = "active",
        amount: float | None = None,
        currency: str | None = "GBP",
        source: str = "a",
        **values: Any,
    ) -> str:
        award_id = str(next(self._keys))
        self.add(
            "awards",
            source=source,
            process_key=process,
            award_id=award_id,
            status=status,
            awarded_at=datetime.fromisoformat(f"{on}T00:00:00+00:00"),
            amount=amount,
            currency=currency,
            **values,
        )
        for position, name in enumerate(suppliers, 1):
            self.add(
                "suppliers",
                source=source,
                process_key=process,
                award_id=award_id,
                position=position,
                party_key=self.party(name),
                name=name,
            )
        return award_id

    def contract(self, process: int, *, releases: int = 1, **values: Any) -> str:
        contract_id = str(next(self._keys))
        moments = {
            name: datetime.fromisoformat(f"{value}T00:00:00+00:00")
            for name, value in values.items()
            if name.endswith("_at") and value is not None
        }
        self.add(
            "contracts",
            source="a",
            process_key=process,
            contract_id=contract_id,
            **{"signed_at": "2020-08-01", "terminated": False, **values, **moments},
        )
        for _ in range(releases):
            self.add("releases", source="a", process_key=process)
        return contract_id

    def ask(self, name: str, *by: str, **choices: Any) -> list[Row]:
        return measure(self.connection, Question((name,), by, **choices))

    def one(self, name: str, **choices: Any) -> Row:
        (row,) = self.ask(name, **choices)
        return row

    def judged(self, name: str, **choices: Any) -> list[Judged]:
        return judge(self.connection, name, **choices)
