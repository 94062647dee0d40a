"""Bring a release of version 1.0 to the form of 1.1, where organisations stand in ``parties``.

Version 1.0 writes an organisation out wherever it is named, and has no id for it. Here it goes to
``parties`` once, and its places keep a reference. Contact points are left out. A release that is
of version 1.1 already is returned as it is.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

_Object = dict[str, Any]

_DETAILS = ("identifier", "additionalIdentifiers", "address", "details")
_RENAMED = (
    ("amount", "value"),
    ("providerOrganization", "payer"),
    ("receiverOrganization", "payee"),
)


def upgraded(release: _Object) -> _Object:
    """Return a release in the form of version 1.1. The release given may be changed."""
    for holder in _amended(release):
        amendment = holder.pop("amendment")
        if "amendments" not in holder:
            holder["amendments"] = [_with_id(amendment)]
    for transaction in _transactions(release):
        for old, new in _RENAMED:
            if old in transaction:
                transaction.setdefault(new, transaction.pop(old))
    if needs_parties(release):
        _write_parties(release)
    return release


def needs_parties(release: _Object) -> bool:
    """Say whether a release writes organisations out where version 1.1 has references."""
    known = {_key(party) for party in _objects(release.get("parties"))}
    return any(
        _is_written_out(organisation, known)
        for _role, place in _places(release)
        for organisation in place
    )


def _is_written_out(organisation: _Object, known: Container[str]) -> bool:
    given = _key(organisation)
    if not given:
        return bool(_identity(organisation))
    return given not in known and any(organisation.get(key) for key in _DETAILS)


def _write_parties(release: _Object) -> None:
    parties = _objects(release.get("parties"))
    by_key = {_key(party): party for party in parties}
    for role, place in _places(release):
        for organisation in place:
            if _is_written_out(organisation, by_key):
                _move(organisation, role, parties, by_key)
    release["parties"] = parties


def _move(
    organisation: _Object, role: str, parties: list[_Object], by_key: dict[str, _Object]
) -> None:
    """Put an organisation among the parties, and leave a reference in its place."""
    key = _key(organisation) or _identity(organisation)
    if key not in by_key:
        by_key[key] = {"id": key, "roles": []}
        parties.append(by_key[key])
    party = by_key[key]
    for name in ("name", *_DETAILS):
        if organisation.get(name):
            party.setdefault(name, organisation[name])
    party["roles"] = list(dict.fromkeys([*_texts(party.get("roles")), role]))
    reference = {"id": party["id"], "name": organisation.get("name")}
    organisation.clear()
    organisation.update({field: value for field, value in reference.items() if value})


def _key(organisation: _Object) -> str:
    """Return the id of an organisation as text; none where it cannot be one."""
    given = organisation.get("id")
    return str(given) if isinstance(given, str | int | float) else ""


def _identity(organisation: _Object) -> str:
    """Return an id that the same organisation gets wherever it is written the same."""
    identifier = organisation.get("identifier")
    if isinstance(identifier, dict) and identifier.get("id"):
        scheme = identifier.get("scheme")
        return f"{scheme}-{identifier['id']}" if scheme else str(identifier["id"])
    return str(organisation.get("name") or "")


def _places(release: _Object) -> Iterator[tuple[str, list[_Object]]]:
    """Yield each place where organisations stand, with the role that it gives them."""
    yield "buyer", _object(release, "buyer")
    tender = release.get("tender")
    if isinstance(tender, dict):
        yield "procuringEntity", _object(tender, "procuringEntity")
        yield "tenderer", _objects(tender.get("tenderers"))
    bids = release.get("bids")
    if isinstance(bids, dict):
        for bid in _objects(bids.get("details")):
            yield "tenderer", _objects(bid.get("tenderers"))
    for section in ("awards", "contracts"):
        for holder in _objects(release.get(section)):
            yield "supplier", _objects(holder.get("suppliers"))
    for transaction in _transactions(release):
        yield "payer", _object(transaction, "payer")
        yield "payee", _object(transaction, "payee")


def _amended(release: _Object) -> Iterator[_Object]:
    """Yield what carries one amendment, as version 1.0 has it."""
    holders = [
        *_object(release, "tender"),
        *_objects(release.get("awards")),
        *_objects(release.get("contracts")),
    ]
    for holder in holders:
        if isinstance(holder.get("amendment"), dict):
            yield holder


def _with_id(amendment: _Object) -> _Object:
    """Return an amendment under its date, so that repeating it in a later release adds none."""
    date = amendment.get("date")
    return {"id": date, **amendment} if date else amendment


def _transactions(release: _Object) -> Iterator[_Object]:
    for contract in _objects(release.get("contracts")):
        implementation = contract.get("implementation")
        if isinstance(implementation, dict):
            yield from _objects(implementation.get("transactions"))


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _object(thing: _Object, key: str) -> list[_Object]:
    value = thing.get(key)
    return [value] if isinstance(value, dict) else []


def _objects(value: object) -> list[_Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
