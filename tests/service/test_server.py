import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from convener.service.server import NotForOthersError, _kept_key, prepare

SERVE = """
import sys
from pathlib import Path
from convener.service.server import serve
serve("127.0.0.1", int(sys.argv[1]), Path(sys.argv[2]), demo=True, workers=2)
"""


@pytest.fixture
def kept_environment():
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "market.example.org"])
@pytest.mark.usefixtures("kept_environment")
def test_a_local_service_does_not_listen_where_others_can_reach_it(tmp_path, host):
    with pytest.raises(NotForOthersError, match="CONVENER_MODE=production"):
        prepare(host, tmp_path, demo=False, workers=1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
@pytest.mark.usefixtures("kept_environment")
def test_a_local_service_listens_at_its_own_machine(tmp_path, host):
    prepare(host, tmp_path / "new", demo=True, workers=3)

    assert os.environ["CONVENER_WORKSPACE"] == str(tmp_path / "new")
    assert os.environ["CONVENER_DEMO"] == "1"
    assert os.environ["CONVENER_WORKERS"] == "3"


def test_the_key_of_a_workspace_is_made_once_and_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "secret-key"

    first = _kept_key(path)

    assert _kept_key(path) == first
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(address: str, seconds: float = 60) -> bytes:
    ends = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=60) as answer:
                return answer.read()
        except (URLError, ConnectionError):
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def test_a_fresh_workspace_is_served_by_workers_that_draw_charts(store, tmp_path):
    """A chart drawn before the fork would hang here."""
    port = _free_port()
    command = [sys.executable, "-c", SERVE, str(port), str(store.folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CONVENER_")}
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        assert json.loads(_wait(f"{base}/ready"))["status"] == "ready"
        pages = [_wait(f"{base}/market/childrens-homes/") for _ in range(6)]
        assert all(b'<svg role="img"' in page for page in pages)
        assert all(b"<b>Invented.</b>" in page for page in pages)
        assert b"font-face" in _wait(f"{base}/static/built/convener.css")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
