"""The open files: what is in them, what is said of them, and how they are sent."""

import csv
import io
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.urls import reverse

from convener.base.cells import defused
from convener.data.sources.origins import web_address
from convener.data.store import Store
from convener.measures.publishing import making
from convener.measures.publishing.datasets import DATASETS, FIGURES, NOT_STATED
from convener.measures.publishing.files import FORMS, LIST_SIGN, write_table
from convener.measures.publishing.making import digest_of, open_files
from service.people_store import people_store
from service.small_store import OWNERS, SUPPLIERS, build_store

pytestmark = pytest.mark.django_db
NAMES = tuple(DATASETS)


def body(response) -> bytes:
    assert response.status_code == 200
    return response.getvalue()


def rows_of(client, name: str, form: str) -> list[dict]:
    sent = body(client.get(f"/open/{name}.{form}"))
    if form == "csv":
        return list(csv.DictReader(io.StringIO(sent.decode(), newline="")))
    return json.loads(sent) if form == "json" else pq.read_table(io.BytesIO(sent)).to_pylist()


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_the_same_in_every_form(loaded, client, name):
    found = {form: rows_of(client, name, form) for form in FORMS}

    assert found["json"] == found["parquet"]
    assert [{key: as_cell(cell) for key, cell in row.items()} for row in found["json"]] == [
        {key: as_number(cell) for key, cell in row.items()} for row in found["csv"]
    ]
    assert all(tuple(row) == DATASETS[name].names for row in found["json"])


def as_cell(value):
    if isinstance(value, list):
        return LIST_SIGN.join(value)
    if isinstance(value, str):
        return as_number(defused(value))
    return "" if value is None else float(value)


def as_number(text: str):
    try:
        return float(text)
    except ValueError:
        return text


def test_the_figures_are_those_of_the_pages(loaded, client):
    shown = client.get("/market/childrens-homes/figures.json").json()

    given = {
        (row["measure"], row["kind"]): row
        for row in rows_of(client, "figures", "json")
        if row["service"] == "childrens-homes" and row["period"] == "all"
    }
    for row in shown:
        if row["measure"] in {"hhi", "cr1", "n-minus-1", "effective-number-of-kinds"}:
            same = given[row["measure"], None]
            for name in ("value", "low", "high", "count", "coverage", "unit", "basis"):
                assert same[name] == row[name], (row["measure"], name)
    assert given["share-by-kind", "private"]["value"] is not None


def test_every_named_market_is_there_and_no_provider_is_named_in_figures(loaded, client):
    rows = rows_of(client, "figures", "json")

    assert {row["service"] for row in rows} == {"childrens-homes", "home-care"}
    assert {row["area"] for row in rows} == {"all"}
    assert {row["period"] for row in rows} >= {"all", "2018", "2022"}
    text = json.dumps(rows)
    assert not [name for name, *_ in (*OWNERS, *SUPPLIERS) if json.dumps(name)[1:-1] in text]


def test_an_organisation_has_its_number_as_text(loaded, client):
    rows = rows_of(client, "organisations", "json")

    assert [row["number"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
    assert {row["name"] for row in rows} == {name for name, *_ in (*OWNERS, *SUPPLIERS)}


def test_no_cell_of_csv_can_start_a_formula(loaded, client):
    cells = [cell for row in rows_of(client, "organisations", "csv") for cell in row.values()]

    assert "'=Formula & <b>Sons</b>" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_source_tells_no_place_on_the_machine(loaded, client):
    for row in rows_of(client, "sources", "json"):
        assert row["address"] is None
        assert "/home/someone" not in json.dumps(row)


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("https://ann:secret@data.example.org/feed?token=x#y", "https://data.example.org/feed"),
        ("http://data.example.org:8080/a.json", "http://data.example.org:8080/a.json"),
        ("/home/ann/data.json", None),
        ("-", None),
    ],
)
def test_the_address_of_a_source_holds_no_secret(origin, told):
    assert web_address(origin) == told


# --- The description ---------------------------------------------------------------------------


@pytest.fixture
def package(loaded, client) -> dict:
    return json.loads(body(client.get("/open/datapackage.json")))


def test_every_file_is_described_with_its_columns_length_and_digest(package, client):
    import hashlib

    assert len(package["resources"]) == len(NAMES) * len(FORMS)
    for resource in package["resources"]:
        sent = body(client.get(f"/open/{resource['path']}"))
        assert resource["bytes"] == len(sent)
        assert resource["hash"] == f"sha256:{hashlib.sha256(sent).hexdigest()}"
        name = resource["path"].partition(".")[0]
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(DATASETS[name].names)
        assert all(field["description"] and field["type"] for field in fields)
        assert 0 <= resource["coverage"]["share"] <= 1


def test_the_description_says_as_of_when_and_under_which_licence(package, loaded):
    manifest = loaded.manifest()

    assert package["snapshot"]["taken_at"] == manifest.replaced_at == package["created"]
    assert package["snapshot"]["sha256"] == digest_of(manifest)
    assert {one["licence"] for one in package["sources"]} == {NOT_STATED}
    assert "licence" in package["description"]


def test_parquet_carries_what_its_columns_mean(loaded, client):
    schema = pq.read_schema(io.BytesIO(body(client.get("/open/figures.parquet"))))

    said = {field.name: field.metadata[b"description"].decode() for field in schema}
    assert said == {column.name: column.says for column in FIGURES.columns}


# --- How they are sent -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["figures.csv", "organisations.parquet", "datapackage.json"])
def test_who_has_a_file_already_gets_nothing_again(loaded, client, path):
    first = client.get(f"/open/{path}")

    by_tag = client.get(f"/open/{path}", headers={"if-none-match": first["ETag"]})
    by_day = client.get(f"/open/{path}", headers={"if-modified-since": first["Last-Modified"]})

    assert (by_tag.status_code, by_day.status_code) == (304, 304)
    assert by_tag["ETag"] == first["ETag"]
    assert int(first["Content-Length"]) == len(body(first))


def test_the_page_of_any_site_may_read_a_file_and_no_one_is_sent_along(loaded, client):
    for path in ("/open/figures.json", "/open/nothing.csv"):
        response = client.get(path, headers={"origin": "https://news.example"})

        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response


def test_a_tag_goes_with_its_snapshot(settings, tmp_path, client):
    settings.WORKSPACE = tmp_path
    build_store(tmp_path)
    first = client.get("/open/organisations.csv")
    build_store(tmp_path, prefix="more-")

    after = client.get("/open/organisations.csv", headers={"if-none-match": first["ETag"]})

    assert after.status_code == 200
    assert after["ETag"] != first["ETag"]


def test_there_is_nothing_to_take_from_an_empty_store(workspace, client):
    page = client.get("/open/")
    file = client.get("/open/figures.csv", headers={"accept": "application/json"})

    assert page.status_code == 200
    assert "Nothing is loaded yet." in page.content.decode()
    assert file.status_code == 404
    assert file.json()["detail"] == "nothing is loaded, so there is nothing to publish yet"


@pytest.mark.parametrize("path", ["nothing.csv", "figures.xml", "..%2fmanifest.json", "figures"])
def test_a_file_that_is_none_is_not_found(loaded, client, path):
    assert client.get(f"/open/{path}").status_code == 404


def test_the_page_leads_to_every_file_and_says_how_long_it_is(loaded, client):
    page = client.get("/open/").content.decode()

    for name in NAMES:
        for form in FORMS:
            assert f'href="{reverse("open-table", args=[name, form])}"' in page
    assert re.search(r"\d (?:kB|bytes)", page)
    assert digest_of(loaded.manifest())[:16] in page


# --- How they are made -------------------------------------------------------------------------


def test_files_are_made_once_a_snapshot(settings, tmp_path, client, monkeypatch):
    settings.WORKSPACE = tmp_path
    build_store(tmp_path)
    made = []
    write = making.write_table
    monkeypatch.setattr(
        making, "write_table", lambda *words: made.append(words[0].name) or write(*words)
    )

    for _ in range(2):
        body(client.get("/open/figures.csv"))
        body(client.get("/open/sources.json"))

    assert made == list(NAMES)


def test_two_who_make_the_files_at_once_leave_one_whole_folder(tmp_path):
    store = build_store(tmp_path)
    manifest = store.manifest()
    with store.connect(manifest) as connection:
        first = open_files(store, manifest, connection)
        kept = (first.folder / "figures.csv").read_bytes()
        snapshot = making.Snapshot(store, manifest, connection.cursor())
        making._make(snapshot, first.folder)  # another that did not see the first

    assert (first.folder / "figures.csv").read_bytes() == kept
    assert [path.name for path in first.folder.parent.glob("open*")] == ["open"]


def test_files_that_cannot_be_written_leave_nothing(tmp_path, monkeypatch):
    store = build_store(tmp_path)
    manifest = store.manifest()

    def broken(*_):
        raise OSError("no space left")

    monkeypatch.setattr(making, "write_table", broken)
    with store.connect(manifest) as connection, pytest.raises(OSError, match="no space"):
        open_files(store, manifest, connection)

    assert list(tmp_path.rglob("open*")) == []


def test_a_table_is_written_without_being_held(tmp_path):
    """More rows than a batch: each is written once, and in the order in which it came."""
    given = 12_001
    cells = len(FIGURES.columns)

    written = write_table(FIGURES, (_figure(place, cells) for place in range(given)), tmp_path)

    table = pq.read_table(tmp_path / "figures.parquet")
    assert table.column("count").to_pylist() == list(range(given))
    assert written.rows == given == len(json.loads((tmp_path / "figures.json").read_bytes()))
    assert written.known == given


def _figure(place: int, cells: int) -> tuple:
    row = [None] * cells
    row[FIGURES.names.index("value")] = 1.5
    row[FIGURES.names.index("count")] = place
    return tuple(row)


def test_an_empty_table_has_its_heading_and_no_rows(tmp_path):
    written = write_table(FIGURES, iter(()), tmp_path)

    assert json.loads((tmp_path / "figures.json").read_bytes()) == []
    assert (tmp_path / "figures.csv").read_text().strip() == ",".join(FIGURES.names)
    assert pq.read_table(tmp_path / "figures.parquet").column_names == list(FIGURES.names)
    assert (written.rows, written.known) == (0, 0)


def test_a_store_keeps_its_open_files_from_the_end_of_a_load(tmp_path_factory):
    store = people_store(tmp_path_factory)

    [place] = store.folder.glob("parts/*/derived/open")
    package = json.loads((place / "datapackage.json").read_bytes())
    manifest = Store(store.folder).manifest()
    assert package["snapshot"] == {
        "taken_at": manifest.replaced_at,
        "sha256": digest_of(manifest),
    }


def test_the_query_of_the_guide_answers(loaded, client):
    body(client.get("/open/figures.parquet"))
    guide = Path(__file__).parents[2] / "docs/how-to/use-the-open-data.md"
    [query] = re.findall(r"```sql\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    [place] = loaded.folder.glob("parts/*/derived/open/figures.parquet")
    text = re.sub(r"'http[^']*'", f"'{place}'", query)

    with loaded.connect() as connection:
        rows = connection.execute(text).fetchall()

    assert {row[0] for row in rows} == {"Children's homes", "Home care"}
