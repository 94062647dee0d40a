"""Load a feed from a web address into numbered files, one a page.

A log beside the pages lets a fetch that broke go on from there, and keeps one that ended from
being fetched again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from convener.data.sources.feed_log import PARTIAL_NAME, FeedLog
from convener.data.sources.network import (
    AgainLaterError,
    CallLimits,
    FeedError,
    Network,
    check_address,
)
from convener.data.sources.paging import starts

_FIRST_WAIT_S = 2.0


@dataclass(frozen=True)
class FeedLimits:
    """How much a feed may ask of this machine, and how long it is waited for."""

    call: CallLimits = field(default_factory=CallLimits)
    bytes_all: int = 100 << 30
    pages: int = 200_000
    seconds_all: float = 172_800.0
    tries: int = 5
    wait_s: float = 900.0  # the longest single wait that a server may ask for


def fetch(
    url: str,
    folder: Path,
    *,
    at: datetime,
    limits: FeedLimits | None = None,
    allow_private: bool = False,
    progress: Callable[[int, int | None], None] = lambda _done, _whole: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Path]:
    """Save every page of a feed to files in a folder, and return them in order.

    Parameters
    ----------
    url : http or https
        A feed that names its next page in ``links.next``, Find a Tender or Contracts Finder (whose
        range, if the address has one, is asked for in windows of six hours), or a single file.
    folder : path
        Of this feed alone. If an earlier fetch into it broke, it goes on from there; if one
        ended, nothing is fetched.
    at : moment
        Now: the end of a range that has none.
    progress : function of pages saved, and of None
    sleep, clock : functions
        How to wait so many seconds, and a clock that only goes forward.

    Raises
    ------
    FeedError
        If a page cannot be read, a limit is passed, or the paging goes in circles.
    BadInputError
        If the folder holds another feed, or a page is a web page for people.
    """
    check_address(url)
    limits = limits or FeedLimits()
    log = FeedLog.opened(folder, url)
    start = clock()
    with Network(limits=limits.call, allow_private=allow_private, clock=clock) as network:
        caller = _Caller(network, limits, at, sleep, clock)
        for page_url in log.to_fetch(starts(url, at=log.at(at))):
            _check_bounds(log, page_url, limits, clock() - start)
            partial = folder / PARTIAL_NAME
            log.add(page_url, partial, came_from=caller.save(page_url, partial))
            progress(len(log.pages), None)
    return log.files


def _check_bounds(log: FeedLog, url: str, limits: FeedLimits, passed_s: float) -> None:
    if log.has(url):
        message = f"{url} is named as the next page a second time; the paging goes in circles"
    elif len(log.pages) >= limits.pages:
        message = f"the feed has more than {limits.pages:,} pages, which is the limit"
    elif log.bytes > limits.bytes_all:
        message = f"the feed has more than {limits.bytes_all:,} bytes, which is the limit"
    elif passed_s > limits.seconds_all:
        message = f"the feed took more than {limits.seconds_all:,.0f} seconds, which is the limit"
    else:
        return
    raise FeedError(message)


class _Caller:
    """Calls an address until it answers: as often, and after such waits, as the limits allow."""

    def __init__(
        self,
        network: Network,
        limits: FeedLimits,
        at: datetime,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._network = network
        self._limits = limits
        self._at = at if at.tzinfo else at.replace(tzinfo=UTC)
        self._sleep = sleep
        self._clock = clock
        self._start = clock()

    def save(self, url: str, path: Path) -> str:
        """Save the answer of an address to a file; return the address that gave it in the end."""
        tried = 0
        while True:
            tried += 1
            try:
                return self._network.save(url, path)
            except AgainLaterError as error:
                if tried == self._limits.tries:
                    message = f"{error}; {tried} tries were made; run again to go on from here"
                    raise FeedError(message) from error
                self._wait(url, error, _FIRST_WAIT_S * 2 ** (tried - 1))

    def _wait(self, url: str, error: AgainLaterError, default_s: float) -> None:
        wait_s = self._asked_wait(error)
        wait_s = default_s if wait_s is None else wait_s
        if wait_s > self._limits.wait_s:
            message = (
                f"{url} asks to wait {wait_s:,.0f} seconds; at most {self._limits.wait_s:,.0f} are"
                " waited; run it again later to go on from here"
            )
            raise FeedError(message) from error
        self._sleep(wait_s)

    def _asked_wait(self, error: AgainLaterError) -> float | None:
        """Return the seconds that a server asked to wait, by its own clock where it tells it."""
        if error.retry_after.isdecimal():
            return float(error.retry_after)
        until = _http_date(error.retry_after)
        if until is None:
            return None
        passed = timedelta(seconds=self._clock() - self._start)
        now = _http_date(error.date) or self._at + passed
        return max(0.0, (until - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
