"""What is read of one process."""

import pytest

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.measures.lists.process import read_process
from service.finding_store import PERSON, finding_store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.fixture
def cursor(store):
    with store.connect() as connection:
        yield connection.cursor()


def test_a_process_has_its_releases_with_their_lines_and_its_contract_as_it_moved(cursor):
    found = read_process(cursor, "ocds-find01-1")

    assert [(one.line, one.tags) for one in found.releases] == [
        (1, ("award", "contract")),
        (2, ("contractAmendment",)),
    ]
    [contract] = found.contracts
    assert (int(contract.first_amount), int(contract.amount)) == (400_000, 480_000)
    assert contract.has_grown
    assert contract.has_moved
    assert str(found.last_end) == "2024-05-31"


def test_who_bid_and_who_won_are_named_where_they_are_organisations(cursor):
    found = read_process(cursor, "ocds-find01-1")

    assert [one.name for award in found.awards for one in award.suppliers] == [
        "Steady Care Limited"
    ]
    bidders = [one for bid in found.bids for one in bid.bidders]
    assert [one.kind for one in bidders] == [Kind.INDIVIDUAL, Kind.UNKNOWN]
    assert bidders[0].key is None
    assert bidders[1].name == "Rose Home Support Limited"


@pytest.mark.parametrize("number", ["1", "4"])
def test_no_person_and_no_contact_is_in_what_is_read(cursor, number):
    found = str(read_process(cursor, f"ocds-find01-{number}"))

    for word in (PERSON, "Featherstone", "Ann Contact", "example.org"):
        assert word not in found


def test_a_number_with_signs_in_it_is_found(cursor):
    assert read_process(cursor, "ocds-find01-5/a?b=c d").buyer.name == "Beckton Borough Council"


@pytest.mark.parametrize("ocid", ["", "ocds-find01-", "'; drop table processes; --", "x" * 10_000])
def test_a_number_that_leads_nowhere_is_refused(cursor, ocid):
    with pytest.raises(NotFoundError, match="no process has the number"):
        read_process(cursor, ocid)
