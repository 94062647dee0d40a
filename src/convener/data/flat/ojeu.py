"""Award notices of the EU journal as flat rows, one row a supplier of an award.

A value is the award's and stands on every row of it, so the rows of one notice become one award
that carries it once. A range of values is no value: its ends are kept as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from convener.base.identifiers import guess_company, is_placeholder
from convener.data.flat.flat_releases import (
    Release,
    Where,
    compact,
    identifier,
    local_id,
    moment,
    money,
    party,
    plain,
    reference,
)

Text = Callable[[str], str]
_RANGE = re.compile(r"(\d[\d.]*)-(\d[\d.]*)")
_NOTICE = re.compile(r"NOTICE:(\d+-\d{4})")


def notice_number(cell: Text) -> str:
    """Return the journal's number of a row's notice, or its whole address."""
    url = cell("CONTRACT_URL")
    match = _NOTICE.search(url)
    return match[1] if match else local_id(url)


def notice_release(rows: Sequence[Text], where: Where) -> Release | None:
    """Return the rows of one notice as a release, None where they have no address."""
    first = rows[0]
    number = notice_number(first)
    if not number:
        return None
    suppliers = _suppliers(rows, where)
    buyer = party(
        "buyer",
        0,
        plain(first("CONTRACT_BUYER")),
        address=compact(postalCode=first("CONTRACT_BUYER_POSTCODE")),
    )
    published = moment(first("CONTRACT_DATE"), where, "date")
    title = plain(first("CONTRACT_TITLE"))
    award = compact(
        id=f"{number}-award",
        title=title,
        status="active",
        date=published,
        suppliers=[reference(supplier) for supplier in suppliers],
        **_value(first, where),
    )
    description = plain(first("CONTRACT_DESC"))
    return compact(
        ocid=f"ojeu-{number}",
        id=number,
        date=published,
        tag=["award"],
        initiationType="tender",
        language="en",
        parties=[buyer, *suppliers],
        buyer=reference(buyer),
        tender=compact(id=number, title=title, description=description, status="complete"),
        awards=[award],
    )


def _value(cell: Text, where: Where) -> Release:
    text, currency = cell("CONTRACT_VALUE"), cell("CONTRACT_CURRENCY")
    if (match := _RANGE.fullmatch(text)) and match[1] == match[2]:
        text = match[1]
    elif match:
        where.null("awards.value", "a range, kept by its ends and not as a value", text)
        return compact(
            minValue=money(match[1], currency, where, "awards.minValue"),
            maxValue=money(match[2], currency, where, "awards.maxValue"),
        )
    return compact(value=money(text, currency, where, "awards.value"))


def _suppliers(rows: Sequence[Text], where: Where) -> list[Release]:
    found: dict[tuple[str, str], Release] = {}
    for cell in rows:
        name, number = plain(cell("SUPPLIER_NAME")), cell("SUPPLIER_ID")
        if not name:
            where.null("awards.suppliers", "no name")
            continue
        identified = guess_company(number)
        if number and identified is None and not is_placeholder(number):
            where.null(
                "parties.identifier", "no register is named, and it is no company's", number
            )
        key = (name.casefold(), identified[1] if identified else "")
        if key not in found:
            found[key] = party(
                "supplier",
                len(found) + 1,
                name,
                identifier=identifier(identified, name),
                address=compact(
                    postalCode=cell("SUPPLIER_POSTCODE"), countryName=cell("SUPPLIER_COUNTRY")
                ),
            )
    return list(found.values())
