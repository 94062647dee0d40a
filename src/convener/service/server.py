"""Serves the pages: makes the database ready, then runs as many workers as were asked for."""

from __future__ import annotations

import ipaddress
import logging
import os
import secrets
import threading
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from convener.base.errors import BadInputError, ConvenerError
from convener.service.configuration import KEY_LENGTH
from convener.service.logs import JsonLines

THREADS = 4  # a page waits on the engine and the disk, both of which let other threads run


class NotForOthersError(BadInputError):
    """A local service was asked to listen where other machines can reach it."""


class ServerLines(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """What the server says of itself, written as everything else is."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 -- gunicorn's configuration
        """Write lines of JSON, in place of gunicorn's own."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, told what to do by values and not by a file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 -- a WSGI application
        """Return the application; called in each worker, after it has started."""
        from convener.service.wsgi import application

        return application


def serve(host: str, port: int, workspace: Path, *, demo: bool = False, workers: int = 2) -> None:
    """Serve a workspace until the process is told to stop.

    Raises
    ------
    NotForOthersError
        If the host can be reached from other machines and the mode is not production.
    """
    prepare(host, workspace, demo=demo, workers=workers)
    migrate()
    _Server(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108 -- memory, for heartbeats
            "timeout": 120,
            "post_worker_init": _warm,
            "control_socket_disable": True,
            "logger_class": ServerLines,
            "proc_name": "convener",
        }
    ).run()


def prepare(host: str, workspace: Path, *, demo: bool, workers: int) -> None:
    """Put what the settings read into the environment, and refuse what is not safe."""
    is_production = os.environ.get("CONVENER_MODE", "local") == "production"
    if not is_production and not _is_own_machine(host):
        message = (
            f"a local service listens at its own machine, not at {host}; "
            "set CONVENER_MODE=production to open it to others"
        )
        raise NotForOthersError(message)
    workspace.mkdir(parents=True, exist_ok=True)
    os.environ["CONVENER_WORKSPACE"] = str(workspace.absolute())
    os.environ["CONVENER_WORKERS"] = str(workers)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convener.service.settings")
    if demo:
        os.environ["CONVENER_DEMO"] = "1"
    if not is_production:
        os.environ.setdefault("CONVENER_SECRET_KEY", _kept_key(workspace / "secret-key"))


def migrate() -> None:
    """Bring the database to the present shape of the models, and begin its journal if it is new.

    Raises
    ------
    JournalGoneError
        If the journal is empty, and once was not.
    """
    import django
    from django.core.management import call_command
    from django.utils import timezone

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from convener.service.actions.opening import begin_journal

    begin_journal(at=timezone.now())


def _is_own_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _kept_key(path: Path) -> str:
    """Return the key of a local workspace, made once, so that a restart signs nobody out."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        key = secrets.token_urlsafe(KEY_LENGTH)
        path.touch(mode=0o600)
        path.write_text(key, encoding="ascii")
        return key


def _warm(worker: object) -> None:  # noqa: ARG001 -- gunicorn's signature
    """Start what the first page would otherwise wait for; never before the fork."""
    from convener.service import charts
    from convener.service.working import tick_beside

    charts.start()
    tick_beside()
    threading.Thread(target=_read_markets, name="warm", daemon=True).start()


def _read_markets() -> None:
    """Compute the figures of the list that the home page shows, beside the first requests."""
    from convener.measures.markets import NAMED
    from convener.service.market.data import market_data
    from convener.service.market.listing import listed

    try:
        data = market_data()
        for level in () if data.is_empty else NAMED:
            listed(data, level)
    except ConvenerError:
        logging.getLogger(__name__).exception("the market store cannot be read")
