"""A real browser on the served pages of the small store."""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from convener.data.loading import rederive
from convener.data.store import Store
from convener.rules.access import WITH_SECOND_FACTOR
from journeys.by_keyboard import PASSWORD, fill, send
from service.furniture import give_second_factor, make_user
from service.small_store import build_store
from service.test_second_factor import SECRET, code

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The build without windows costs a third of the processor's time a page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HOW = (
    "no Chromium was found; install Debian's with `apt-get install chromium-headless-shell`, "
    "or name one with CONVENER_CHROMIUM"
)

# The browser's driver keeps an event loop in this thread; Django's own calls here are plain ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# Threads of the live server leave their connections to a database in memory open.
LEFT_OPEN = (
    "ignore:unclosed database:ResourceWarning",
    "ignore:Exception ignored in. <sqlite3:pytest.PytestUnraisableExceptionWarning",
    "ignore:.*<function BaseConnection:pytest.PytestUnraisableExceptionWarning",
)


def pytest_collection_modifyitems(items):
    """Let pass, in journeys alone, what their server's threads leave open."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            for words in LEFT_OPEN:
                item.add_marker(pytest.mark.filterwarnings(words))


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Collect what a journey left, so that no later test meets it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def find_chromium() -> str | None:
    """Return where a Chromium lies, if there is one."""
    named = os.environ.get("CONVENER_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def is_required() -> bool:
    """Say whether a missing browser is a failure."""
    return os.environ.get("CI") == "true" or bool(os.environ.get("CONVENER_REQUIRE_BROWSER"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the browser, or skip; where the run must have one, fail."""
    found = find_chromium()
    if found is None:
        (pytest.fail if is_required() else pytest.skip)(HOW)
    return found


@pytest.fixture(scope="session")
def axe() -> str:
    """Give axe's script."""
    if not AXE.is_file():
        message = f"axe is not at {AXE}; run `npm ci --ignore-scripts`"
        (pytest.fail if is_required() else pytest.skip)(message)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator[Browser]:
    """Start one browser for all journeys."""
    arguments = ["--disable-gpu"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's own sandbox refuses to run as root
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def market_store(tmp_path_factory) -> Store:
    return build_store(tmp_path_factory.mktemp("journeys"))


@pytest.fixture
def base(live_server, market_store, settings, monkeypatch) -> str:
    """Give the address of the pages."""
    settings.WORKSPACE = market_store.folder
    # A password takes half a second to check as it is kept; how it is kept is no journey's matter.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Django's server sends head and body apart: without this, one waits 40 ms for the other.
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True, raising=False)
    return live_server.url


def _is_fault(said: ConsoleMessage) -> bool:
    """Say whether the browser complains of more than a page that is not there."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


@pytest.fixture
def open_page(browser, base):
    """Open pages of a width; what the browser complains of fails the test."""
    contexts = []
    complaints: list[str] = []

    def opened(address: str = "/", *, width: int = 1280, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_fault(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(base + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def enter(open_page):
    """Sign someone in by keyboard, with scripts or without, and with a code where one is asked."""

    def entered(role, name, address, *, body=None, **more):
        user = make_user(role, f"{name}@example.org", PASSWORD, body=body)
        has_code = role in WITH_SECOND_FACTOR
        if has_code:
            user.authenticator_set.all().delete()
            give_second_factor(user, SECRET)
        page = open_page(f"/sign-in/?next={address}", **more)
        fill(page, "Email", f"{name}@example.org")
        fill(page, "Password", PASSWORD)
        send(page)
        if has_code:
            fill(page, "Code", code(SECRET))
            send(page)
        return user, page

    return entered


@pytest.fixture(scope="session")
def derived(tmp_path_factory) -> Store:
    """Give a store whose organisations and owners were derived as a load does it."""
    made = build_store(tmp_path_factory.mktemp("derived"))
    rederive(made, at=datetime(2026, 5, 5, tzinfo=UTC))
    return made


@pytest.fixture
def own(base, settings, derived, tmp_path, monkeypatch) -> Store:
    """Give the pages a store of their own, in which nothing goes on beside the journey."""
    monkeypatch.setattr("convener.service.actions.corrections.beside", lambda work: None)
    settings.WORKSPACE = tmp_path / "own"
    shutil.copytree(derived.folder, settings.WORKSPACE)
    return Store(settings.WORKSPACE)


@pytest.fixture
def key_of(own):
    """Give the key of the market's organisation of a name."""

    def found(name: str) -> int:
        with own.connect() as engine:
            [(key,)] = engine.execute(
                "select organisation_key from organisations where name = ?", [name]
            ).fetchall()
        return key

    return found
