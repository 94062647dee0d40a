"""What runs beside the pages: the clocks, each minute, and the tasks that take long."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from types import FrameType

from django.db import Error, close_old_connections
from django.utils import timezone

EVERY = 60.0  # seconds between two ticks
LOOK = 2.0  # seconds between two looks for tasks

log = logging.getLogger(__name__)


def work(*, every: float = EVERY, look: float = LOOK) -> None:
    """Tick and do tasks until the process is told to stop; what has begun is ended first."""
    stop = threading.Event()

    def stopped(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- as signals have it
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopped)
    threading.Thread(target=_tick_on, args=(stop, every), name="clocks", daemon=True).start()
    while not stop.is_set():
        _do_tasks()
        stop.wait(look)


def tick_beside(*, every: float = EVERY) -> None:
    """Tick in a thread of its own as long as the process lives."""
    threading.Thread(
        target=_tick_on, args=(threading.Event(), every), name="clocks", daemon=True
    ).start()


def _tick_on(stop: threading.Event, every: float) -> None:
    from convener.service.actions.ticking import tick

    while not stop.is_set():
        close_old_connections()
        try:
            tick(at=timezone.now())
        except Error:  # a connection that is gone is no DatabaseError
            log.exception("the clocks could not be asked; they are asked again in a minute")
        finally:
            close_old_connections()
        stop.wait(every)


def _do_tasks() -> None:
    """Do every task that waits."""
    from django_tasks_db.management.commands.db_worker import Worker

    close_old_connections()
    try:
        Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:40]}-{os.getpid()}",
            excluded_queue_names=[],
        ).run()
    except Error:  # a connection that is gone is no DatabaseError
        log.exception("tasks could not be asked for; they are asked for again in a moment")
    finally:
        close_old_connections()
