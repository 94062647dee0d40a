"""Feeds are fetched page by page from servers that behave as the real ones do, and as bad ones."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from convener.base.errors import BadInputError
from convener.data.sources import network
from convener.data.sources.feeds import FeedLimits, fetch
from convener.data.sources.network import CallLimits, FeedError, PrivateAddressError
from convener.data.sources.paging import next_of, starts

NOW = datetime(2025, 1, 2, 12, 0, tzinfo=UTC)
FIND_A_TENDER = "/api/1.0/ocdsReleasePackages"
CONTRACTS_FINDER = "/Published/Notices/OCDS/Search"


class Server:
    """A server on this machine; ``answer`` decides what each path gives."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[BaseHTTPRequestHandler, str, dict], None] = lambda *_: None
        self.stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                parts = urlsplit(self.path)
                outer.asked.append(self.path)
                query = {name: found[0] for name, found in parse_qs(parts.query).items()}
                outer.answer(self, parts.path, query)

            def log_message(self, *_args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}"

    def close(self) -> None:
        self.stopping.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


class Waits(list):
    """Stands in for sleeping, and keeps how long each sleep was."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def send(handler, body, *, status=200, content="application/json", **headers) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", content)
    handler.send_header("Content-Length", str(len(data)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def package(*ids: int, following: str | None = None, **fields) -> dict:
    links = {"links": {"next": following}} if following else {}
    releases = [{"ocid": f"ocds-1-{number}", "id": str(number)} for number in ids]
    return {"uri": "x", "version": "1.1", "releases": releases, **links, **fields}


def get(server, path, folder, **options):
    waits = Waits()
    options.setdefault("allow_private", True)
    files = fetch(server.url + path, folder, at=NOW, sleep=waits, **options)
    return [json.loads(file.read_text()) for file in files], waits


def ids(pages) -> list[str]:
    return [release["id"] for page in pages for release in page.get("releases", [])]


def three_pages(handler, path, query):
    number = int(query.get("page", 1))
    following = f"?page={number + 1}" if number < 3 else None
    send(handler, package(number, following=following))


# Paging


def test_a_feed_is_followed_to_its_last_page(server, tmp_path):
    server.answer = three_pages
    told = []

    pages, _waits = get(server, "/feed", tmp_path, progress=lambda *told_: told.append(told_))

    assert ids(pages) == ["1", "2", "3"]
    assert server.asked == ["/feed", "/feed?page=2", "/feed?page=3"]
    assert told == [(1, None), (2, None), (3, None)]
    assert [path.name for path in sorted(tmp_path.glob("page*"))] == [
        "page-000001.json",
        "page-000002.json",
        "page-000003.json",
    ]


def test_a_feed_that_ended_is_not_fetched_again(server, tmp_path):
    server.answer = three_pages
    first, _waits = get(server, "/feed", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    server.asked.clear()

    again, _waits = get(server, "/feed", tmp_path)

    assert again == first
    assert server.asked == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_feed_that_broke_goes_on_where_it_broke(server, tmp_path):
    is_broken = True

    def answer(handler, path, query):
        if is_broken and query.get("page") == "2":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b'{"releases": [')
        else:
            three_pages(handler, path, query)

    server.answer = answer
    with pytest.raises(FeedError, match="2 tries were made; run again to go on"):
        get(server, "/feed", tmp_path, limits=FeedLimits(tries=2))
    is_broken = False
    with (tmp_path / ".feed.jsonl").open("a") as log:
        log.write('{"url": "cut by a cra')
    server.asked.clear()

    pages, _waits = get(server, "/feed", tmp_path)

    assert ids(pages) == ["1", "2", "3"]
    assert server.asked == ["/feed?page=2", "/feed?page=3"]


def test_a_folder_is_kept_to_one_feed(server, tmp_path):
    server.answer = three_pages
    get(server, "/feed", tmp_path)

    with pytest.raises(BadInputError, match="holds the feed"):
        get(server, "/other", tmp_path)


def test_find_a_tender_is_asked_in_windows_of_six_hours_and_by_cursor(server, tmp_path):
    first_id = {"2025-01-01T00": 1, "2025-01-01T06": 3, "2025-01-01T12": 5}

    def answer(handler, path, query):
        assert path == FIND_A_TENDER
        assert query["stages"] == "award"
        number = first_id[query["updatedFrom"][:13]]
        if query.get("cursor") == "abc":
            send(handler, package(number + 1))
        else:
            following = f"{server.url}{handler.path}&cursor=abc"
            send(handler, package(number, following=following))

    server.answer = answer
    span = "?updatedFrom=2025-01-01T00:00:00&updatedTo=2025-01-01T14:30:00&stages=award&limit=100"

    pages, _waits = get(server, FIND_A_TENDER + span, tmp_path)

    assert ids(pages) == ["1", "2", "3", "4", "5", "6"]
    windows = [parse_qs(urlsplit(path).query) for path in server.asked if "cursor" not in path]
    assert [(query["updatedFrom"][0], query["updatedTo"][0]) for query in windows] == [
        ("2025-01-01T00:00:00", "2025-01-01T06:00:00"),
        ("2025-01-01T06:00:00", "2025-01-01T12:00:00"),
        ("2025-01-01T12:00:00", "2025-01-01T14:30:00"),
    ]


def test_a_release_on_the_border_of_two_windows_is_no_circle(server, tmp_path):
    server.answer = lambda handler, _path, _query: send(handler, package(1))
    span = "?publishedFrom=2025-01-01T00:00:00&publishedTo=2025-01-01T12:00:00"

    pages, _waits = get(server, CONTRACTS_FINDER + span, tmp_path)

    assert ids(pages) == ["1", "1"]


def test_a_range_without_an_end_goes_up_to_now_and_keeps_that_end_when_it_goes_on(
    server, tmp_path
):
    fails = True

    def answer(handler, _path, query):
        if fails and query["publishedFrom"].startswith("2025-01-02T06"):
            send(handler, {}, status=404)
        else:
            send(handler, package(len(server.asked)))

    server.answer = answer
    path = CONTRACTS_FINDER + "?publishedFrom=2025-01-02"
    with pytest.raises(FeedError, match="answered 404"):
        get(server, path, tmp_path)
    fails = False

    files = fetch(
        server.url + path, tmp_path, at=NOW.replace(hour=23), allow_private=True, sleep=Waits()
    )

    assert len(files) == 2
    assert "publishedTo=2025-01-02T12:00:00" in server.asked[-1]


@pytest.mark.parametrize(
    ("query", "spans"),
    [
        ("?updatedFrom=2025-01-01&updatedTo=2025-01-01", 4),
        ("?updatedFrom=2025-01-01T00:00:00Z&updatedTo=2025-01-01T06:00:00Z", 1),
        ("?updatedFrom=2025-01-01T00:00:00+01:00&updatedTo=2025-01-01T12:00:00%2B01:00", 2),
        ("?updatedFrom=2025-01-01T00:00:00&updatedTo=2025-01-01T00:00:00", 1),
        ("?limit=100", 1),
        ("?updatedFrom=2025-01-01T00:00:00&updatedTo=2025-02-01T00:00:00&cursor=abc", 1),
        ("", 1),
    ],
)
def test_a_range_is_cut_into_windows(query, spans):
    assert len(starts("https://example.org" + FIND_A_TENDER + query, at=NOW)) == spans


@pytest.mark.parametrize(
    "query",
    [
        "?updatedFrom=yesterday",
        "?updatedFrom=2025-01-02&updatedTo=2025-01-01",
        "?updatedFrom=2025-01-01T00:00:00Z&updatedTo=2025-01-02T00:00:00",
    ],
)
def test_a_range_that_means_nothing_is_refused(query):
    with pytest.raises(BadInputError, match="was wanted"):
        starts("https://example.org" + FIND_A_TENDER + query, at=NOW)


def test_a_repeated_parameter_stays_in_every_window():
    query = "?stages=tender&stages=award&updatedFrom=2025-01-01T00:00:00"

    for url in starts("https://example.org" + FIND_A_TENDER + query, at=NOW):
        assert parse_qs(urlsplit(url).query)["stages"] == ["tender", "award"]


def test_a_cursor_beside_the_releases_leads_to_the_next_page():
    url = "https://example.org/feed?limit=1&cursor=a"

    assert next_of(url, {"nextCursor": "b"}) == "https://example.org/feed?limit=1&cursor=b"
    assert next_of(url, {"nextCursor": ""}) is None
    assert next_of(url, {"links": [{"rel": "self"}]}) is None
    assert next_of(url, {"links": {"next": "/p/2"}}) == "https://example.org/p/2"


def test_an_answer_without_releases_is_an_empty_page(server, tmp_path):
    server.answer = lambda handler, _path, _query: send(handler, {"uri": "x", "version": "1.1"})

    pages, _waits = get(server, "/v1/Notices?dateFrom=01-2025&noticeType=2", tmp_path)

    assert pages == [{"uri": "x", "version": "1.1"}]


def test_a_single_file_is_saved_as_it_came(server, tmp_path):
    server.answer = lambda handler, _path, _query: send(handler, b"a,b\n1,2\n", content="text/csv")

    files = fetch(server.url + "/spend/2020.csv", tmp_path, at=NOW, allow_private=True)

    assert [file.name for file in files] == ["page-000001.csv"]
    assert files[0].read_bytes() == b"a,b\n1,2\n"


# Patience


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        ("7", 7.0),
        (format_datetime(NOW.replace(minute=2), usegmt=True), 120.0),
        (format_datetime(NOW.replace(hour=1), usegmt=True), 0.0),
        ("soon", 2.0),
        (None, 2.0),
    ],
)
def test_a_busy_server_is_waited_for_as_it_asks(server, tmp_path, retry_after, expected):
    def answer(handler, path, query):
        if len(server.asked) == 2:
            asked = {"Retry_After": retry_after} if retry_after else {}
            handler.date_time_string = lambda *_: format_datetime(NOW, usegmt=True)
            send(handler, {}, status=429, **asked)
        else:
            three_pages(handler, path, query)

    server.answer = answer

    pages, waits = get(server, "/feed", tmp_path)

    assert ids(pages) == ["1", "2", "3"]
    assert waits == [expected]


def test_one_503_is_borne(server, tmp_path):
    def answer(handler, path, query):
        if len(server.asked) == 1:
            send(handler, b"<html>busy</html>", status=503, content="text/html")
        else:
            three_pages(handler, path, query)

    server.answer = answer

    pages, waits = get(server, "/feed", tmp_path)

    assert ids(pages) == ["1", "2", "3"]
    assert waits == [2.0]


def test_a_server_that_stays_busy_is_given_up(server, tmp_path):
    server.answer = lambda handler, _path, _query: send(handler, {}, status=503)
    waits = Waits()

    with pytest.raises(FeedError, match=r"answered 503 .*; 5 tries were made"):
        fetch(server.url, tmp_path, at=NOW, allow_private=True, sleep=waits)

    assert waits == [2.0, 4.0, 8.0, 16.0]


def test_a_wait_longer_than_the_limit_is_not_begun(server, tmp_path):
    server.answer = lambda handler, _path, _query: send(
        handler, {}, status=429, Retry_After="86400"
    )

    with pytest.raises(FeedError, match="asks to wait 86,400 seconds; at most 900"):
        get(server, "/feed", tmp_path)


def test_a_server_that_is_silent_is_given_up(server, tmp_path):
    server.answer = lambda *_: server.stopping.wait(10)
    limits = FeedLimits(call=CallLimits(silence_s=0.2), tries=2)

    with pytest.raises(FeedError, match=r"was silent for 0\.2 seconds; 2 tries"):
        get(server, "/feed", tmp_path, limits=limits)


# Bounds


def test_paging_that_names_an_earlier_page_is_a_circle(server, tmp_path):
    def answer(handler, _path, query):
        number = int(query.get("page", 1))
        send(handler, package(number, following=f"/feed?page={number % 3 + 1}"))

    server.answer = answer

    with pytest.raises(FeedError, match=r"page=\d is named as the next page a second time"):
        get(server, "/feed?page=1", tmp_path)


def test_paging_that_gives_the_same_releases_under_new_addresses_is_a_circle(server, tmp_path):
    def answer(handler, _path, query):
        send(handler, package(1, following=f"/feed?page={int(query.get('page', 1)) + 1}"))

    server.answer = answer

    with pytest.raises(FeedError, match="releases of an earlier page"):
        get(server, "/feed", tmp_path)


def test_endless_empty_pages_are_bounded(server, tmp_path):
    def answer(handler, _path, query):
        send(handler, package(following=f"/feed?page={int(query.get('page', 1)) + 1}"))

    server.answer = answer

    with pytest.raises(FeedError, match="more than 4 pages"):
        get(server, "/feed", tmp_path, limits=FeedLimits(pages=4))
    assert len(server.asked) == 4


def test_a_feed_is_bounded_in_bytes_and_in_time(server, tmp_path):
    server.answer = three_pages
    ticks = iter(range(0, 100_000, 100))

    with pytest.raises(FeedError, match="more than 10 bytes"):
        get(server, "/feed", tmp_path / "bytes", limits=FeedLimits(bytes_all=10))
    with pytest.raises(FeedError, match="took more than 500 seconds"):
        get(
            server,
            "/feed",
            tmp_path / "time",
            limits=FeedLimits(seconds_all=500),
            clock=lambda: next(ticks),
        )


@pytest.mark.parametrize("is_announced", [True, False])
def test_an_oversize_answer_is_stopped(server, tmp_path, is_announced):
    def answer(handler, _path, _query):
        handler.send_response(200)
        if is_announced:
            handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        handler.wfile.write(b" " * 10_000)

    server.answer = answer

    with pytest.raises(FeedError, match="more than 5,000 bytes"):
        get(server, "/feed", tmp_path, limits=FeedLimits(call=CallLimits(bytes_each=5_000)))


def test_an_endless_slow_answer_is_stopped(server, tmp_path):
    def answer(handler, _path, _query):
        handler.send_response(200)
        handler.end_headers()
        while not server.stopping.wait(0.02):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    server.answer = answer
    limits = FeedLimits(call=CallLimits(seconds_each=0.3))
    start = time.monotonic()

    with pytest.raises(FeedError, match=r"had not answered whole after 0\.3 seconds"):
        get(server, "/feed", tmp_path, limits=limits)

    assert time.monotonic() - start < 5


def test_a_web_page_in_place_of_data_is_named(server, tmp_path):
    page = b"\n<!DOCTYPE html><html><head><title>Service\n unavailable</title></head></html>"
    server.answer = lambda handler, _path, _query: send(handler, page, content="text/html")

    with pytest.raises(BadInputError, match='is an HTML page titled "Service unavailable"'):
        get(server, "/feed", tmp_path)

    assert list(tmp_path.glob("page*")) == []


# Where a stranger should not lead


def test_a_private_address_is_refused_unless_allowed(server, tmp_path):
    with pytest.raises(PrivateAddressError, match="no public address; allow private"):
        get(server, "/feed", tmp_path, allow_private=False)

    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1", "2130706433", "0.0.0.0", "10.1.2.3", "172.16.0.1"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "[::1]", "[fe80::1]"),
        *("[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    ],
)
def test_every_way_to_write_a_private_address_is_refused(host, tmp_path):
    with pytest.raises(PrivateAddressError, match="no public address"):
        fetch(f"http://{host}/feed", tmp_path, at=NOW)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/x", "http://", "http://["]
)
def test_only_web_addresses_are_read(url, tmp_path):
    with pytest.raises(FeedError, match="http or https was wanted"):
        fetch(url, tmp_path, at=NOW)


def pretend(monkeypatch, addresses: dict[str, list[str]]) -> None:
    """Let names have these addresses, the first ones first, one list a look-up."""

    known = network.socket.getaddrinfo

    def getaddrinfo(host, port, *args, **options):
        if host not in addresses:
            return known(host, port, *args, **options)
        given = addresses[host]
        address = given.pop(0) if len(given) > 1 else given[0]
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr(network.socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("way", ["redirect", "links.next"])
def test_a_public_server_cannot_lead_to_a_private_one(server, tmp_path, monkeypatch, way):
    public = f"http://open.example:{server.http.server_port}"
    private = f"http://inner.example:{server.http.server_port}/secret"

    def answer(handler, _path, _query):
        if way == "redirect":
            send(handler, b"", status=302, Location=private)
        else:
            send(handler, package(1, following=private))

    server.answer = answer
    is_public = network._check_public
    monkeypatch.setattr(
        network,
        "_check_public",
        lambda name, found: None if name == "open.example" else is_public(name, found),
    )
    pretend(monkeypatch, {"open.example": ["127.0.0.1"], "inner.example": ["127.0.0.1"]})

    with pytest.raises(PrivateAddressError, match=r"inner\.example leads to 127\.0\.0\.1"):
        fetch(public + "/feed", tmp_path, at=NOW)

    assert server.asked == ["/feed"]


def test_the_address_that_was_checked_is_the_one_that_is_called(server, tmp_path, monkeypatch):
    called = []
    inner = network.httpx.HTTPTransport.handle_request

    def handle(transport, request):
        called.append((request.url.host, request.headers["Host"]))
        request.url = request.url.copy_with(host="127.0.0.1", port=server.http.server_port)
        return inner(transport, request)

    monkeypatch.setattr(network.httpx.HTTPTransport, "handle_request", handle)
    pretend(monkeypatch, {"open.example": ["93.184.215.14", "127.0.0.1"]})
    server.answer = lambda handler, _path, _query: send(handler, package(1))

    fetch("http://open.example/feed", tmp_path, at=NOW)

    assert called == [("93.184.215.14", "open.example")]


def test_redirects_are_followed_a_few_times(server, tmp_path):
    def answer(handler, path, query):
        if path == "/moved":
            send(handler, b"", status=301, Location="/feed")
        elif path == "/feed":
            three_pages(handler, path, query)
        else:
            send(handler, b"", status=302, Location="/round")

    server.answer = answer

    pages, _waits = get(server, "/moved", tmp_path / "moved")

    assert ids(pages) == ["1", "2", "3"]
    with pytest.raises(FeedError, match="more than 5 redirects"):
        get(server, "/round", tmp_path / "round")


def test_a_name_that_is_not_known_is_said(tmp_path, monkeypatch):
    def getaddrinfo(*_args, **_options):
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(network.socket, "getaddrinfo", getaddrinfo)

    with pytest.raises(FeedError, match=r"the name no\.example is not known"):
        fetch("http://no.example/", tmp_path, at=NOW, sleep=Waits())
