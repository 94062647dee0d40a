"""The page of a what-if: forms become steps, steps move the readings, the address holds all."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from convener.measures.sheet import read_choices
from convener.service.market.data import market_data
from convener.service.market.listing import find_market
from convener.service.market.switches import sheet_of
from service.small_store import CARE, HOMES

pytestmark = pytest.mark.django_db
WHERE = f"/market/{HOMES}/what-if/"
BRIGHTSIDE, HARBOUR, FORMULA = 1, 2, 3  # as the small store numbers them


def page(client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def figures(client, query: str = "", service: str = HOMES) -> dict[str, dict]:
    rows = json.loads(client.get(f"/market/{service}/what-if/figures.json{query}").content)
    return {row["measure"] + (row["kind"] or ""): row for row in rows}


def filled(client, **fields) -> str:
    """Fill a form; return the steps that it leads to."""
    response = client.get(WHERE, fields)
    assert response.status_code == 302, response.content.decode()[:2000]
    return parse_qs(urlsplit(response["Location"]).query).get("step", [])


@pytest.mark.parametrize(("service", "area"), [(HOMES, ""), (HOMES, "Ashby"), (CARE, "")])
def test_without_steps_the_page_shows_the_figures_of_the_markets_own_page(
    loaded, client, service, area
):
    data = market_data()
    market = find_market(data, service)
    sheet = sheet_of(data, market, read_choices(market, {"area": area}))

    found = figures(client, f"?area={area}" if area else "", service)

    for name in ("hhi", "cr1", "n-minus-1", "area-dominance", "effective-number-of-kinds"):
        value = sheet.one(name).value
        wanted = None if value is None else pytest.approx(float(value))
        assert found[name]["before"] == wanted, name
        assert found[name]["after"] == wanted, name


def test_an_untouched_market_says_that_nothing_is_changed(loaded, client):
    shown = page(client, WHERE)

    assert "Nothing is changed yet." in shown
    assert "2,095 HHI" in shown
    assert "33% " not in shown.split("Changes")[0] or "32.6%" in shown
    assert "Rises" not in shown
    assert "Falls" not in shown


def test_a_provider_stops_and_the_readings_move(loaded, client):
    shown = page(client, f"{WHERE}?step=stop:{BRIGHTSIDE}")

    # 42 places stop; in Ashby 20 of 31, of which the other 11 can take 1.1
    assert "Brightside Homes Limited stops: 42 places in 6 areas." in shown
    assert "Others there take up 8.7 places; 33.3 places left unserved, 79%" in shown
    assert "Of 42 places that stop, 33.3 places find no other provider." in shown
    assert "Ashby 18.9 places" in shown


def test_what_is_left_unserved_hangs_on_the_spare_capacity_that_is_stated(loaded, client):
    none = page(client, f"{WHERE}?step=stop:{BRIGHTSIDE}&spare=0")
    much = page(client, f"{WHERE}?step=stop:{BRIGHTSIDE}&spare=100")

    assert "take up 0 places; 42 places left unserved, 100%" in none
    assert "9 places left unserved" in much  # Ashby alone: 20 against 11
    assert figures(client, "?spare=0")["n-minus-1"]["before"] == pytest.approx(42 / 129)


def test_a_home_moves_to_a_new_mutual_and_the_mix_moves(loaded, client):
    found = figures(client, "?step=move:entry:SC00:to=new-mutual")

    assert found["share-by-kindmutual"]["before"] == 0
    assert found["share-by-kindmutual"]["after"] == pytest.approx(20 / 129)
    assert found["share-by-kindprivate"]["after"] == pytest.approx(50 / 129)
    assert found["hhi"]["after"] < found["hhi"]["before"]


def test_a_contract_is_split_into_lots_of_new_local_providers(loaded, client):
    query = "?step=split:award:ocds-test-100/1:4:as=charity"

    shown = page(client, f"/market/{CARE}/what-if/{query}")
    found = figures(client, query, CARE)

    assert "“Home care 100” (£400k), now with Steady Care Limited, is split into 4 lots" in shown
    sizes = [1_050_000, 260_000, 140_000, *[100_000] * 4]
    wanted = sum((100 * size / sum(sizes)) ** 2 for size in sizes)
    assert found["hhi"]["after"] == pytest.approx(wanted)
    assert found["cr1"]["after"] == pytest.approx(1_050_000 / 1_850_000)


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({"do": "stop", "provider": "1"}, "stop:1"),
        ({"do": "stop", "provider": "", "typed": "brightside"}, "stop:1"),
        (
            {"do": "part", "provider": "1", "part": "25%", "to": "new-charity"},
            "move:part:1:25%:to=new-charity",
        ),
        ({"do": "part", "provider": "1", "part": "10", "to": "2"}, "move:part:1:10:to=2"),
        ({"do": "move", "contract": "entry:SC00", "to": "2"}, "move:entry:SC00:to=2"),
        ({"do": "split", "contract": "entry:SC00", "lots": "4", "as": ""}, "split:entry:SC00:4"),
        (
            {"do": "split", "contract": "entry:SC00", "lots": "2", "as": "mutual"},
            "split:entry:SC00:2:as=mutual",
        ),
    ],
)
def test_a_filled_form_becomes_a_step_of_the_address(loaded, client, fields, step):
    assert filled(client, **fields) == [step]
    assert filled(client, **fields, step="stop:2", spare="20") == ["stop:2", step]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "stop", "provider": ""}, "No provider was chosen; wanted one of the list."),
        ({"do": "stop", "typed": "zzz"}, "The provider 'zzz' was met; wanted a name"),
        ({"do": "stop", "typed": "o"}, "providers are like 'o': "),
        ({"do": "part", "provider": "1", "part": "lots", "to": "2"}, "The part 'lots' was met"),
        ({"do": "move", "contract": "entry:SC00"}, "No receiving provider was chosen"),
        ({"do": "split", "contract": "entry:SC00", "lots": "1"}, "'1' lots were met; wanted 2"),
        ({"do": "split", "lots": "4"}, "No contract was chosen"),
    ],
)
def test_a_form_that_means_nothing_says_what_was_wanted_and_keeps_the_rest(
    loaded, client, fields, said
):
    response = client.get(WHERE, {**fields, "step": f"stop:{HARBOUR}"})

    shown = html.unescape(response.content.decode())
    assert response.status_code == 400
    assert said in shown
    assert "Harbour Children's Trust stops: 22 places" in " ".join(shown.split())
    for name in ("typed", "part", "lots"):
        if fields.get(name):
            assert f'value="{fields[name]}"' in shown


def test_a_stale_step_is_named_and_the_rest_are_taken(loaded, client):
    query = f"?step=stop:999&step=stop:{HARBOUR}&step=move:entry:GONE:to=1"

    shown = page(client, WHERE + query)

    assert "Not taken. The provider 999 was met; wanted one that has something" in shown
    assert "Not taken. The entry GONE was met; wanted one of this market" in shown
    assert "After 1 change " in shown
    assert figures(client, query)["hhi"] == figures(client, f"?step=stop:{HARBOUR}")["hhi"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("spare=much", "The spare capacity 'much' was met; wanted 0 to 100"),
        ("spare=-1", "The spare capacity '-1' was met"),
        ("spare=nan", "The spare capacity 'nan' was met"),
        ("least-private=ten", "The least share of private was 'ten'; wanted 0 to 100"),
        ("least-private=60&most-private=10", "60, was above the most, 10"),
        ("basis=votes", "Basis is 'votes'; it can be provision here"),
        (
            "&".join(f"step=stop:{key}" for key in range(40)),
            "40 steps were met; wanted at most 20",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_left_out(loaded, client, query, said):
    shown = page(client, f"{WHERE}?{query}", status=400)

    assert said in shown
    assert "2,095" in shown


@pytest.mark.parametrize(
    "query",
    ["step=%00", "step=" + "9" * 5000, "step=stop:%27%3Bdrop", "step=%3Cscript%3E", "find=%25%5C"],
)
def test_a_hostile_address_is_answered_with_the_market_as_it_is(loaded, client, query):
    response = client.get(f"{WHERE}?{query}")

    assert response.status_code == 200
    assert "<script>" not in response.content.decode().split("<main", 1)[1]
    assert "2,095" in response.content.decode()


def test_a_market_or_area_that_is_not_there_is_refused(loaded, client):
    assert client.get("/market/nowhere/what-if/").status_code == 404
    assert "nothing in the area 'Atlantis'" in page(client, f"{WHERE}?area=Atlantis", status=400)


def test_a_range_says_which_kinds_lie_inside_below_and_above(loaded, client):
    query = "?least-charity=30&most-in-house=50&most-private=40&least-mutual=5&most-unknown=50"

    shown = page(client, WHERE + query)

    assert "2 of 5 kinds with a range lie inside it." in shown
    assert "Above, by 14.3 points" in shown  # 70 of 129 against 40%
    assert "at least 30% Below, by 6.0 points" in shown  # (22 + 9) of 129 at most
    assert "at most 50% Inside" in shown


def test_a_range_that_the_unknown_could_fill_is_open(loaded, client):
    shown = page(client, f"{WHERE}?least-charity=20")  # 22 to 31 of 129: 17% to 24%

    assert "Open: it hangs on what the unknown are" in shown


def test_steps_ranges_and_spare_stay_in_every_form_and_link(loaded, client):
    shown = client.get(f"{WHERE}?step=stop:{HARBOUR}&spare=20&least-charity=10").content.decode()

    for form in re.findall(r"<form.*?</form>", shown, re.DOTALL):
        assert f'name="step" value="stop:{HARBOUR}"' in form
    links = re.findall(r'href="([^"]*figures\.csv[^"]*)"', shown)
    assert links == [
        f"/market/{HOMES}/what-if/figures.csv?step=stop:{HARBOUR}&amp;spare=20&amp;least-charity=10"
    ]


def test_each_step_can_be_removed_and_all_can(loaded, client):
    shown = client.get(f"{WHERE}?step=stop:{HARBOUR}&step=stop:{FORMULA}").content.decode()

    assert f'href="?step=stop:{FORMULA}#changes"' in shown
    assert f'href="?step=stop:{HARBOUR}#changes"' in shown
    assert 'href="?#changes"' in shown


def test_empty_fields_of_a_form_do_not_stay_in_the_address(loaded, client):
    response = client.get(f"{WHERE}?least-private=10&most-private=&least-charity=")

    assert response["Location"] == f"{WHERE}?least-private=10"


def test_a_contract_is_found_by_its_title(loaded, client):
    shown = client.get(f"/market/{CARE}/what-if/?find=care+10").content.decode()

    offered = set(re.findall(r'<option value="award:([^"]+)"', shown))
    assert offered == {f"ocds-test-{key}/1" for key in range(100, 110)}


def test_nothing_is_stored(loaded, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(f"{WHERE}?step=stop:{HARBOUR}")
    assert client.post(WHERE, {"do": "stop", "provider": "1"}).status_code == 405


def test_a_name_that_holds_markup_is_shown_as_text(loaded, client):
    shown = client.get(f"{WHERE}?step=stop:{FORMULA}").content.decode()

    assert "=Formula &amp; &lt;b&gt;Sons&lt;/b&gt; stops" in shown
    assert "<b>Sons" not in shown


def test_the_readings_before_and_after_are_given_as_a_file(loaded, client):
    answer = client.get(f"{WHERE}figures.csv?step=stop:{HARBOUR}&least-private=10")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert f"{HOMES}-what-if.csv" in answer["Content-Disposition"]
    assert [row["measure"] for row in rows[:5]] == [
        "effective-number-of-kinds",
        "hhi",
        "cr1",
        "area-dominance",
        "n-minus-1",
    ]
    private = next(row for row in rows if row["kind"] == "private")
    assert float(private["least"]) == 0.1
    assert float(private["before"]) == pytest.approx(70 / 129)
