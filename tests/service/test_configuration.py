import os
import subprocess
import sys
from pathlib import Path

import pytest

from convener.base.errors import BadInputError
from convener.service.configuration import (
    InsecureSettingsError,
    database_settings,
    read_configuration,
)

SAFE = {
    "CONVENER_MODE": "production",
    "CONVENER_SECRET_KEY": "k3yM4deByCh4nce-0123456789-abcdefghijklmnopqrstuvwxyz",
    "CONVENER_HOSTS": "markets.example.org, www.markets.example.org",
    "CONVENER_KEYS": "/srv/convener-keys",
    "CONVENER_EMAIL": "smtp://someone:secret@mail.example.org:587",
}


def test_a_local_service_needs_nothing_said_and_shows_no_tracebacks():
    configuration = read_configuration({})

    assert not configuration.is_production
    assert not configuration.is_debug
    assert configuration.workspace == Path("convener-data").absolute()
    assert "127.0.0.1" in configuration.hosts
    assert "*" not in configuration.hosts


def test_two_local_services_never_share_a_key_that_nobody_chose():
    assert read_configuration({}).secret_key != read_configuration({}).secret_key


def test_how_often_a_token_reads_is_as_it_is_said():
    assert read_configuration({}).api_reads == 600
    assert read_configuration({"CONVENER_API_READS": "5000"}).api_reads == 5000


@pytest.mark.parametrize("word", ["0", "-1", "many", "1e3", "9999999", "9" * 5000, "٣"])
def test_a_number_that_is_none_is_refused(word):
    with pytest.raises(BadInputError, match="CONVENER_API_READS is"):
        read_configuration({"CONVENER_API_READS": word})


def test_production_starts_with_a_key_and_hosts():
    configuration = read_configuration(SAFE)

    assert configuration.is_production
    assert configuration.hosts == ("markets.example.org", "www.markets.example.org")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"CONVENER_SECRET_KEY": ""}, "CONVENER_SECRET_KEY"),
        ({"CONVENER_SECRET_KEY": "short"}, "CONVENER_SECRET_KEY"),
        ({"CONVENER_SECRET_KEY": "a" * 80}, "CONVENER_SECRET_KEY"),
        ({"CONVENER_HOSTS": ""}, "CONVENER_HOSTS"),
        ({"CONVENER_HOSTS": "*"}, "CONVENER_HOSTS"),
        ({"CONVENER_HOSTS": "*.example.org"}, "CONVENER_HOSTS"),
        ({"CONVENER_KEYS": ""}, "CONVENER_KEYS"),
        ({"CONVENER_WORKSPACE": "/srv"}, "CONVENER_KEYS"),
        ({"CONVENER_DEBUG": "1"}, "CONVENER_DEBUG"),
        ({"CONVENER_DEMO": "1"}, "CONVENER_DEMO"),
    ],
)
def test_production_refuses_what_is_not_safe(change, named):
    with pytest.raises(InsecureSettingsError, match=named):
        read_configuration(SAFE | change)


def test_every_fault_is_named_at_once():
    with pytest.raises(InsecureSettingsError) as refused:
        read_configuration({"CONVENER_MODE": "production", "CONVENER_DEBUG": "yes"})

    for named in ("CONVENER_SECRET_KEY", "CONVENER_HOSTS", "CONVENER_KEYS", "CONVENER_DEBUG"):
        assert named in str(refused.value)


@pytest.mark.parametrize("environment", [{"CONVENER_MODE": "live"}, {"CONVENER_DEBUG": "perhaps"}])
def test_a_word_that_is_not_known_is_refused_and_not_guessed(environment):
    with pytest.raises(BadInputError, match="it can be"):
        read_configuration(environment)


def test_an_unsafe_production_stops_before_anything_is_served():
    environment = {**os.environ, "CONVENER_MODE": "production", "CONVENER_HOSTS": ""}

    ended = subprocess.run(
        [sys.executable, "-c", "import convener.service.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode != 0
    assert "does not start in production mode" in ended.stderr


def test_production_turns_on_what_only_https_allows(tmp_path):
    asked = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG"
    code = f"from convener.service import settings as s; print([{asked}])"

    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **SAFE, "CONVENER_WORKSPACE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout.strip() == "[True, True, True, False]"


def test_the_embedded_database_takes_its_lock_when_a_transaction_begins(tmp_path):
    settings = database_settings(read_configuration({"CONVENER_WORKSPACE": str(tmp_path)}))

    assert settings["NAME"] == tmp_path / "convener.sqlite3"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in settings["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]
    assert settings["OPTIONS"]["timeout"] > 0


def test_a_postgresql_address_is_read_whole():
    address = "postgresql://ann:p%40ss@db.example.org:5433/markets?sslmode=require"
    settings = database_settings(read_configuration({"CONVENER_DATABASE": address}))

    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert settings["NAME"] == "markets"
    assert (settings["USER"], settings["PASSWORD"]) == ("ann", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db.example.org", "5433")
    assert settings["OPTIONS"] == {"sslmode": "require", "connect_timeout": "5"}


@pytest.mark.parametrize("address", ["mysql://a@b/c", "postgresql://host", "markets"])
def test_another_database_is_refused_without_showing_its_password(address):
    with pytest.raises(BadInputError, match="postgresql://user:password@host:port/name"):
        database_settings(read_configuration({"CONVENER_DATABASE": address}))
