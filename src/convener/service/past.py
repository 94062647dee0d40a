"""Which part of the record somebody asks for, within what they may read."""

from __future__ import annotations

from dataclasses import dataclass

from convener.base.errors import BadInputError
from convener.rules.access import Actor
from convener.service.models import Event, Stream
from convener.service.models.journal import EventQuerySet

DIGITS = 18  # of a number that any database holds


@dataclass(frozen=True)
class Asked:
    """A part of the record: all of it that one may read, one stream, or what is about a row."""

    events: EventQuerySet
    count: int
    stream: str = ""
    about: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        return {"stream": self.stream, "about": self.about}


def asked_for(actor: Actor, *, stream: str = "", about: str = "") -> Asked:
    """Return what was done, the newest first, wherever an actor may see it.

    Parameters
    ----------
    stream : the name of one stream, such as ``organisation:5``
    about : a sort of row and its number, such as ``note:5``

    Raises
    ------
    BadInputError
        If there is no such stream for them, or no row can be meant.
    """
    streams = Stream.objects.visible_to(actor)
    if stream:
        streams = streams.filter(name=stream.replace("\0", " "))
        if not streams.exists():
            raise BadInputError(f"stream is {stream[:40]!r}; wanted one that you may read")
    events = Event.objects.of(streams)
    if about:
        events = _about(events, about)
    count = events.count() if about else streams.length()
    return Asked(events, count, stream, about)


def of_stream(actor: Actor, stream: str) -> Asked:
    """Return what was done in one stream; of one that is not there, or not for them, nothing."""
    streams = Stream.objects.visible_to(actor).filter(name=stream)
    return Asked(Event.objects.of(streams), streams.length(), stream)


def _about(events: EventQuerySet, about: str) -> EventQuerySet:
    subject, _, number = about.partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= DIGITS
    if not (subject.isalpha() and is_number):
        raise BadInputError(
            f"about is {about[:40]!r}; wanted a sort of row and its number, as note:5"
        )
    return events.filter(subject=subject, subject_id=int(number))
