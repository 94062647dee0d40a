"""What a source can and cannot support, in plain words, from its coverage and its shape."""

from __future__ import annotations

from typing import Any

ENOUGH = 0.8  # a field known in four rows of five carries a figure; below one in five it cannot
TOO_LITTLE = 0.2


def conclusions(
    rows: dict[str, int], coverage: list[dict[str, Any]], shape: dict[str, Any]
) -> list[str]:
    """Say in plain words what the source can and cannot support."""
    if _hidden_contest(shape):
        coverage = [field for field in coverage if field["field"] != "number of tenderers"]
    said = [*_about_tables(rows), *_about_fields(coverage), *_about_shape(shape)]
    return said or ["Nothing in this source can be measured."]


def _about_tables(rows: dict[str, int]) -> list[str]:
    said = []
    if rows.get("processes") and not rows.get("awards"):
        said.append("There are no awards here: nothing can be said about who provides.")
    if rows.get("awards") or rows.get("payments"):
        said.append("In-house delivery is not in this data: a mix from it leaves that out.")
    if rows.get("processes") and not rows.get("bids"):
        said.append("Bids are not listed one by one: flags that compare bids cannot be judged.")
    if rows.get("awards") and not rows.get("contracts"):
        said.append("There are no contracts here: growth after award cannot be seen.")
    if rows.get("register"):
        said.append("This is a register: it helps to say who is who, and measures nothing itself.")
    return said


_WORDS = {
    ("processes", "number of tenderers"): "how many bid for each tender",
    ("processes", "subject code"): "which service a process belongs to",
    ("processes", "region"): "which area a process belongs to",
    ("processes", "tender period"): "how long bidders were given",
    ("awards", "award date"): "when awards were made",
    ("awards", "award value above zero"): "shares by value",
    ("contracts", "contract end"): "what ends soon",
    ("payments", "payee"): "who was paid",
    ("payments", "service"): "what payments were for",
    ("provision", "owner or provider"): "who owns the places",
    ("provision", "kind, by the sector"): "the mix of kinds",
    ("provision", "quantity"): "how much each provides",
    ("provision", "rating"): "how good provision is",
}


def _about_fields(coverage: list[dict[str, Any]]) -> list[str]:
    said = []
    for field in coverage:
        words = _WORDS.get((field["table"], field["field"]))
        if words is None:
            continue
        if field["share"] >= ENOUGH:
            said.append(
                f"It can tell {words}: known for {field['share']:.0%} of {field['table']}."
            )
        elif field["share"] >= TOO_LITTLE:
            said.append(
                f"It tells only partly {words}: known for {field['share']:.0%}"
                f" of {field['table']}; figures rest on that part."
            )
        else:
            said.append(
                f"It cannot tell {words}: known for {field['share']:.0%} of {field['table']}."
            )
    return said


def _hidden_contest(shape: dict[str, Any]) -> str | None:
    """Return why lists of tenderers tell nothing of contest, where they do not."""
    if not shape["tenderers_listed"] or shape["tenderers_not_suppliers"]:
        return None
    if shape["tenderers_named"]:
        return "Its tenderers only repeat the suppliers"
    return "It lists tenderers and names none of them"


def _about_shape(shape: dict[str, Any]) -> list[str]:
    said = []
    if (why := _hidden_contest(shape)) is not None:
        said.append(
            f"{why}: contest by bids is not in this data, whatever numbers of tenderers it gives."
        )
    if (several := shape["awards_of_several_suppliers"]) is not None and several > 0:
        said.append(
            f"{several:.0%} of awards name several suppliers and give one value: that value is"
            " not each supplier's spend, so figures depend on the framework rule."
        )
    if (identified := shape["suppliers_with_identifier"]) == 1:
        said.append("Every supplier carries a registered identifier.")
    elif identified is not None:
        said.append(
            f"{identified:.0%} of suppliers carry a registered identifier; the rest are known"
            " by name alone, so groups may be seen as several providers."
        )
    if shape["payees_withheld"]:
        said.append(
            f"{shape['payees_withheld']:.0%} of payment lines are or may be to people: they are"
            " counted and summed, never named."
        )
    return said
