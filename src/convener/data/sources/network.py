"""Ask a web address for a file, without being led to where a stranger should not lead us.

Only http and https; each name is looked up once and the very address that was checked is called,
so that a name cannot change its meaning in between; redirects are followed one by one under the
same rules; what comes is bounded in size and time. Proxies named by the environment are not used.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx

from convener.base.errors import BadInputError

_REDIRECTS = 5
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address in its last four bytes
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FeedError(BadInputError):
    """A web address that cannot be read, with the reason in its message."""


class PrivateAddressError(FeedError):
    """A web address that leads into a private network."""


class AgainLaterError(FeedError):
    """A web address that may answer if it is asked again."""

    def __init__(self, message: str, retry_after: str = "", date: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.date = date


@dataclass(frozen=True)
class CallLimits:
    """How much one answer may ask of this machine."""

    bytes_each: int = 20 << 30
    seconds_each: float = 1_800.0  # for the whole answer
    silence_s: float = 30.0  # between two pieces of it, and to be connected


class Network:
    """A way to call web addresses. Close it after use, or use it as a context."""

    def __init__(
        self,
        *,
        limits: CallLimits | None = None,
        allow_private: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits or CallLimits()
        self._clock = clock
        self._client = httpx.Client(
            transport=_CheckedTransport(allow_private=allow_private),
            timeout=self._limits.silence_s,
            trust_env=False,
            headers={"User-Agent": "convener", "Accept": "application/json, */*"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def save(self, url: str, path: Path) -> str:
        """Write the answer of an address to a file; return the address that gave it in the end.

        Raises
        ------
        PrivateAddressError
            If the address or a redirect leads into a private network, which was not allowed.
        AgainLaterError
            If the far side is busy, broken or silent, so that asking again may help.
        FeedError
            If it answers anything but success, or passes a limit.
        """
        start = self._clock()
        for _ in range(_REDIRECTS + 1):
            check_address(url)
            with self._answer(url) as answer:
                if not answer.has_redirect_location:
                    _check_status(url, answer)
                    self._write(url, answer, path, start)
                    return url
                url = str(answer.url.join(answer.headers["Location"]))
        message = f"{url} was reached after more than {_REDIRECTS} redirects, which is the limit"
        raise FeedError(message)

    @contextmanager
    def _answer(self, url: str) -> Iterator[httpx.Response]:
        try:
            with self._client.stream("GET", url) as answer:
                yield answer
        except httpx.TimeoutException as error:
            message = f"{url} was silent for {self._limits.silence_s:g} seconds"
            raise AgainLaterError(message) from error
        except httpx.InvalidURL as error:
            message = f"{url} is no web address: {error}"
            raise FeedError(message) from error
        except httpx.HTTPError as error:
            message = f"{url} could not be read: {error}"
            raise AgainLaterError(message) from error

    def _write(self, url: str, answer: httpx.Response, path: Path, start: float) -> None:
        most = self._limits.bytes_each
        count = 0
        self._check_size(url, int(answer.headers.get("Content-Length") or 0), most)
        with path.open("wb") as out:
            for piece in answer.iter_bytes():
                count += len(piece)
                self._check_size(url, count, most)
                if self._clock() - start > self._limits.seconds_each:
                    message = (
                        f"{url} had not answered whole after {self._limits.seconds_each:g} seconds"
                    )
                    raise FeedError(message)
                out.write(piece)

    def _check_size(self, url: str, count: int, most: int) -> None:
        if count > most:
            message = f"{url} answers with more than {most:,} bytes, which is the limit"
            raise FeedError(message)


def check_address(url: str) -> None:
    """Check that an address is one that is read.

    Raises
    ------
    FeedError
        If it is not of http or https.
    """
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        message = f"{url} is no address that is read; http or https was wanted"
        raise FeedError(message)


class _CheckedTransport(httpx.BaseTransport):
    """Calls the checked address itself, under the name that was asked for."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        addresses = _resolve(name, request.url.port)
        if not self._allow_private:
            _check_public(name, addresses)
        request.extensions = {**request.extensions, "sni_hostname": name}
        failure: httpx.TransportError | None = None
        for address in addresses:
            request.url = request.url.copy_with(host=str(address))
            try:
                return self._inner.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"the name {name} has no address")

    def close(self) -> None:
        self._inner.close()


def _resolve(name: str, port: int | None) -> list[_Address]:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"the name {name} is not known: {error}"
        raise httpx.ConnectError(message) from error
    # The scope of a link-local address (after %) says nothing about where it leads.
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ipaddress.ip_address(text) for text in texts]


def _check_public(name: str, addresses: list[_Address]) -> None:
    for address in addresses:
        inner = _carried(address)
        if not inner.is_global or inner.is_multicast:
            message = (
                f"{name} leads to {address}, which is no public address;"
                " allow private addresses to read it"
            )
            raise PrivateAddressError(message)


def _carried(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _check_status(url: str, answer: httpx.Response) -> None:
    if answer.is_success:
        return
    message = f"{url} answered {answer.status_code} {answer.reason_phrase}".rstrip()
    if answer.status_code in {408, 425, 429, 500, 502, 503, 504}:
        raise AgainLaterError(
            message, answer.headers.get("Retry-After", ""), answer.headers.get("Date", "")
        )
    raise FeedError(message)
