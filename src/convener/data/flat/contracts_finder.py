"""Notices of Contracts Finder outside OCDS: its CSV export, and flat JSON made from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from convener.base.identifiers import Identified, is_placeholder, normalise
from convener.data.flat.flat_releases import (
    Release,
    Where,
    addresses,
    classification,
    codes,
    compact,
    identifier,
    items,
    local_id,
    moment,
    money,
    party,
    period,
    plain,
    positive,
    reference,
)
from convener.data.flat.parsing import yes_or_no
from convener.data.organisations.people import is_withheld

Text = Callable[[str], str]
SUPPLIERS = "Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]"
CURRENCY = "GBP"
NOBODY = "the notice says that nobody was awarded"
OCID_PREFIX = "ocds-b5fd17"  # Contracts Finder's own, for notices known by its own number
EXPORT_PREFIX = "contracts-finder"  # for exports, which give the buyer's number instead
CELLS = 6
AFTER_ADDRESS = (
    4  # a vertical bar inside an address makes more cells, so the last four are counted
)
_BETWEEN_BLOCKS = re.compile(r"\]\s*\[")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.IGNORECASE)
_SCHEMES = {"COMPANIES_HOUSE": "GB-COH", "CHARITY_COMMISSION": "GB-CHC"}
_NOT_AWARDED = re.compile(
    r".*\b(not awarded|no award|no supplier|requirement cancelled)\b.*|n/?a\b.*|not applicable",
    re.IGNORECASE,
)
# Words in place of a name that send the reader elsewhere: an attachment, a list, a web page.
_ELSEWHERE = re.compile(
    r"(please )?(see|refer to) (the )?(attach|list|spreadsheet|document|notice|below|above)\w*.*"
    r"|.*\b(as|are) (listed|per|detailed) .*\b(notice|list|attachment|document|website)\w*\b.*"
    r"|(list of|various|multiple|several) .*\b(suppliers?|providers?|contractors?|bidders?)\b.*"
    r"|(various|multiple|several)( (suppliers?|providers?))?",
    re.IGNORECASE,
)
_CATEGORIES = {"services": "services", "works": "works", "products": "goods"}
_STATUSES = {"open": "active", "withdrawn": "withdrawn", "cancelled": "cancelled"}
_PLANNING = frozenset(("preprocurement", "pipeline", "futureopportunity", "engagement"))

# Procedures by the words that open them, the first that fits; the codelist is OCDS 1.1's.
_METHODS = (
    (r"(single ?tender|direct ?award|.*\b(direct award|single tender|exemption))", "direct"),
    (r"(negotiated\w*withoutcompetition|.*without prior)", "limited"),
    (r"(negotiated\w*withoutprior|awardwithoutprior|competitivequotation)", "limited"),
    (r"open", "open"),
    (r"(restricted|competitivedialog|competitiveprocedure|negotiated|calloff)", "selective"),
    (r".*\b(further competition|framework|dps|dos \d|call[- ]?off)", "selective"),
    (r".*\bopen procedure", "open"),
)


@dataclass(frozen=True)
class Supplier:
    """One supplier as the packed column writes it."""

    name: str
    postal_code: str
    identified: Identified | None
    is_sme: bool | None
    is_vcse: bool | None


def export_release(cell: Text, where: Where) -> Release | None:
    """Return a row of Contracts Finder's CSV export as a release, None where it has no number."""
    number = cell("Notice Identifier")
    if not number:
        return None
    suppliers = packed_suppliers(cell(SUPPLIERS), where)
    buyer = party(
        "buyer",
        0,
        plain(cell("Organisation Name")),
        address=compact(
            locality=cell("Contact Town"),
            postalCode=cell("Contact Postcode"),
            countryName=cell("Contact Country"),
        ),
    )
    parties = [_supplier_party(supplier, place) for place, supplier in enumerate(suppliers, 1)]
    award = _award(cell, number, parties, where)
    return compact(
        ocid=f"{EXPORT_PREFIX}-{local_id(number)}",
        id=f"{local_id(number)}-{cell('Published Date')}",
        date=moment(cell("Published Date"), where, "date"),
        tag=["tender", "award"] if award else ["tender"],
        initiationType="tender",
        language="en",
        parties=[buyer, *parties],
        buyer=reference(buyer),
        tender=_tender(cell, number, where),
        awards=[award] if award else [],
        relatedProcesses=_parent(cell("Parent Reference")),
    )


def packed_suppliers(packed: str, where: Where) -> list[Supplier]:
    """Return the suppliers of ``[name|address|type|number|sme|vcse][...]``, whatever it holds.

    Addresses hold line breaks, and now and then the vertical bar itself.
    """
    text = packed.strip()
    if not text:
        return []
    blocks = _BETWEEN_BLOCKS.split(text.removeprefix("[").removesuffix("]"))
    found = [_supplier(block, where) for block in blocks]
    return [supplier for supplier in found if supplier is not None]


def method_of(procedure: str) -> str | None:
    """Return the procurement method that a procedure type stands for, None where it tells none."""
    text = plain(procedure).lower()
    for pattern, method in _METHODS:
        if re.match(pattern, text.removeprefix("other ")):
            return method
    return None


def flat_release(cell: Text, where: Where) -> Release | None:
    """Return a flat JSON notice as a release, None where it has no number."""
    number = cell("id")
    if not number:
        return None
    buyer = party("buyer", 0, plain(cell("organisation")))
    name = plain(cell("awarded_supplier"))
    is_awarded = cell("status") == "awarded" and bool(name)
    supplier = Supplier(name, "", None, yes_or_no(cell("awarded_to_sme")), None)
    problem = _unnamed(name) if is_awarded else ""
    parties = [_supplier_party(supplier, 1)] if is_awarded and not problem else []
    if problem:
        where.null("awards.suppliers", problem, name)
    is_planning = cell("notice_type").lower() in _PLANNING
    return compact(
        ocid=f"{OCID_PREFIX}-{number}",
        id=f"{number}-{cell('published_date')}",
        date=moment(cell("published_date"), where, "date"),
        tag=["planning"] if is_planning else ["tender", *(["award"] if is_awarded else [])],
        initiationType="tender",
        language="en",
        parties=[buyer, *parties],
        buyer=reference(buyer),
        tender=_flat_tender(cell, where),
        awards=[_flat_award(cell, parties, problem, where)] if is_awarded else [],
    )


def _unnamed(supplier: str) -> str:
    """Say why what stands for a supplier names none, in no words where it does."""
    if _NOT_AWARDED.fullmatch(supplier):
        return NOBODY
    if _ELSEWHERE.fullmatch(supplier):
        return "the suppliers are named elsewhere"
    return "the supplier is withheld" if is_withheld(supplier) else ""


def _is_nobodys(packed: str) -> bool:
    """Say whether every block stands for the words that nobody was awarded."""
    blocks = _BETWEEN_BLOCKS.split(packed.strip().removeprefix("[").removesuffix("]"))
    return all(_unnamed(plain(block.split("|")[0])) == NOBODY for block in blocks)


def _supplier(block: str, where: Where) -> Supplier | None:
    cells = block.split("|")
    if len(cells) < CELLS:
        where.null("awards.suppliers", f"{len(cells)} cells where {CELLS} are due", block)
        return None
    name = plain(cells[0])
    if problem := _unnamed(name) if name else "no name":
        where.null("awards.suppliers", problem, name or block)
        return None
    kind, number, is_sme, is_vcse = (cell.strip() for cell in cells[-AFTER_ADDRESS:])
    postcodes = _POSTCODE.findall(" ".join(cells[1:-AFTER_ADDRESS]))
    return Supplier(
        name,
        postcodes[-1].upper() if postcodes else "",
        _identified(kind, number, where),
        yes_or_no(is_sme),
        yes_or_no(is_vcse),
    )


def _identified(kind: str, number: str, where: Where) -> Identified | None:
    if kind not in _SCHEMES or is_placeholder(number):
        return None
    found = normalise(_SCHEMES[kind], number)
    if found is None:
        where.null("parties.identifier", "no identifier of its register", f"{kind} {number}")
    return found


def _supplier_party(supplier: Supplier, number: int) -> Release:
    scale = {True: "sme", False: "large", None: None}[supplier.is_sme]
    return party(
        "supplier",
        number,
        supplier.name,
        identifier=identifier(supplier.identified, supplier.name),
        address=compact(postalCode=supplier.postal_code),
        details=compact(scale=scale, vcse=supplier.is_vcse),
    )


def _tender(cell: Text, number: str, where: Where) -> Release:
    low, high = _range(cell("Value Low"), cell("Value High"), where)
    found = codes(cell("Cpv Codes"))
    delivered = addresses(cell("Region"), cell("Postcode"))
    closing = moment(
        cell("Closing Date"), where, "tender.tenderPeriod", clock=cell("Closing Time")
    )
    return compact(
        id=number,
        title=plain(cell("Title")),
        description=plain(cell("Description")),
        status=_STATUSES.get(cell("Status").lower(), "complete"),
        value=high,
        minValue=low,
        procurementMethod=method_of(cell("OJEU Procedure Type")),
        procurementMethodDetails=plain(cell("OJEU Procedure Type")),
        mainProcurementCategory=_CATEGORIES.get(cell("OJEU Contract Type").lower()),
        tenderPeriod=period(None, closing),
        contractPeriod=period(
            moment(cell("Start Date"), where, "tender.contractPeriod.startDate"),
            moment(cell("End Date"), where, "tender.contractPeriod.endDate"),
        ),
        suitability=_suitability(cell("Suitable for SME"), cell("Suitable for VCO")),
        classification=classification(found[0]) if found else None,
        items=items(found, delivered),
        deliveryAddresses=delivered,
    )


def _award(cell: Text, number: str, parties: list[Release], where: Where) -> Release | None:
    if cell("Status").lower() != "awarded":
        return None
    return compact(
        id=f"{number}-award",
        title=plain(cell("Title")),
        status="unsuccessful" if _is_nobodys(cell(SUPPLIERS)) else "active",
        date=moment(cell("Awarded Date"), where, "awards.date"),
        value=money(cell("Awarded Value"), CURRENCY, where, "awards.value"),
        suppliers=[reference(supplier) for supplier in parties],
        contractPeriod=period(
            moment(cell("Contract start date"), where, "awards.contractPeriod.startDate"),
            moment(cell("Contract end date"), where, "awards.contractPeriod.endDate"),
        ),
    )


def _flat_tender(cell: Text, where: Where) -> Release:
    low, high = _range(cell("value_low"), cell("value_high"), where)
    found = codes(cell("cpv_codes"))
    delivered = addresses(cell("region"), cell("postcode"))
    is_planning = cell("notice_type").lower() in _PLANNING
    closing = moment(cell("deadline_date"), where, "tender.tenderPeriod")
    return compact(
        id=cell("id"),
        title=plain(cell("title")),
        description=plain(cell("description")),
        status="planned" if is_planning else _STATUSES.get(cell("status").lower(), "complete"),
        value=high,
        minValue=low,
        tenderPeriod=period(None, closing),
        suitability=_suitability(cell("suitable_for_sme"), ""),
        classification=classification(found[0]) if found else None,
        items=items(found, delivered),
        deliveryAddresses=delivered,
    )


def _flat_award(cell: Text, parties: list[Release], problem: str, where: Where) -> Release:
    # A zero stands for a value that was not given: the source says so.
    value = money(cell("awarded_value"), CURRENCY, where, "awards.value")
    return compact(
        id=f"{cell('id')}-award",
        title=plain(cell("title")),
        status="unsuccessful" if problem == NOBODY else "active",
        date=moment(cell("awarded_date"), where, "awards.date"),
        value=positive(value),
        suppliers=[reference(supplier) for supplier in parties],
    )


def _range(low: str, high: str, where: Where) -> tuple[Release | None, Release | None]:
    """Return the least and greatest value of a tender; one given alone is its value."""
    least = positive(money(low, CURRENCY, where, "tender.minValue"))
    most = positive(money(high, CURRENCY, where, "tender.value"))
    if most is None:
        return None, least
    if least is not None and Decimal(least["amount"]) > most["amount"]:
        where.null("tender.minValue", "above the greatest value", low)
        least = None
    return least, most


def _suitability(sme: str, vcse: str) -> Release:
    return compact(sme=yes_or_no(sme), vcse=yes_or_no(vcse))


def _parent(number: str) -> list[Release]:
    if not number or is_placeholder(number):
        return []
    return [{"id": "1", "relationship": ["parent"], "identifier": number}]
