"""What is not safe to open to others does not start: keys, services, the way to the database."""

import pytest

from convener.service.configuration import InsecureSettingsError, read_configuration
from service.test_configuration import SAFE

OIDC = {
    "CONVENER_OIDC_ISSUER": "https://login.example.org",
    "CONVENER_OIDC_CLIENT": "convener",
    "CONVENER_OIDC_SECRET": "a-secret-that-they-gave-us",
}
NOTIFY = {
    "CONVENER_EMAIL": "",
    "CONVENER_NOTIFY_KEY": "key-" + "0" * 73,
    "CONVENER_NOTIFY_TEMPLATE": "a-template",
}


def refused(change: dict[str, str]) -> str:
    with pytest.raises(InsecureSettingsError) as said:
        read_configuration(SAFE | change)
    return str(said.value)


@pytest.mark.parametrize(
    "change",
    [
        {},
        OIDC,
        NOTIFY,
        {"CONVENER_ADDRESS": "https://markets.example.org"},
        {"CONVENER_DATABASE": "postgresql://a@127.0.0.1/markets"},
        {"CONVENER_DATABASE": "postgresql:///markets?host=/run/postgresql"},
        {"CONVENER_DATABASE": "postgresql://a:b@db.example.org/markets?sslmode=verify-full"},
    ],
)
def test_what_is_safe_starts(change):
    assert read_configuration(SAFE | change).is_production


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (OIDC | {"CONVENER_OIDC_ISSUER": "http://login.example.org"}, "CONVENER_OIDC_ISSUER"),
        (OIDC | {"CONVENER_OIDC_ISSUER": "https://a:b@example.org"}, "CONVENER_OIDC_ISSUER"),
        (OIDC | {"CONVENER_OIDC_SECRET": "short"}, "CONVENER_OIDC_SECRET"),
        ({"CONVENER_EMAIL": ""}, "CONVENER_EMAIL or CONVENER_NOTIFY_KEY"),
        ({"CONVENER_EMAIL": "console:"}, "CONVENER_EMAIL"),
        ({"CONVENER_EMAIL": "smtp+plain://mail.example.org"}, "CONVENER_EMAIL"),
        ({"CONVENER_EMAIL_FROM": "convener"}, "CONVENER_EMAIL_FROM"),
        (NOTIFY | {"CONVENER_NOTIFY_TEMPLATE": ""}, "CONVENER_NOTIFY_TEMPLATE"),
        (NOTIFY | {"CONVENER_NOTIFY_ADDRESS": "http://n.example.org"}, "CONVENER_NOTIFY_ADDRESS"),
        ({"CONVENER_ADDRESS": "http://markets.example.org"}, "CONVENER_ADDRESS"),
        ({"CONVENER_DATABASE": "postgresql://a:b@db.example.org/markets"}, "CONVENER_DATABASE"),
        (
            {"CONVENER_DATABASE": "postgresql://a:b@db.example.org/m?sslmode=prefer"},
            "CONVENER_DATABASE",
        ),
    ],
)
def test_what_is_not_safe_is_named(change, named):
    said = refused(change)

    assert named in said
    assert "a:b" not in said
    assert "short" not in said


def test_keys_lie_apart_from_the_workspace_wherever_links_lead(tmp_path):
    workspace = {"CONVENER_WORKSPACE": str(tmp_path / "workspace")}
    inside = tmp_path / "workspace" / "keys"
    inside.mkdir(parents=True, mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(inside)

    assert "outside the workspace" in refused(workspace | {"CONVENER_KEYS": str(inside)})
    assert "outside the workspace" in refused(workspace | {"CONVENER_KEYS": str(link)})
    assert "the workspace lies in it" in refused(workspace | {"CONVENER_KEYS": str(tmp_path)})
    assert "outside the workspace" in refused(workspace | {"CONVENER_KEYS": ""})


def test_keys_that_others_may_read_are_refused(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o755)
    assert "its mode is 755; 700 is wanted" in refused({"CONVENER_KEYS": str(keys)})

    keys.chmod(0o700)
    assert read_configuration(SAFE | {"CONVENER_KEYS": str(keys)}).keys == keys

    keys.rmdir()
    keys.write_text("no folder")
    assert "CONVENER_KEYS must be a folder" in refused({"CONVENER_KEYS": str(keys)})
