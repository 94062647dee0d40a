"""Every table and column of the market store: name, type, unit and OCDS path.

The reader's nested types, the SQL of measures and the reference page come from this one
description. ``process_key`` is unique over the whole store: the number of the source times
2**40 plus the number of the line. ``party_key`` is a hash of scheme, identifier and name, so the
same spelling has the same key wherever it is met; ``organisations`` says who stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

MONEY = "DECIMAL(18,4)"  # exact; 64 bits wide, so sums stay fast
MOMENT = "TIMESTAMPTZ"


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, its unit in words, and the OCDS path that it is read from."""

    name: str
    type: str
    path: str = ""
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One table, kept as Parquet parts."""

    name: str
    note: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def ddl(self) -> str:
        """Return the columns as SQL, for an empty table of this shape."""
        return ", ".join(f"{column.name} {column.type}" for column in self.columns)


def _money(name: str, path: str) -> tuple[Column, Column]:
    stem = name.removesuffix("amount")
    return (
        Column(name, MONEY, f"{path}.amount", unit="currency"),
        Column(f"{stem}currency", "VARCHAR", f"{path}.currency", note="ISO 4217, upper case"),
    )


_SOURCE = Column("source", "VARCHAR", note="name of the source that the row came from")
_PROCESS = Column("process_key", "BIGINT", note="the process, unique over the store")
_PARTY = (
    Column("party_id", "VARCHAR", "id", note="local to the process"),
    Column("party_key", "UBIGINT", note="hash of scheme, identifier and name"),
)

RELEASES = Table(
    "releases",
    "One row a release or compiled release that was read.",
    (
        _SOURCE,
        _PROCESS,
        Column("ocid", "VARCHAR", "ocid"),
        Column("release_id", "VARCHAR", "id"),
        Column("released_at", MOMENT, "date"),
        Column("tags", "VARCHAR[]", "tag"),
        Column("line", "BIGINT", unit="line or record of the source, from 1"),
    ),
)

PROCESSES = Table(
    "processes",
    "One row a contracting process, after merging its releases.",
    (
        _SOURCE,
        _PROCESS,
        Column("ocid", "VARCHAR", "ocid"),
        Column("released_at", MOMENT, "date", note="latest release"),
        Column("buyer_id", "VARCHAR", "buyer.id"),
        Column("buyer_name", "VARCHAR", "buyer.name"),
        Column("buyer_key", "UBIGINT", "buyer", note="party_key of the buyer"),
        Column("title", "VARCHAR", "tender.title"),
        Column("description", "VARCHAR", "tender.description"),
        Column("tender_status", "VARCHAR", "tender.status"),
        Column("method", "VARCHAR", "tender.procurementMethod"),
        Column("method_details", "VARCHAR", "tender.procurementMethodDetails"),
        Column("techniques_framework", "BOOLEAN", "tender.techniques.hasFrameworkAgreement"),
        Column("category", "VARCHAR", "tender.mainProcurementCategory"),
        *_money("tender_amount", "tender.value"),
        *_money("estimate_amount", "tender.minValue|planning.budget.amount"),
        Column("tender_starts_at", MOMENT, "tender.tenderPeriod.startDate"),
        Column("tender_ends_at", MOMENT, "tender.tenderPeriod.endDate"),
        Column("tenderer_count", "INTEGER", "tender.numberOfTenderers|bids.statistics"),
        Column("award_criteria", "VARCHAR", "tender.awardCriteria"),
        Column("suits_sme", "BOOLEAN", "tender.suitability.sme"),
        Column("suits_vcse", "BOOLEAN", "tender.suitability.vcse"),
        Column("code_scheme", "VARCHAR", "tender.classification.scheme", note="main subject"),
        Column("code", "VARCHAR", "tender.classification.id", note="digits, no check digit"),
        Column("region", "VARCHAR", "tender.deliveryAddresses|buyer address", note="code or name"),
        Column("region_is_buyers", "BOOLEAN", note="the buyer's region stands in for delivery"),
    ),
)

PARTIES = Table(
    "parties",
    "One row an organisation as one process writes it. Contact points are never read.",
    (
        _SOURCE,
        _PROCESS,
        *_PARTY,
        Column("name", "VARCHAR", "parties.name"),
        Column("scheme", "VARCHAR", "parties.identifier.scheme"),
        Column("identifier", "VARCHAR", "parties.identifier.id"),
        Column(
            "other_identifiers", "VARCHAR[]", "parties.additionalIdentifiers", note="scheme-id"
        ),
        Column("roles", "VARCHAR[]", "parties.roles"),
        Column("region", "VARCHAR", "parties.address.region"),
        Column("postal_code", "VARCHAR", "parties.address.postalCode"),
        Column("country", "VARCHAR", "parties.address.countryName"),
        Column("scale", "VARCHAR", "parties.details.scale", note="sme, large and the like"),
        Column("is_vcse", "BOOLEAN", "parties.details.vcse"),
        Column("is_mutual", "BOOLEAN", "parties.details.publicServiceMissionOrganization"),
        Column(
            "classifications", "VARCHAR[]", "parties.details.classifications", note="scheme-id"
        ),
    ),
)

LOTS = Table(
    "lots",
    "One row a lot of a tender.",
    (
        _SOURCE,
        _PROCESS,
        Column("lot_id", "VARCHAR", "tender.lots.id"),
        Column("title", "VARCHAR", "tender.lots.title"),
        Column("status", "VARCHAR", "tender.lots.status"),
        *_money("amount", "tender.lots.value"),
    ),
)

ITEMS = Table(
    "items",
    "One row an item of a tender, award or contract; every code of it that is known.",
    (
        _SOURCE,
        _PROCESS,
        Column("section", "VARCHAR", note="tender, award or contract"),
        Column("section_id", "VARCHAR", note="the award or contract that holds it"),
        Column("item_id", "VARCHAR", "items.id"),
        Column("scheme", "VARCHAR", "items.classification.scheme"),
        Column("code", "VARCHAR", "items.classification.id", note="digits, no check digit"),
        Column("related_lot", "VARCHAR", "items.relatedLot"),
        Column("region", "VARCHAR", "items.deliveryAddresses.region|deliveryLocation"),
    ),
)

BIDS = Table(
    "bids",
    "One row a bid, where bids are published one by one.",
    (
        _SOURCE,
        _PROCESS,
        Column("bid_id", "VARCHAR", "bids.details.id"),
        Column("status", "VARCHAR", "bids.details.status"),
        Column("bid_at", MOMENT, "bids.details.date"),
        *_money("amount", "bids.details.value"),
        Column("related_lots", "VARCHAR[]", "bids.details.relatedLots"),
    ),
)

TENDERERS = Table(
    "tenderers",
    "One row a tenderer of a bid, or of the tender where bids are not published.",
    (
        _SOURCE,
        _PROCESS,
        Column("bid_id", "VARCHAR", "bids.details.id", note="null: listed on the tender"),
        *_PARTY,
        Column("name", "VARCHAR", "tenderers.name"),
    ),
)

AWARDS = Table(
    "awards",
    "One row an award.",
    (
        _SOURCE,
        _PROCESS,
        Column("award_id", "VARCHAR", "awards.id"),
        Column("title", "VARCHAR", "awards.title"),
        Column("status", "VARCHAR", "awards.status"),
        Column("awarded_at", MOMENT, "awards.date"),
        *_money("amount", "awards.value"),
        Column("starts_at", MOMENT, "awards.contractPeriod.startDate"),
        Column("ends_at", MOMENT, "awards.contractPeriod.endDate"),
        Column("related_lots", "VARCHAR[]", "awards.relatedLots"),
    ),
)

SUPPLIERS = Table(
    "suppliers",
    "One row a supplier of an award.",
    (
        _SOURCE,
        _PROCESS,
        Column("award_id", "VARCHAR", "awards.id"),
        Column("position", "INTEGER", note="place in the list, from 1: the first leads"),
        *_PARTY,
        Column("name", "VARCHAR", "awards.suppliers.name"),
    ),
)

CONTRACTS = Table(
    "contracts",
    "One row a contract.",
    (
        _SOURCE,
        _PROCESS,
        Column("contract_id", "VARCHAR", "contracts.id"),
        Column("award_id", "VARCHAR", "contracts.awardID"),
        Column("title", "VARCHAR", "contracts.title"),
        Column("status", "VARCHAR", "contracts.status"),
        Column("signed_at", MOMENT, "contracts.dateSigned"),
        *_money("amount", "contracts.value"),
        Column("starts_at", MOMENT, "contracts.period.startDate"),
        Column("ends_at", MOMENT, "contracts.period.endDate"),
        Column("first_amount", MONEY, note="value in the first release that gave one"),
        Column("first_ends_at", MOMENT, note="end date in the first release that gave one"),
        Column(
            "terminated", "BOOLEAN", note="a contractTermination release, or status terminated"
        ),
    ),
)

IMPLEMENTATION = Table(
    "implementation",
    "One row a transaction or milestone of a contract.",
    (
        _SOURCE,
        _PROCESS,
        Column("contract_id", "VARCHAR", "contracts.id"),
        Column("sort", "VARCHAR", note="transaction or milestone"),
        Column("record_id", "VARCHAR", "id"),
        Column("status", "VARCHAR", "milestones.status"),
        Column("due_at", MOMENT, "milestones.dueDate"),
        Column("happened_at", MOMENT, "transactions.date|milestones.dateMet"),
        *_money("amount", "transactions.value"),
    ),
)

METRICS = Table(
    "metrics",
    "One row an observation of a contract's agreed or measured metric (a KPI).",
    (
        _SOURCE,
        _PROCESS,
        Column("contract_id", "VARCHAR", "contracts.id"),
        Column("sort", "VARCHAR", note="agreed or measured"),
        Column("metric_id", "VARCHAR", "metrics.id"),
        Column("title", "VARCHAR", "metrics.title"),
        Column("observation_id", "VARCHAR", "metrics.observations.id"),
        Column("observed_at", MOMENT, "metrics.observations.period.endDate"),
        Column("measure", "VARCHAR", "metrics.observations.measure|value.amount"),
        Column("unit", "VARCHAR", "metrics.observations.unit.name"),
        Column("rating", "VARCHAR", "metrics.observations.measureClassification"),
    ),
)

PAYMENTS = Table(
    "payments",
    "One row a payment line: real spend, where award values are ceilings.",
    (
        _SOURCE,
        Column("line", "BIGINT", unit="line of the source, from 1 under the heading"),
        Column("paid_on", "DATE"),
        Column("buyer_name", "VARCHAR"),
        Column("buyer_key", "UBIGINT"),
        Column("payee_name", "VARCHAR", note="null where the payee is or may be a person"),
        Column("payee_key", "UBIGINT", note="null where the payee is or may be a person"),
        Column("payee_withheld", "BOOLEAN", note="counted and summed, never named"),
        Column("payee_scheme", "VARCHAR"),
        Column("payee_identifier", "VARCHAR"),
        Column("payee_kind", "VARCHAR", note="the publisher's own flag, as a kind, or null"),
        Column("payee_scale", "VARCHAR", note="sme or large, as published"),
        *_money("amount", "payment"),
        Column("vat", "VARCHAR", note="in, out or unknown"),
        Column("department", "VARCHAR"),
        Column("purpose", "VARCHAR", note="what it was for, as published"),
        Column("service", "VARCHAR", note="the publisher's own service label"),
        Column("area", "VARCHAR", note="code or name; the buyer's where none is given"),
        Column("area_is_buyers", "BOOLEAN"),
    ),
)

PROVISION = Table(
    "provision",
    "One row a place of provision on one date: who provides how much of a service, where.",
    (
        _SOURCE,
        Column("line", "BIGINT", unit="line of the source, from 1 under the heading"),
        Column("observed_on", "DATE", note="the day that the list describes"),
        Column("service", "VARCHAR"),
        Column("area", "VARCHAR", note="local authority, code or name"),
        Column("region", "VARCHAR"),
        Column("place_id", "VARCHAR", note="the register's number of the place"),
        Column("place_name", "VARCHAR"),
        Column("provider_name", "VARCHAR", note="the owner as named, else the provider"),
        Column("provider_key", "UBIGINT"),
        Column("sector", "VARCHAR", note="the register's own word"),
        Column("kind", "VARCHAR", note="the sector as a kind, by the mapping"),
        Column("quantity", "DOUBLE", note="in the unit beside it"),
        Column("unit", "VARCHAR", note="places, people, hours, pounds or sites"),
        Column("rating", "VARCHAR"),
        Column("rated_on", "DATE"),
        Column("opened_on", "DATE"),
        Column("event", "VARCHAR", note="join or leave, where the list is of entries and exits"),
    ),
)

REGISTER = Table(
    "register",
    "One row an entry of a register of organisations.",
    (
        _SOURCE,
        Column("line", "BIGINT"),
        Column("register", "VARCHAR", note="name of the register"),
        Column("scheme", "VARCHAR", note="org-id.guide scheme"),
        Column("identifier", "VARCHAR"),
        Column("name", "VARCHAR"),
        Column("kind", "VARCHAR", note="kind that the register proves, or null"),
        Column("other_identifiers", "VARCHAR[]", note="scheme-id"),
        Column(
            "family", "VARCHAR", note="federation, such as Age UK: similar names, other bodies"
        ),
        Column("ends_on", "DATE"),
    ),
)

OWNERSHIP = Table(
    "ownership",
    "One row a holding of one organisation in another.",
    (
        _SOURCE,
        Column("line", "BIGINT"),
        Column("owner_name", "VARCHAR"),
        Column("owner_scheme", "VARCHAR"),
        Column("owner_identifier", "VARCHAR"),
        Column("owned_name", "VARCHAR"),
        Column("owned_scheme", "VARCHAR"),
        Column("owned_identifier", "VARCHAR"),
        Column("share", "DOUBLE", unit="0 to 1"),
        Column("from_on", "DATE"),
        Column("to_on", "DATE"),
        Column("evidence", "VARCHAR", note="where the holding is stated, as given"),
    ),
)

# Derived at the end of every load, over all sources together.

ORGANISATIONS = Table(
    "organisations",
    "One row a resolved organisation.",
    (
        Column("organisation_key", "BIGINT"),
        Column("name", "VARCHAR"),
        Column("kind", "VARCHAR"),
        Column("kind_confidence", "DOUBLE", unit="0 to 1"),
        Column("kind_because", "VARCHAR", note="the evidence, in words, with its source"),
        Column("identifiers", "VARCHAR[]", note="scheme-id"),
        Column("also_known_as", "VARCHAR[]"),
        Column("owner_key", "BIGINT", note="ultimate owner; itself where none is known"),
        Column("owner_name", "VARCHAR"),
        Column("scale", "VARCHAR", note="sme or large where published"),
        Column("is_vcse", "BOOLEAN"),
    ),
)

IDENTITIES = Table(
    "identities",
    "One row a spelling: which organisation a party_key stands for, and why.",
    (
        Column("party_key", "UBIGINT"),
        Column("organisation_key", "BIGINT"),
        Column("name", "VARCHAR"),
        Column("scheme", "VARCHAR"),
        Column("identifier", "VARCHAR"),
        Column(
            "because",
            "VARCHAR",
            note="identifier, same name, short form, variant, decision or alone",
        ),
        Column("probability", "DOUBLE", unit="0 to 1"),
    ),
)

OWNERSHIP_SHARES = Table(
    "owner_shares",
    "One row an ultimate owner's share of an organisation over some time; shares of one sum to at"
    " most 1 on any day.",
    (
        Column("organisation_key", "BIGINT"),
        Column("owner_key", "BIGINT"),
        Column("share", "DOUBLE", unit="0 to 1"),
        Column("from_on", "DATE", note="first day; none where it stood always"),
        Column("to_on", "DATE", note="the day on which it ended; none where it stands still"),
    ),
)

PROCESS_SERVICES = Table(
    "process_services",
    "One row a service that a process belongs to: CPV division, group, class, or named bundle.",
    (
        _PROCESS,
        Column("service", "VARCHAR", note="CPV digits (2, 3 or 4) or the slug of a bundle"),
        Column("level", "VARCHAR", note="division, group, class or bundle"),
        Column("because", "VARCHAR", note="the codes or words that put it there"),
    ),
)

LABEL_SERVICES = Table(
    "label_services",
    "One row a service that a label of payments or provision stands for: itself, or a bundle.",
    (
        Column("label", "VARCHAR", note="payments.service, payments.purpose or provision.service"),
        Column("service", "VARCHAR", note="the slug of the label, or of a bundle"),
        Column("level", "VARCHAR", note="label or bundle"),
        Column("because", "VARCHAR", note="the words that put it there"),
    ),
)

SOURCE_TABLES = (
    RELEASES,
    PROCESSES,
    PARTIES,
    LOTS,
    ITEMS,
    BIDS,
    TENDERERS,
    AWARDS,
    SUPPLIERS,
    CONTRACTS,
    IMPLEMENTATION,
    METRICS,
    PAYMENTS,
    PROVISION,
    REGISTER,
    OWNERSHIP,
)
DERIVED_TABLES = (ORGANISATIONS, IDENTITIES, OWNERSHIP_SHARES, PROCESS_SERVICES, LABEL_SERVICES)
TABLES = {table.name: table for table in (*SOURCE_TABLES, *DERIVED_TABLES)}
