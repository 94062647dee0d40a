"""Open figures: the files to take away, and the page that describes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from convener.base.errors import ConvenerError
from convener.measures.publishing import package
from convener.measures.publishing.datasets import DATASETS, NOT_STATED
from convener.measures.publishing.files import FORMS
from convener.measures.publishing.making import OpenFiles, open_files
from convener.rules.access import Act
from convener.service.access import requires
from convener.service.keepable import keepable, open_to_all
from convener.service.market.data import MarketData, market_data
from convener.service.trail import trail
from convener.service.views.errors import refusal
from convener.service.words import counted, number

CHUNK = 64 * 1024  # bytes that are held of a file at a time
LABELS = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


class OpenForm:
    """The ending of an address that asks for an open table."""

    regex = "|".join(FORMS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say what there is to take away, on what terms, and as of when."""
    data = market_data()
    context: dict[str, Any] = {"trail": trail(here="Open data")}
    if not data.is_empty:
        files = _files(data)
        context |= {
            "tables": _tables(files),
            "sources": files.package["sources"],
            "digest": files.package["snapshot"]["sha256"],
            "moment": datetime.fromisoformat(files.package["snapshot"]["taken_at"]),
            "licence": package.LICENCE,
            "not_stated": NOT_STATED,
        }
    return render(request, "open/index.html", context)


def _tables(files: OpenFiles) -> list[dict[str, Any]]:
    """Return each open table with its files."""
    resources = files.package["resources"]
    return [
        {
            "dataset": dataset,
            "files": [
                one | {"label": LABELS[one["format"]], "size": _size(one["bytes"])}
                for one in resources
                if one["path"].partition(".")[0] == dataset.name
            ],
        }
        for dataset in DATASETS.values()
    ]


def _size(length: int) -> str:
    """Return how long a file is, in words."""
    for least, unit in ((1_000_000, "MB"), (1_000, "kB")):
        if length >= least:
            return f"{number(length / least, 1 if length < 10 * least else 0)} {unit}"
    return counted(length, "byte")


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def table(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """Give one open table as a file."""
    return _file(request, f"{name}.{form}", package.MEDIA[form], is_kept=True)


@requires(Act.DOWNLOAD_FIGURES)
@require_safe
def describe(request: HttpRequest) -> HttpResponseBase:
    """Give what the open files say of themselves, for programs."""
    return _file(request, package.NAME, "application/json", is_kept=False)


def _file(request: HttpRequest, name: str, media: str, *, is_kept: bool) -> HttpResponseBase:
    data = market_data()

    def made() -> HttpResponseBase:
        path = _files(data).path(name)
        response = StreamingHttpResponse(_chunks(path), content_type=media)
        response.headers["Content-Length"] = str(path.stat().st_size)
        response.headers["Content-Disposition"] = content_disposition_header(is_kept, name) or ""
        return response

    try:
        return open_to_all(keepable(request, data, made))
    except ConvenerError as error:
        if error.status >= 500:  # noqa: PLR2004 -- HTTP
            raise
        return open_to_all(refusal(request, error))


def _chunks(path: Path) -> Iterator[bytes]:
    """Give a file piece by piece; it is opened when the first is wanted, and closed after."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _files(data: MarketData) -> OpenFiles:
    """Return the files of a snapshot; of those who ask at once, one in a worker makes them."""

    def made() -> OpenFiles:
        with data.cursor() as cursor:
            return open_files(data.store, data.manifest, cursor)

    return data.kept("open files", made)
