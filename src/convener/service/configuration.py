"""What the environment says of this installation, read once, and refused where it is unsafe.

CONVENER_MODE           local (the default) or production
CONVENER_WORKSPACE      folder of the market store and the embedded database
CONVENER_SECRET_KEY     signs sessions and forms; required in production
CONVENER_KEYS           folder of the keys that seal what is private; outside the workspace in
                        production, so that no backup holds both
CONVENER_HOSTS          names that the service answers to, parted by commas
CONVENER_DATABASE       postgresql://user:password@host:port/name; else embedded SQLite
CONVENER_DEMO           1 where the loaded market is invented
CONVENER_DEBUG          1 shows tracebacks on error pages; local only
CONVENER_BEHIND_PROXY   1 where a proxy sets X-Forwarded-Proto
CONVENER_OIDC_ISSUER    address of an OpenID Connect service through which people may sign in
CONVENER_OIDC_CLIENT    what that service calls us
CONVENER_OIDC_SECRET    what we show it
CONVENER_OIDC_NAME      what the sign-in page calls it
CONVENER_ADDRESS        where people find the service, as emails say it; else the first host
CONVENER_EMAIL          the mail server, as `emailing.py` has it; else files of the workspace
CONVENER_EMAIL_FROM     whom emails come from
CONVENER_NOTIFY_KEY     key of GOV.UK Notify, which is then used in place of a mail server
CONVENER_NOTIFY_TEMPLATE  the template that it sends
CONVENER_NOTIFY_ADDRESS   another address of GOV.UK Notify's API, for trying
CONVENER_API_READS      how often a minute one token may read through the API; 600 unless said
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from convener.base.errors import BadInputError
from convener.rules.tokens import READS_A_MINUTE
from convener.service.emailing import OF_THIS_MACHINE, email_faults

MODES = ("local", "production")
KEY_LENGTH = 50
IDENTITY = "organisation"  # what addresses and rows call the identity service
LEAST_SECRET = 16  # characters of a secret that another service gave us
ENCRYPTED = ("require", "verify-ca", "verify-full")
DIGITS = 9
COUNTED_MAX = 1_000_000
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "testserver")


class InsecureSettingsError(BadInputError):
    """The service would start in a state that is not safe to open to others."""


@dataclass(frozen=True)
class IdentityService:
    """An organisation's own service through which its people sign in."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str


@dataclass(frozen=True)
class Configuration:
    """One installation."""

    mode: str
    workspace: Path
    keys: Path
    secret_key: str
    hosts: tuple[str, ...]
    database: str
    is_demo: bool
    is_debug: bool
    is_behind_proxy: bool
    identity: IdentityService | None = None
    address: str = ""
    email: str = ""
    email_from: str = ""
    notify_key: str = ""
    notify_template: str = ""
    notify_address: str = ""
    api_reads: int = READS_A_MINUTE

    @property
    def site(self) -> str:
        """Return the address at which people find the service."""
        if self.address:
            return self.address.rstrip("/")
        scheme = "https" if self.is_production else "http"
        return f"{scheme}://{self.hosts[0] if self.hosts else 'localhost'}"

    @property
    def is_production(self) -> bool:
        return self.mode == "production"


def read_configuration(environment: Mapping[str, str]) -> Configuration:
    """Return what the environment asks for.

    Raises
    ------
    InsecureSettingsError
        If production is asked for with settings that are not safe; all of them are named at once.
    BadInputError
        If the mode is not one that convener knows.
    """
    mode = environment.get("CONVENER_MODE", "local")
    if mode not in MODES:
        raise BadInputError(f"CONVENER_MODE is {mode!r}; it can be {' or '.join(MODES)}")
    workspace = Path(environment.get("CONVENER_WORKSPACE", "convener-data")).absolute()
    configuration = Configuration(
        mode=mode,
        workspace=workspace,
        keys=Path(environment.get("CONVENER_KEYS") or workspace / "keys").absolute(),
        secret_key=environment.get("CONVENER_SECRET_KEY", ""),
        hosts=_listed(environment.get("CONVENER_HOSTS", "")),
        database=environment.get("CONVENER_DATABASE", ""),
        is_demo=_is_on(environment, "CONVENER_DEMO"),
        is_debug=_is_on(environment, "CONVENER_DEBUG"),
        is_behind_proxy=_is_on(environment, "CONVENER_BEHIND_PROXY"),
        identity=_identity(environment),
        address=environment.get("CONVENER_ADDRESS", ""),
        email=environment.get("CONVENER_EMAIL", ""),
        email_from=environment.get("CONVENER_EMAIL_FROM", ""),
        notify_key=environment.get("CONVENER_NOTIFY_KEY", ""),
        notify_template=environment.get("CONVENER_NOTIFY_TEMPLATE", ""),
        notify_address=environment.get("CONVENER_NOTIFY_ADDRESS", ""),
        api_reads=_counted(environment, "CONVENER_API_READS", READS_A_MINUTE),
    )
    return _checked(configuration) if configuration.is_production else _local(configuration)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _is_on(environment: Mapping[str, str], name: str) -> bool:
    """Read a switch; a word that is neither on nor off is refused, never guessed."""
    word = environment.get(name, "").strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("", "0", "false", "no", "off"):
        return False
    raise BadInputError(f"{name} is {word!r}; it can be 1 or 0")


def _counted(environment: Mapping[str, str], name: str, usual: int) -> int:
    """Read a number; what is none, or is beyond what can be meant, is refused."""
    word = environment.get(name, "").strip()
    if not word:
        return usual
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS else 0
    if not 1 <= number <= COUNTED_MAX:
        raise BadInputError(f"{name} is {word[:40]!r}; wanted a number from 1 to {COUNTED_MAX}")
    return number


def _identity(environment: Mapping[str, str]) -> IdentityService | None:
    """Return the identity service that is named; half a name is refused."""
    names = [f"CONVENER_OIDC_{word}" for word in ("ISSUER", "CLIENT", "SECRET")]
    issuer, client, secret = (environment.get(name, "") for name in names)
    if not (issuer or client or secret):
        return None
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise BadInputError(f"an identity service takes {' and '.join(missing)} too")
    name = environment.get("CONVENER_OIDC_NAME", "your organisation")
    return IdentityService(issuer.rstrip("/"), client, secret, name)


def _local(configuration: Configuration) -> Configuration:
    """Fill in what one person on one machine need not choose."""
    return Configuration(
        **{
            **vars(configuration),
            "secret_key": configuration.secret_key or secrets.token_urlsafe(KEY_LENGTH),
            "hosts": configuration.hosts or LOCAL_HOSTS,
        }
    )


def _checked(configuration: Configuration) -> Configuration:
    faults = list(_faults(configuration))
    if faults:
        listed = "; ".join(faults)
        raise InsecureSettingsError(f"convener does not start in production mode: {listed}")
    return configuration


def _faults(configuration: Configuration) -> Iterator[str]:
    key = configuration.secret_key
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_LENGTH // 5:
        yield f"CONVENER_SECRET_KEY must be {KEY_LENGTH} or more characters made by chance"
    if not configuration.hosts:
        yield "CONVENER_HOSTS must name the hosts that the service answers to"
    if any("*" in host for host in configuration.hosts):
        yield "CONVENER_HOSTS must not hold a star"
    if configuration.is_debug:
        yield "CONVENER_DEBUG must be off"
    if configuration.is_demo:
        yield "CONVENER_DEMO must be off: an invented market is for local use"
    if configuration.address and not _is_https(configuration.address):
        yield "CONVENER_ADDRESS must be an https address: emails lead people to it"
    yield from _faults_of_keys(configuration.keys, configuration.workspace)
    yield from _faults_of_services(configuration)
    yield from _faults_of_database(configuration.database)


def _is_https(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _faults_of_keys(keys: Path, workspace: Path) -> Iterator[str]:
    """Give what is wrong with where the keys lie; links are followed to where they lead."""
    keys, workspace = keys.resolve(), workspace.resolve()
    if keys.is_relative_to(workspace):
        yield "CONVENER_KEYS must be a folder outside the workspace, which backups take"
    if workspace.is_relative_to(keys):
        yield "CONVENER_KEYS must be a folder of its own: the workspace lies in it"
    if keys.exists() and not keys.is_dir():
        yield "CONVENER_KEYS must be a folder"
    elif keys.exists() and (mode := keys.stat().st_mode & 0o777) & 0o077:
        yield f"CONVENER_KEYS must be open to its owner alone: its mode is {mode:o}; 700 is wanted"


def _faults_of_services(configuration: Configuration) -> Iterator[str]:
    """Give what is wrong with the services that are spoken to: of sign-ins, and of emails."""
    identity = configuration.identity
    if identity and not _is_https(identity.issuer):
        yield "CONVENER_OIDC_ISSUER must be an https address"
    if identity and len(identity.secret) < LEAST_SECRET:
        yield f"CONVENER_OIDC_SECRET must be {LEAST_SECRET} or more characters"
    yield from email_faults(
        configuration.email, configuration.notify_key, configuration.notify_template
    )
    if configuration.notify_address and not _is_https(configuration.notify_address):
        yield "CONVENER_NOTIFY_ADDRESS must be an https address: the key is shown to it"
    if configuration.email_from and "@" not in configuration.email_from:
        yield "CONVENER_EMAIL_FROM must be an address of an email"


def _faults_of_database(address: str) -> Iterator[str]:
    """Give what is wrong with the way to the database: over a network it is encrypted."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    is_here = (parts.hostname or "localhost") in OF_THIS_MACHINE
    if not is_here and options.get("sslmode") not in ENCRYPTED:
        yield (
            "CONVENER_DATABASE is on another machine and must end in ?sslmode=verify-full,"
            " verify-ca or require"
        )


def database_settings(configuration: Configuration) -> dict[str, Any]:
    """Return Django's settings of the database: embedded SQLite, or PostgreSQL by its address.

    Raises
    ------
    BadInputError
        If the address is not one of a PostgreSQL database.
    """
    if not configuration.database:
        return _sqlite(configuration.workspace / "convener.sqlite3")
    return _postgresql(configuration.database)


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # A transaction takes its lock when it begins: begun later, most writers that meet
            # another one fail instead of waiting.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    name = parts.path.lstrip("/")
    if parts.scheme not in ("postgresql", "postgres") or not name:
        met = parts.scheme or "nothing"
        wanted = "postgresql://user:password@host:port/name"
        raise BadInputError(f"CONVENER_DATABASE has the scheme {met}; wanted {wanted}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A server that does not even refuse is waited for no longer.
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(parts.query))},
    }


def identity_settings(configuration: Configuration) -> dict[str, Any]:
    """Return the library's settings of the identity service, if one is named."""
    service = configuration.identity
    if service is None:
        return {}
    app = {
        "provider_id": IDENTITY,
        "name": service.name,
        "client_id": service.client,
        "secret": service.secret,
        "settings": {"server_url": service.issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
