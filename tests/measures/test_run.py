"""The runner: what it puts together, what it refuses to add, and what it says beside a figure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError, NotFoundError
from convener.measures.run import Question, measure
from convener.methods import concentration


def award(providers, amount=100, **rest):
    return {"providers": providers, "amount": amount, **rest}


def paid(payee, amount, **rest):
    return {"payee_name": payee, "amount": amount, "currency": "GBP", **rest}


def ask(connection, name, **asked):
    asked.setdefault("by", ())
    return measure(connection, Question((name,), **asked))


def only(connection, name, **asked):
    [row] = ask(connection, name, **asked)
    return row


def test_a_dimension_that_is_not_asked_for_is_left_out(market_of):
    market = market_of({"things": [award("A", area="Kent"), award("B", area="Essex")]})

    assert [row.group for row in ask(market, "hhi-by-count", by=())] == [{}]
    areas = [row.group["area"] for row in ask(market, "exposure", by=("area",))]
    assert areas == ["Essex", "Kent"]


def test_a_process_of_two_services_is_counted_once_where_services_are_not_asked_for(market_of):
    market = market_of(
        {
            "things": [award("A", service="8531"), award("B")],
            "process_services": [{"process_key": 1, "service": "98", "level": "division"}],
        }
    )

    assert only(market, "hhi").count == 2
    by_service = ask(market, "exposure", by=("service",))
    assert [row.group["service"] for row in by_service] == ["85", "98", "unknown"]


def test_a_service_that_does_not_exist_is_named(market_of):
    with pytest.raises(NotFoundError, match="no market is called 'home-car'"):
        ask(market_of({}), "hhi", where={"service": "home-car"})


def test_services_of_two_levels_are_never_added(market_of):
    market = market_of({"things": [award("A", service="8531")]})

    with pytest.raises(BadInputError, match="different levels"):
        ask(market, "hhi", where={"service": "85|8531"})


def test_a_measure_that_does_not_exist_is_answered_with_those_nearly_spelt_so(market_of):
    with pytest.raises(NotFoundError, match="hhi"):
        ask(market_of({}), "hhj")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": ("colour",)}, "a grouping cannot be 'colour'"),
        ({"by": ("area", "region")}, "not by both"),
        ({"where": {"colour": "red"}}, "a filter cannot be 'colour'"),
        ({"entity": "brand"}, "an? entity cannot be 'brand'"),
        ({"framework": "all"}, "a framework rule cannot be 'all'"),
        ({"basis": "bids"}, "a basis cannot be 'bids'"),
        ({"period": "month"}, "a period cannot be 'month'"),
        ({"where": {"from": "yesterday"}}, "wanted a day such as"),
    ],
)
def test_a_question_that_cannot_mean_anything_is_refused(market_of, asked, message):
    with pytest.raises(BadInputError, match=message):
        ask(market_of({}), "hhi", **asked)


def test_the_same_ocid_in_two_sources_counts_once_as_last_released(market_of):
    market = market_of(
        {
            "things": [
                award("A", 10, ocid="ocds-1-x", source="old", released="2020-01-01"),
                award("A", 30, ocid="ocds-1-x", source="new", released="2021-01-01"),
                award("B", 30, source="new"),
            ]
        }
    )

    assert only(market, "hhi").value == pytest.approx(5000)
    assert only(market, "exposure", sources=("old",)).value == 10


def test_two_publishers_of_the_same_awards_are_never_added(market_of):
    things = [
        award("A", ocid="ocds-b5fd17-1", source="finder", day="2023-05-01"),
        award("A", ocid="ocds-h6vhtk-1", source="tender", day="2023-06-01"),
    ]
    market = market_of({"things": things})

    with pytest.raises(BadInputError, match="--source finder"):
        ask(market, "hhi")

    assert only(market, "exposure", sources=("tender",)).value == 100
    assert only(market, "exposure", where={"ocid-prefix": "ocds-b5fd17"}).value == 100


def test_publishers_that_follow_one_another_in_time_may_be_added(market_of):
    things = [
        award("A", ocid="ocds-b5fd17-1", day="2018-05-01"),
        award("B", ocid="ocds-h6vhtk-1", day="2023-06-01"),
    ]

    assert only(market_of({"things": things}), "hhi").value == pytest.approx(5000)


def test_a_source_that_is_not_loaded_is_named(market_of):
    market = market_of({"things": [award("A")]})

    with pytest.raises(NotFoundError, match="there are given"):
        ask(market, "hhi", sources=("taken",))


def test_currencies_are_never_added(market_of):
    market = market_of(
        {"things": [award("A", 50), award("B", 50), award("C", 9_000, currency="EUR")]}
    )

    row = only(market, "hhi")

    assert row.value == pytest.approx(5000)
    assert row.coverage == pytest.approx(2 / 3)
    assert "in GBP; left out: 1 in EUR" in row.note


@pytest.mark.parametrize(
    ("framework", "value"), [("split", 5000), ("lead", 10_000), ("ceiling", 5000)]
)
def test_the_framework_rule_is_the_question_s(market_of, framework, value):
    market = market_of({"things": [award("A + B"), award("A + B")]})

    row = only(market, "hhi", framework=framework)

    assert (row.value, row.low, row.high) == pytest.approx((value, 5000, 10_000))


def test_the_ceiling_counts_in_full_for_each(market_of):
    market = market_of({"things": [award("A + B", 100)]})

    assert [row.value for row in ask(market, "exposure", framework="ceiling")] == [100, 100]
    assert [row.value for row in ask(market, "exposure", framework="split")] == [50, 50]


def test_a_joint_venture_is_shared_between_its_owners(market_of):
    market = market_of(
        {
            "things": [award("Venture", 100), award("First", 20)],
            "who": [{"name": "Venture"}, {"name": "First"}, {"name": "Second"}],
            "owner_shares": [
                {"organisation_key": 1, "owner_key": 2, "share": 0.6},
                {"organisation_key": 1, "owner_key": 3, "share": 0.3},
            ],
        }
    )

    rows = ask(market, "exposure", entity="owner")

    assert {row.group["provider_name"]: float(row.value) for row in rows} == {
        "First": 80,
        "Second": 30,
        "Venture": 10,
    }


def test_a_market_is_grouped_by_the_owners_of_the_day(market_of):
    sold = "2022-10-01"
    market = market_of(
        {
            "things": [
                award("Brand", 10, day="2021-05-01"),
                award("Brand", 20, day="2022-09-30"),
                award("Brand", 40, day="2022-10-01"),
                award("Brand", 80),
            ],
            "who": [{"name": "Brand", "owner": "New"}, {"name": "Old"}],
            "owner_shares": [
                {"organisation_key": 1, "owner_key": 3, "share": 1.0, "to_on": sold},
                {"organisation_key": 1, "owner_key": 2, "share": 0.75, "from_on": sold},
            ],
        }
    )

    rows = ask(market, "exposure", entity="owner")

    assert {row.group["provider_name"]: float(row.value) for row in rows} == {
        "New": 90,
        "Old": 30,
        "Brand": 30,
    }
    assert only(market, "exposure", entity="organisation").value == 150


def test_brands_that_were_sold_are_new_entrants_by_owner_only(market_of):
    brands, sold = range(1, 11), "2022-10-01"
    market = market_of(
        {
            "things": [award("Brand 1", day="2016-05-01")]
            + [award(f"Brand {n}", day=f"{y}-05-01") for n in brands for y in (2021, 2023)],
            "who": [{"name": f"Brand {n}"} for n in brands]
            + [{"name": f"New {n}"} for n in brands],
            "owner_shares": [
                share
                for n in brands
                for share in (
                    {"organisation_key": n, "owner_key": n, "share": 1.0, "to_on": sold},
                    {"organisation_key": n, "owner_key": n + 10, "share": 1.0, "from_on": sold},
                )
            ],
        }
    )
    asked = {"where": {"period": "2023"}}

    assert only(market, "new-entrants", entity="owner", **asked).value == 1
    assert only(market, "new-entrants", entity="organisation", **asked).value == 0


def test_a_figure_does_not_hang_on_the_order_in_which_its_parts_were_added(market_of):
    things = [award(f"Provider {n % 37}", 100 + n * 7919 % 1013) for n in range(500)]
    market = market_of({"things": things, "who": [{"name": "Provider 1", "owner": "Group"}]})

    names = ("hhi", "cr4", "sme-share", "n-minus-1", "effective-number-of-providers")
    rows = [row for name in names for row in ask(market, name)]

    assert {(row.low, row.high) for row in rows} == {(row.value, row.value) for row in rows}
    figures = [row.value for row in rows if isinstance(row.value, float)]
    assert figures == [float(f"{figure:.12g}") for figure in figures]


def test_names_that_differ_in_case_and_punctuation_are_one_name(market_of):
    market = market_of({"things": [award("Acme Ltd."), award("ACME  LTD"), award("Élan")]})

    assert only(market, "hhi", entity="name").value == pytest.approx(10_000 * (4 / 9 + 1 / 9))


def test_a_withheld_payee_is_summed_and_never_named(market_of):
    market = market_of(
        {
            "payments": [
                paid("A", 50),
                paid("B", 50),
                {**paid(None, 100), "payee_withheld": True, "payee_kind": "individual"},
            ],
            "who": [{"name": "A", "kind": "private"}, {"name": "B", "kind": "charity"}],
        }
    )

    assert only(market, "hhi").value == pytest.approx(5000)
    assert only(market, "hhi").coverage == pytest.approx(2 / 3)
    kinds = {row.group["kind"]: row.value for row in ask(market, "share-by-kind")}
    assert kinds["individual"] == pytest.approx(0.5)


def test_two_lists_of_the_same_homes_are_never_added(market_of):
    def home(owner, day):
        return {
            "service": "Homes",
            "provider_name": owner,
            "quantity": 10,
            "unit": "places",
            "observed_on": day,
        }

    lists = [home("A", "2021-03-31"), home("A", "2022-03-31"), home("B", "2022-03-31")]
    market = market_of({"provision": lists})

    assert only(market, "hhi").count == 2
    by_year = ask(market, "exposure", by=("period",))
    assert [(row.group["period"], row.value) for row in by_year] == [
        ("2021", 10),
        ("2022", 10),
        ("2022", 10),
    ]


def test_periods_and_days_filter(market_of):
    market = market_of(
        {
            "things": [
                award("A", 1, day="2019-03-31"),
                award("B", 2, day="2019-04-01"),
                award("C", 4),
            ]
        }
    )

    def total(**asked):
        return sum(row.value for row in ask(market, "exposure", **asked))

    assert total() == 7
    assert total(where={"from": "2019-04-01"}) == 2
    assert total(where={"to": "2019"}) == 3
    assert total(period="financial-year", where={"period": "2018-19"}) == 1
    rows = ask(market, "exposure", by=("period",), period="3-years")
    assert {row.group["period"] for row in rows} == {"2019-2021", "unknown"}


def test_buyers_sources_and_single_processes_filter_and_group(market_of):
    things = [
        award("A", 1, buyer="Kent County Council", source="one"),
        award("A", 2, buyer="KENT COUNTY COUNCIL", source="two", ocid="ocds-1-huge"),
        award("A", 4, buyer="Essex", source="two"),
    ]
    market = market_of({"things": things})

    assert only(market, "exposure", where={"buyer": "kent county council"}).value == 3
    assert only(market, "exposure", where={"without": "ocds-1-huge"}).value == 5
    by = ask(market, "exposure", by=("period", "buyer", "source"))
    assert {(row.group["buyer"], row.group["source"], row.value) for row in by} == {
        ("KENT COUNTY COUNCIL", "one", 1),
        ("KENT COUNTY COUNCIL", "two", 2),
        ("Essex", "two", 4),
    }


def test_rows_can_be_of_one_provider_or_kind_without_changing_the_shares(market_of):
    market = market_of({"things": [award("A", 75), award("B", 25)]})

    row = only(market, "largest-providers", where={"provider": "a"})

    assert (row.group["provider_name"], row.value) == ("A", 0.75)


def test_the_buyer_s_area_standing_in_is_said(market_of):
    market = market_of(
        {"things": [award("A", area="UKI", area_is_buyers=True), award("B", area="London")]}
    )

    row = only(market, "hhi", by=("area",))

    assert row.group["area"] == "London"
    assert "buyer's area stands in for 50%" in row.note


def test_the_basis_falls_to_what_there_is(market_of):
    assert only(market_of({"payments": [paid("A", 1), paid("B", 1)]}), "hhi").basis == "payments"
    both = {"payments": [paid("A", 1)], "things": [award("A"), award("B")]}
    assert only(market_of(both), "hhi").basis == "awards"
    assert only(market_of(both), "exposure", basis="payments").value == 1


def test_an_empty_store_answers_that_there_is_nothing(market_of):
    row = only(market_of({}), "hhi", by=("service",))

    assert (row.value, row.count, row.group) == (None, 0, {"service": "all"})
    assert "in this data" in row.note


def test_the_day_of_the_question_is_an_argument(market_of):
    runs = [award(name, day="2020-01-01", ends="2022-01-01") for name in "ABCDE"]
    market = market_of({"things": runs})

    assert only(market, "contracts-ending", at=date(2020, 6, 1)).value == 0
    assert only(market, "contracts-ending", at=date(2021, 6, 1)).value == 1


def test_questions_on_one_connection_do_not_touch_each_other(market_of):
    market = market_of({"things": [award("A", area="Kent"), award("B", area="Essex")]})

    first = ask(market, "hhi", by=("area", "period"))
    ask(market, "exposure", by=("buyer",), entity="owner", framework="lead")
    again = ask(market, "hhi", by=("area", "period"))

    assert first == again
    left = market.execute("select table_name from duckdb_tables() where temporary").fetchall()
    assert {name for (name,) in left} <= {"area_labels", "assumptions"}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from("ABCDEFG"), st.integers(1, 10**9)), min_size=2))
def test_the_sql_agrees_with_the_method(market_of, sold):
    market = market_of({"things": [award(name, amount) for name, amount in sold]})
    totals: dict[str, int] = {}
    for name, amount in sold:
        totals[name] = totals.get(name, 0) + amount
    sizes = list(totals.values())

    names = ("hhi", "cr1", "cr4", "effective-number-of-providers")
    met = [row.value for row in measure(market, Question(names, by=()))]

    assert met == pytest.approx(
        [
            concentration.hhi(sizes, rest="scale"),
            concentration.concentration_ratio(sizes, 1, rest="scale"),
            concentration.concentration_ratio(sizes, 4, rest="scale"),
            concentration.effective_number(sizes, rest="scale"),
        ]
    )
    market.close()
