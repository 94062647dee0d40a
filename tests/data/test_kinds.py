"""Kinds are told with their evidence, and never guessed private."""

from datetime import UTC, datetime

import pytest

from convener.base.kinds import Kind
from convener.data.organisations.decisions import Decision, DecisionKind, Subject
from convener.data.organisations.kinds import Entry, Facts, judge
from convener.data.organisations.name_forms import read
from resolving import entry, party, resolve

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "kind", "because"),
    [
        (Facts(), Kind.UNKNOWN, "nothing"),
        (Facts(names=["Zebrafish"]), Kind.UNKNOWN, "nothing"),
        (Facts(identifiers=["GB-CHC-1000001"]), Kind.CHARITY, "charity number"),
        (Facts(identifiers=["GB-SC-SC000001"]), Kind.CHARITY, "charity number"),
        (Facts(identifiers=["GB-COH-CE000001"]), Kind.CHARITY, "incorporated"),
        (Facts(identifiers=["GB-NHS-RXX"]), Kind.PUBLIC_BODY, "public bodies"),
        (Facts(identifiers=["GB-COH-IP12345R"]), Kind.MUTUAL, "registered society"),
        (
            Facts(names=["Acme Housing Society"], identifiers=["GB-COH-IP12345R"]),
            Kind.SOCIAL_ENTERPRISE,
            "lets homes",
        ),
        (
            Facts(names=["Acme Housing Society"], entries=[Entry("mutual", "r", "same name")]),
            Kind.SOCIAL_ENTERPRISE,
            "lets homes",
        ),
        (
            Facts(identifiers=["GB-SHPE-L0001"], entries=[Entry("mutual", "r", "same name")]),
            Kind.SOCIAL_ENTERPRISE,
            "social housing provider",
        ),
        (Facts(entries=[Entry("mutual", "r", "same name")]), Kind.MUTUAL, "lists the name"),
        (Facts(identifiers=["GB-COH-OC300001"]), Kind.PRIVATE, "LLP"),
        (Facts(identifiers=["GB-COH-01234567"]), Kind.UNKNOWN, "nothing"),
        (Facts(is_joint=True), Kind.JOINT_VENTURE, "two owners"),
        (Facts(is_person=True), Kind.INDIVIDUAL, "person"),
        (Facts(is_vcse=True, names=["Zebrafish Ltd"]), Kind.CHARITY, "voluntary"),
        (Facts(is_vcse=True, names=["Zebrafish CIC"]), Kind.SOCIAL_ENTERPRISE, "interest"),
        (Facts(is_vcse=True, names=["Zebrafish"]), Kind.CHARITY, "voluntary"),
        (Facts(is_mutual=True), Kind.MUTUAL, "mission"),
        (Facts(is_buyer=True, names=["Zebrafish"]), Kind.PUBLIC_BODY, "buyer"),
        (Facts(published={"the publisher": "charity"}), Kind.CHARITY, "publisher"),
        (Facts(entries=[Entry("charity", "r", "identifier")]), Kind.CHARITY, "number"),
        (Facts(entries=[Entry("charity", "r", "namesake")]), Kind.CHARITY, "lists the name"),
        (
            Facts(entries=[Entry("charity", "r", "namesake"), Entry("mutual", "s", "namesake")]),
            Kind.UNKNOWN,
            "nothing",
        ),
        (
            Facts(decided=("private", "bought in 2024"), identifiers=["GB-CHC-1000001"]),
            Kind.PRIVATE,
            "bought in 2024",
        ),
    ],
)
def test_the_best_evidence_decides(facts, kind, because):
    found = judge(facts)

    assert found.kind is kind
    assert because in found.because
    assert (found.confidence == 0) == (kind is Kind.UNKNOWN)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Borchester NHS Foundation Trust", Kind.PUBLIC_BODY),
        ("BORCHESTER GENERAL HOSPITALS TRUST", Kind.PUBLIC_BODY),
        ("Borchester County Council", Kind.PUBLIC_BODY),
        ("London Borough of Borchester", Kind.PUBLIC_BODY),
        ("Borchester Constabulary", Kind.PUBLIC_BODY),
        ("Department for Zebrafish", Kind.PUBLIC_BODY),
        ("University of Borchester", Kind.PUBLIC_BODY),
        ("Mill Lane Surgery", Kind.PUBLIC_BODY),
        ("Mill Lane Dental Surgery", Kind.PRIVATE),
        ("Borchester Rural Community Council", Kind.CHARITY),
        ("Borchester Hospital Charity", Kind.CHARITY),
        ("St Agatha's Hospice Limited", Kind.CHARITY),
        ("Age UK Borchester", Kind.CHARITY),
        ("Borchester Mind", Kind.CHARITY),
        ("The Zebrafish Foundation", Kind.CHARITY),
        ("Zebrafish Trust", Kind.CHARITY),
        ("Zebrafish CIO", Kind.CHARITY),
        ("Zebrafish Works C.I.C.", Kind.SOCIAL_ENTERPRISE),
        ("Zebrafish Housing Association", Kind.SOCIAL_ENTERPRISE),
        ("Zebrafish Credit Union Limited", Kind.MUTUAL),
        ("Zebrafish plc", Kind.PRIVATE),
        ("Zebrafish Ltd", Kind.PRIVATE),
        ("Zebrafish Family Support Ltd", None),
        ("Zebrafish Community Ltd", None),
        ("Zebrafish Substance Misuse Programme Ltd", None),
        ("Zebrafish Drug & Alcohol Services", None),
        ("Alcohol Advice Borchester", Kind.CHARITY),
        ("Zebrafish", None),
        ("Zebrafish Care", None),
    ],
)
def test_a_name_speaks_for_a_kind_by_its_form(name, kind):
    form = read(name)

    assert (form.kind if form else None) == kind


def test_limited_alone_is_weak_evidence():
    assert read("Zebrafish Ltd").confidence < 0.7 < read("Zebrafish plc").confidence


def test_a_register_tells_the_kind_by_number_or_by_name(tmp_path):
    found = resolve(
        tmp_path,
        [party("Zebrafish Care", "GB-COH-01234567"), "Quokka Care", "Okapi Care", "Gnu Care"],
        register=[
            entry("ZEBRAFISH", "GB-CHC-1000001", "charity", "GB-COH-01234567"),
            entry("Quokka Care", "GB-CHC-1000002", "charity"),
            entry("Okapi Care", "GB-CHC-1000003", "charity"),
            entry("Okapi Care", "GB-CHC-1000004", "charity"),
        ],
    )

    assert found.of("Zebrafish Care")["kind"] == "charity"
    assert "number" in found.of("Zebrafish Care")["kind_because"]
    assert found.of("Quokka Care")["identifiers"] == ["GB-CHC-1000002"]
    assert (
        found.of("Quokka Care")["kind_confidence"] < found.of("Zebrafish Care")["kind_confidence"]
    )
    assert (found.of("Okapi Care")["kind"], found.of("Okapi Care")["identifiers"]) == (
        "charity",
        [],
    )
    assert found.of("Gnu Care")["kind"] == "unknown"


def test_a_full_charity_register_tells_charities_that_their_names_do_not(tmp_path):
    names = [f"Plain {word}" for word in ("Aardvark", "Bison", "Caribou", "Dingo", "Eland")]

    without = resolve(tmp_path / "without", _made(tmp_path / "without", names))
    beside = resolve(
        tmp_path / "beside",
        _made(tmp_path / "beside", names),
        register=[
            entry(name.upper(), f"GB-CHC-{1_000_000 + n}", "charity")
            for n, name in enumerate([*names[:4], *(f"Other Body {i}" for i in range(500))])
        ],
    )

    assert {without.of(name)["kind"] for name in names} == {"unknown"}
    assert [beside.of(name)["kind"] for name in names] == ["charity"] * 4 + ["unknown"]
    assert len(beside.organisations) == len(names)


def _made(folder, names):
    folder.mkdir()
    return names


def test_a_decided_kind_stands_until_it_is_undone(tmp_path):
    decided = Decision(
        "d1", DecisionKind.KIND, Subject(name="Zebrafish Ltd"), "asked them", "ann", AT,
        value="social-enterprise",
    )  # fmt: skip
    undone = Decision(**{**vars(decided), "undone_at": AT})

    standing = resolve(tmp_path, ["Zebrafish Ltd"], decisions=[decided])
    after = resolve(tmp_path, ["Zebrafish Ltd"], decisions=[undone])

    assert standing.of("Zebrafish Ltd")["kind"] == "social-enterprise"
    assert "asked them (decided by ann" in standing.of("Zebrafish Ltd")["kind_because"]
    assert after.of("Zebrafish Ltd")["kind"] == "private"
