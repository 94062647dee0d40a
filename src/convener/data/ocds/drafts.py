"""Turn releases of the standard's draft of 2014, before version 1.0, into releases of 1.1.

The known set is Canada's federal contract history (Public Works and Government Services Canada,
buyandsell.gc.ca). Each draft release is one contract or one amendment of it; several share an
ocid. What the draft writes elsewhere or otherwise:

=========================================  ==============================================
draft                                      here
=========================================  ==============================================
``formation.method``                       ``tender.procurementMethod`` and ``…Details``
``formation.methodJustification``          ``tender.procurementMethodRationale``
``buyer.id.name``, ``suppliers.id.name``   ``parties.name``, the legal name of a supplier
``suppliers.id.uid``                       ``parties.details.operatingName``, if another
``awards.awardDate``                       ``awards.date``, or the date of the amendment
``awards.itemsAwarded``                    ``awards.items.classification``
``contracts.id.name``                      ``contracts.id``, which is also its award's id
``contracts.isAmendment``                  ``contracts.amendments.id``; 0 is the contract
``contracts.contractValue.amount``         ``contracts.value``, ``awards.value``: numbers
=========================================  ==============================================
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from convener.data.ocds.json_values import number

_ORIGINAL = "0"
_CONSTANT = "constant:"

# The draft has no currency: amounts are in that of the country of the publisher or the buyer.
_CURRENCIES = {"canada": "CAD", "can": "CAD"}
_PUBLISHERS = {".gc.ca": "CAD"}

_METHODS = {
    "Open Bidding": "open",
    "Traditional Competitive": "limited",  # bids asked of suppliers that the buyer knows
    "Traditional Non-Competitive": "direct",
}


def is_draft(keys: Container[str]) -> bool:
    """Say whether a release with these fields has the form of the draft."""
    return "releaseTag" in keys or "formation" in keys


def plain(text: object) -> object:
    """Return a value of a draft's envelope without the mark that it is the same in all rows."""
    return text.removeprefix(_CONSTANT) if isinstance(text, str) else text


def draft_currency(package: dict[str, Any]) -> str | None:
    """Return the currency of a package of drafts, by the publisher's place on the web."""
    publisher = str(_part(package, "publisher").get("uri")).rstrip("/")
    return next((code for end, code in _PUBLISHERS.items() if publisher.endswith(end)), None)


def from_draft(draft: dict[str, Any], currency: str | None = None) -> dict[str, Any]:
    """Return a draft release as a release of version 1.1, with all that it says.

    ``currency`` is that of its package, where one is known.
    """
    contract = _first(draft.get("contracts"))
    award = _first(draft.get("awards"))
    contract_id = _name(contract) or _text(_part(award, "notice").get("id"))
    amendment = _text(contract.get("isAmendment")) or _ORIGINAL
    is_original = amendment == _ORIGINAL
    on = _text(award.get("awardDate"))
    buyer = _party("buyer", "buyer", _part(draft, "buyer"))
    suppliers = [
        _party(f"{contract_id}-supplier-{place}", "supplier", supplier)
        for place, supplier in enumerate(_objects(award.get("suppliers")), start=1)
    ]
    value = _value(contract, buyer, currency)
    return _filled(
        ocid=draft.get("ocid"),
        id=_text(draft.get("releaseID")) or f"{contract_id}-{amendment:0>3}",
        date=_moment(on),
        tag=["award", "contract"] if is_original else ["contractAmendment"],
        initiationType="tender",
        parties=[buyer, *suppliers],
        buyer=_reference(buyer),
        tender=_tender(draft),
        awards=[
            _filled(
                id=contract_id,
                date=_moment(on) if is_original else None,
                status="active",
                value=value,
                suppliers=[_reference(supplier) for supplier in suppliers],
                items=_items(award),
            )
        ],
        contracts=[
            _filled(
                id=contract_id,
                awardID=contract_id,
                value=value,
                period=_filled(
                    endDate=_moment(_text(_part(contract, "contractPeriod").get("endDate")))
                ),
                dateSigned=_moment(on) if is_original else None,
                amendments=[] if is_original else [_filled(id=amendment, date=_moment(on))],
            )
        ],
    )


def _tender(draft: dict[str, Any]) -> dict[str, Any]:
    formation = _part(draft, "formation")
    method = _text(formation.get("method"))
    return _filled(
        id=draft.get("ocid"),
        procurementMethod=_METHODS.get(method or ""),
        procurementMethodDetails=method,
        procurementMethodRationale=_text(formation.get("methodJustification")),
    )


def _items(award: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was bought, numbered by place: an amendment's code replaces the first."""
    return [
        _filled(
            id=str(place),
            classification=_filled(
                scheme=_text(item.get("classificationScheme")),
                id=_text(item.get("classificationID")),
                description=_text(item.get("classificationDescription")),
            ),
        )
        for place, item in enumerate(_objects(award.get("itemsAwarded")), start=1)
    ]


def _value(
    contract: dict[str, Any], buyer: dict[str, Any], currency: str | None
) -> dict[str, Any]:
    given = _part(contract, "contractValue")
    country = str(_part(buyer, "address").get("countryName")).casefold()
    return _filled(
        amount=number(_text(given.get("amount"))),
        currency=_text(given.get("currency")) or currency or _CURRENCIES.get(country),
    )


def _party(party_id: str, role: str, organisation: dict[str, Any]) -> dict[str, Any]:
    names = _part(organisation, "id")
    legal, operating = _text(names.get("name")), _text(names.get("uid"))
    name = legal or operating
    address = _part(organisation, "address")
    return _filled(
        id=party_id,
        name=name,
        identifier=_filled(legalName=legal if role == "supplier" else None),
        roles=[role],
        address=_filled(
            streetAddress=_text(address.get("street-address")),
            locality=_text(address.get("locality")),
            region=_text(address.get("region")),
            postalCode=_text(address.get("postal-code")),
            countryName=_text(address.get("country-name")),
        ),
        details=_filled(operatingName=operating if operating != name else None),
    )


def _reference(party: dict[str, Any]) -> dict[str, Any]:
    return _filled(id=party["id"], name=party.get("name"))


def _filled(**fields: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON values
    """Return an object of the fields that hold anything."""
    return {key: value for key, value in fields.items() if value not in (None, {}, [])}


def _name(thing: dict[str, Any]) -> str | None:
    return _text(_part(thing, "id").get("name"))


def _moment(day: str | None) -> str | None:
    return f"{day}T00:00:00Z" if day else None


def _text(value: object) -> str | None:
    text = str(plain(value)).strip() if value is not None else ""
    return text or None


def _part(thing: dict[str, Any], key: str) -> dict[str, Any]:
    value = thing.get(key)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _first(value: object) -> dict[str, Any]:
    return next(iter(_objects(value)), {})
