"""Draw the picture at the head of the README: one market of the invented demonstration.

    make picture

Needs a Chromium: Debian's, or the one that CONVENER_CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "balance-sheet.png"
COMMAND = Path(sys.executable).with_name("convener")
ADDRESS = "http://127.0.0.1:8790"
MARKET = "/market/supported-living/"
WIDTH, HEIGHT = 1280, 1240
PATIENCE = 60  # seconds until the service must answer


@contextmanager
def demonstration(folder: str) -> Iterator[None]:
    """Make the demonstration market and serve it until the block ends."""
    workspace = [COMMAND, "--workspace", folder]
    subprocess.run([*workspace, "demo"], check=True, stdout=subprocess.DEVNULL)
    serving = subprocess.Popen(
        [*workspace, "serve", "--demo", "--port", ADDRESS.rsplit(":", 1)[1]],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait()
        yield
    finally:
        serving.terminate()
        serving.wait()


def wait() -> None:
    """Return once the service answers."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"{ADDRESS}/health").close()
        except urllib.error.URLError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
        else:
            return


def main() -> None:
    """Serve the demonstration market, and keep what a browser shows of one page."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    found = [path for name in names if (path := shutil.which(name))]
    chromium = os.environ.get("CONVENER_CHROMIUM") or next(iter(found), None)
    if chromium is None:
        sys.exit(
            f"no Chromium was found: apt-get install {names[0]}, or name one: CONVENER_CHROMIUM"
        )
    is_root = os.geteuid() == 0  # Chromium's own sandbox refuses to run as root
    arguments = ["--disable-gpu", *(["--no-sandbox"] if is_root else [])]
    with tempfile.TemporaryDirectory() as folder, demonstration(folder), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(ADDRESS + MARKET)
        # It ends where the five readings do, and cuts no line in two.
        ends = page.locator(".cv-key").bounding_box()
        height = HEIGHT if ends is None else int(ends["y"] + ends["height"]) + 12
        page.screenshot(
            path=PICTURE, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height}
        )
        browser.close()


if __name__ == "__main__":
    main()
