"""Sales through G-Cloud, 2012 to June 2014, against the figures that were published of them."""

from __future__ import annotations

import json

import pytest

from asking import asking


def test_sales_add_up_to_the_published_total(gcloud):
    report = json.loads(gcloud("sources", "report", "sales", "--json").out)

    [amounts] = report["amounts"]
    assert amounts["total"] == "217455674.3915"
    assert (amounts["known"], amounts["negative"], amounts["zero"]) == (13_492, 250, 239)


def test_sales_of_small_firms_grew_as_published(gcloud):
    rows = asking(gcloud)("sme-share", by="period")

    sold = {row["period"]: row for row in rows}
    assert sold["2012"]["known_value"] == pytest.approx(7.10e6, abs=5e3)
    assert sold["2013"]["known_value"] == pytest.approx(87.30e6, abs=5e3)
    assert sold["2013"]["held_value"] == pytest.approx(42.33e6, abs=5e3)
    shares = [sold[year]["value"] for year in ("2012", "2013", "2014")]
    assert shares == pytest.approx([0.676, 0.485, 0.561], abs=5e-4)


def test_524_customers_and_343_suppliers_are_named(gcloud):
    ask = asking(gcloud)

    suppliers = ask("provider-dependence", entity="name")
    [hhi] = ask("hhi", entity="name")

    # One supplier has a net of nothing: it takes no share, and the figure says so.
    assert len(suppliers) == 343 - 1
    assert "not positive take no share: 1" in hhi["note"]
    [source] = gcloud("sources", "--json").rows
    assert 843 <= source["organisations"] <= 524 + 343


def test_concentration_by_name_is_as_computed_elsewhere(gcloud):
    hhi, cr4 = asking(gcloud)("hhi", "cr4", entity="name")

    assert hhi["value"] == pytest.approx(156.6, abs=0.05)
    assert cr4["value"] == pytest.approx(0.1561, abs=5e-5)
    assert (hhi["basis"], hhi["count"], hhi["coverage"]) == ("payments", 13_492, 1)


def test_payments_never_speak_of_in_house_delivery(gcloud):
    rows = asking(gcloud)("share-by-kind")

    in_house = next(row for row in rows if row["kind"] == "in-house")
    assert in_house["value"] is None
    assert "not in this data" in in_house["note"]
