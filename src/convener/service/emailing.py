"""How emails leave: through GOV.UK Notify, through a mail server, or into files on one machine.

``CONVENER_NOTIFY_KEY`` and ``CONVENER_NOTIFY_TEMPLATE`` name a key and a template of GOV.UK Notify
whose subject is ``((subject))`` and whose message is ``((message))``. Else ``CONVENER_EMAIL`` is
the address of a mail server:

    smtp://user:password@mail.example.org:587      encrypted once connected (STARTTLS)
    smtps://user:password@mail.example.org:465     encrypted from the start
    smtp+plain://127.0.0.1:25                      not encrypted: on this machine only
    console:                                       written to the standard output
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from convener.base.errors import BadInputError, ConvenerError

TIMEOUT = 30  # seconds: a server that hangs holds up nothing else
NOTIFY = "https://api.notifications.service.gov.uk"
NOTIFY_KEY_LENGTH = 73  # two identifiers of 36 characters and a dash, after the key's name
SCHEMES = ("smtp", "smtps", "smtp+plain", "console")
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_BACKENDS = "django.core.mail.backends"


class EmailRefusedError(ConvenerError):
    """GOV.UK Notify took an email, and will not send it."""


def email_faults(address: str, notify_key: str, notify_template: str) -> Iterator[str]:
    """Give what is wrong with how emails would leave a service that is open to others."""
    if not address and not notify_key:
        yield "CONVENER_EMAIL or CONVENER_NOTIFY_KEY must say how emails are sent"
    if address.startswith("console"):
        yield "CONVENER_EMAIL must be a mail server: people read no console"
    parts = urlsplit(address)
    if parts.scheme == "smtp+plain" and parts.hostname not in OF_THIS_MACHINE:
        yield "CONVENER_EMAIL must be smtp:// or smtps://, or a server on this machine"
    if notify_key and not notify_template:
        yield "CONVENER_NOTIFY_TEMPLATE must name the template that CONVENER_NOTIFY_KEY sends"


def mailers(
    address: str, *, folder: Path, notify_key: str, notify_template: str, notify: str = ""
) -> dict[str, Any]:
    """Return Django's settings of how emails leave; into files of a folder where nothing is said.

    Raises
    ------
    BadInputError
        If an address or a key is none.
    """
    if notify_key:
        return {"default": _notify(notify_key, notify_template, notify or NOTIFY)}
    if not address:
        options = {"file_path": str(folder)}
        return {"default": {"BACKEND": f"{_BACKENDS}.filebased.EmailBackend", "OPTIONS": options}}
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES:
        wanted = ", ".join(SCHEMES)
        raise BadInputError(f"CONVENER_EMAIL has the scheme {parts.scheme!r}; wanted {wanted}")
    if parts.scheme == "console":
        return {"default": {"BACKEND": f"{_BACKENDS}.console.EmailBackend"}}
    return {"default": _server(parts)}


def _server(parts: SplitResult) -> dict[str, Any]:
    if not parts.hostname:
        raise BadInputError("CONVENER_EMAIL names no host; wanted smtp://user:password@host:port")
    return {
        "BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or PORTS[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp",
            "use_ssl": parts.scheme == "smtps",
            "timeout": TIMEOUT,
        },
    }


def _notify(key: str, template: str, address: str) -> dict[str, Any]:
    if len(key) < NOTIFY_KEY_LENGTH:
        raise BadInputError(
            f"CONVENER_NOTIFY_KEY has {len(key)} characters; a key of GOV.UK Notify has"
            f" {NOTIFY_KEY_LENGTH} after its name"
        )
    return {
        "BACKEND": "convener.service.emailing.NotifyBackend",
        "OPTIONS": {"key": key, "template": template, "address": address},
    }


class NotifyBackend(BaseEmailBackend):
    """Sends through GOV.UK Notify, whose own client signs each request."""

    def __init__(self, *, key: str, template: str, address: str, alias: str | None = None) -> None:
        super().__init__(alias=alias)
        self.key, self.template, self.address = key, template, address

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send each message to each of its recipients; return how many messages were sent.

        Raises
        ------
        EmailRefusedError
            If Notify refuses one, or cannot be reached.
        """
        from notifications_python_client.errors import HTTPError, InvalidResponse
        from notifications_python_client.notifications import NotificationsAPIClient
        from requests import RequestException

        client: Any = NotificationsAPIClient  # it ships no types
        client = client(self.key, base_url=self.address, timeout=TIMEOUT)
        try:
            for message in email_messages:
                told = {"subject": str(message.subject), "message": str(message.body)}
                for recipient in message.recipients():
                    client.send_email_notification(recipient, self.template, personalisation=told)
        except (HTTPError, InvalidResponse, RequestException) as error:
            # Its own words may repeat the address that they are about.
            status = getattr(error, "status_code", "none")
            raise EmailRefusedError(f"GOV.UK Notify answered with status {status}") from error
        finally:
            client.request_session.close()
        return len(email_messages)
