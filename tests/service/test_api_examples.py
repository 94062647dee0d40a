"""What the page and the guide of the API show is run, as a reader would run it."""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from convener.rules.access import Role
from convener.service.models import Organisation, StandingAnswer
from service.calling import token_of
from service.furniture import make_user

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = (Path(__file__).parents[2] / "docs/how-to/use-the-api.md").read_text(encoding="utf-8")
USUAL = "http://127.0.0.1:8000"


@pytest.fixture
def ran(loaded, live_server):
    """Give what runs a program that holds a token."""
    token = token_of(make_user(Role.PROVIDER))

    def run(*words: str) -> str:
        ended = subprocess.run(
            words,
            env={**os.environ, "CONVENER_TOKEN": token},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run


def test_the_program_on_the_page_runs(ran, live_server):
    with urlopen(f"{live_server.url}/api/") as answer:
        page = answer.read().decode()
    [program] = re.findall(r'id="example".*?<code>(.*?)</code>', page, re.DOTALL)

    said = ran(sys.executable, "-c", html.unescape(program))

    made = Organisation.objects.get(name="Riverside Care Co-operative")
    assert said == f"{made.pk} {made.name} mutual True\n"


def test_the_program_of_the_guide_is_that_of_the_page(loaded, client):
    page = client.get("/api/", headers={"host": "127.0.0.1:8000"}).content.decode()
    [shown] = re.findall(r'id="example".*?<code>(.*?)</code>', page, re.DOTALL)
    [program] = re.findall(r"```python\n(.*?)\n```", GUIDE, re.DOTALL)

    assert html.unescape(shown).strip() == program


def test_what_the_guide_types_is_answered(ran, live_server):
    if shutil.which("curl") is None:
        pytest.skip("curl is not here; CI has it")
    blocks = re.findall(r"```sh\n(.*?)\n```", GUIDE, re.DOTALL)
    typed = "\n".join(block for block in blocks if "curl" in block).replace(USUAL, live_server.url)

    said = ran("sh", "-euc", typed)

    assert '"role":"provider"' in said
    assert '"command":"register-organisation"' in said
    assert '"command":"give-answer"' in said
    assert Organisation.objects.filter(name="River Homes").count() == 1
    assert "£10 million" in StandingAnswer.objects.get(question="insurance").text
