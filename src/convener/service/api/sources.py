"""Sources: what is loaded, and what each can tell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from convener.measures.publishing.datasets import SOURCES, Snapshot
from convener.rules.access import Act
from convener.service.api.frame import operation
from convener.service.api.paging import Asked, Page, page_of
from convener.service.market.data import MarketData, market_data


class SourceListed(Schema):
    """One loaded source."""

    name: str
    kind: str
    address: str | None = Field(description="where it was read from, if that is a web address")
    loaded_at: str
    sha256: str = Field(description="digest of what was read")
    publisher: str | None
    licence: str | None = Field(description="as its packages say; nothing where they do not")
    coverage: float | None = Field(description="mean share filled of the fields that are needed")
    read: int | None = Field(description="rows read")
    refused: int | None
    nulled: int | None
    rows: dict[str, int] = Field(description="rows that were read, by table")


@operation("sources", Act.SEE_SOURCE_QUALITY, Page[SourceListed], tag="Sources")
def sources(request: HttpRequest, part: Asked) -> dict[str, Any]:
    """List what is loaded."""
    return page_of(request, part, _rows(market_data()))


def _rows(data: MarketData) -> list[dict[str, Any]]:
    def made() -> list[dict[str, Any]]:
        with data.cursor() as cursor:
            rows = SOURCES.rows(Snapshot(data.store, data.manifest, cursor))
            named = [dict(zip(SOURCES.names, row, strict=True)) for row in rows]
        return [row | {"rows": data.manifest.sources[row["name"]].rows} for row in named]

    return data.kept("open sources", made)
