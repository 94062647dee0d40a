"""Names are made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.organisations.names import normalise, own_initials, plain, same_letters


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ACME CARE LIMITED", "Acme Care Ltd."),
        ("The Acme Society", "ACME SOCIETY THE"),
        ("Acme & Sons", "ACME AND SONS"),
        ("Café Acme", "CAFE ACME"),
        ("Acme C.I.C.", "Acme Community Interest Company"),
        ("St. Agatha's House", "ST AGATHAS HOUSE"),
        ("ACMEAA DRUGAA PROJECT", "Acme Drug Project"),
        ("TOTAL ACME NURSING HOME", "Acme Nursing Home"),
        ("ACME HOUSE TOTAL OTHER PLACE LIMITED", "Acme House"),
        ("000032ACME SUPPLY", "Acme Supply"),
        ("ACME SUPPLY AB123456 15E", "Acme Supply"),
        ("LTD ACME HOSPICE CARE", "Acme Hospice Care"),
        ("Age Concern Borchester", "Age UK Borchester"),
        ("Borchester Citizens Advice Bureau", "BORCHESTER CAB"),
        ("Borchester CVS", "Borchester Community and Voluntary Services"),
        ("London Borough of Borchester", "LB BORCHESTER"),
        ("Change for Acme People CAP", "Change for Acme People"),
        ("Staffs Acme Hosp", "Staffordshire Acme Hospital"),
        ("Borchester Ambulence Unit", "Borchester Ambulance Unit"),
        ("Acme Quality Partnersh", "Acme Quality Partnership"),
        ("Acme Recovery Ltd (Lot 2)", "Acme Recovery Ltd"),
    ],
)
def test_two_ways_of_writing_one_name_have_one_core(left, right):
    assert normalise(left).core == normalise(right).core


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Derby Hospice", "Derbyshire Hospice"),
        ("Unit 132 Sea Cadet Corps", "Unit 320 Sea Cadet Corps"),
        ("North Devon Mind", "Devon Mind"),
        ("Total Gas and Power", "Gas and Power Total Services"),
    ],
)
def test_names_of_two_bodies_keep_two_cores(left, right):
    assert normalise(left).core != normalise(right).core


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Borchester Acme Project (BAP)", "bap"),
        ("Acme Project of Borchester Ltd (APB)", "apb"),
        ("Borchester Acme Project", ""),
        ("Borchester Acme Project (Lot 1)", ""),
        ("Borchester Acme Project (North)", ""),
        ("Acme Project (AP)", ""),
        ("(BAP)", ""),
    ],
)
def test_a_name_declares_its_short_form_in_brackets(name, short):
    assert own_initials(name) == short


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Acme Ltd", "ltd"),
        ("Acme Public Limited Company", "plc"),
        ("Acme LLP", "llp"),
        ("Acme C I C", "cic"),
        ("Acme Limited The", "ltd"),
        ("Limited", ""),
        ("Acme", ""),
    ],
)
def test_the_legal_form_is_parted_from_the_name(name, form):
    assert normalise(name).form == form


def test_words_are_sorted_by_what_they_tell():
    told = normalise("Bristol Zebrafish Housing Support Trust")

    assert told.places == ("bristol",)
    assert told.specific == ("zebrafish",)
    assert told.sorts == ("housing", "trust")
    assert told.common == ("support",)


def test_saints_are_shared_by_too_many_to_tell_anything():
    assert normalise("St Agatha's Hospice").specific == ()


def test_branches_of_a_national_body_bear_its_name_and_members_of_a_federation_their_own():
    assert normalise("Nuffield Health Derby Hospital").core == "nuffield health"
    assert normalise("British Red").national == "British Red Cross"
    assert normalise("Bristol Mencap").family == "mencap"
    assert normalise("Mencap").national == "Royal Mencap Society"
    assert normalise("The Nuffield Trust").national == ""
    assert normalise("Nuffield Health Derby Hospital", branches=False).national == ""


def test_names_that_tell_nobody_from_others_say_so():
    assert not normalise("Services Ltd").is_telling
    assert not normalise("").is_telling
    assert normalise("Zebrafish").is_telling


def test_plain_words_are_kept_as_written_without_debris_and_form():
    assert plain("TOTAL ACME'S NURSING HOMES LIMITED") == "acmes nursing homes"


@given(st.text(max_size=60))
def test_any_text_has_a_core_and_its_core_stays_when_cased_or_spaced(text):
    told = normalise(text)

    assert told.core == normalise(f"  {same_letters(text).upper()} ").core or not text.isascii()
    assert told.squeezed == told.core.replace(" ", "")
