import pytest

from convener.base.errors import NotAllowedError
from convener.rules.access import (
    CONFLICTING,
    NOBODY,
    OF_AN_ORGANISATION,
    OF_THE_SERVICE,
    SIGN_IN_ROLES,
    Act,
    ConflictingDutiesError,
    Role,
    RoleNotAllowedError,
    Scope,
    check_duties,
    check_may,
    check_reaches,
    duties_of,
    may,
    roles_for,
    scope_of,
)

EVERYONE = tuple(Role)
SIGNED_IN = tuple(role for role in Role if role not in NOBODY)
MEMBERS = (
    *(Role.INVESTOR, Role.CASEWORKER, Role.PROVIDER, Role.OFFICER, Role.EVALUATOR, Role.FINANCE),
    *(Role.APPROVER, Role.OPENER, Role.VERIFIER, Role.SPONSOR, Role.KEEPER),
)
ANALYSTS = (Role.ANALYST, Role.ADMINISTRATOR)
STEWARDS = (Role.CONVENER, Role.ADMINISTRATOR)
MATRIX = {
    Act.CHECK_HEALTH: EVERYONE,
    Act.SEE_HOME: EVERYONE,
    Act.SEE_MARKET: EVERYONE,
    Act.DOWNLOAD_FIGURES: EVERYONE,
    Act.SEE_MEASURES: EVERYONE,
    Act.SEE_SOURCE_QUALITY: EVERYONE,
    Act.SIGN_IN: EVERYONE,
    Act.SEE_CORRECTIONS: EVERYONE,
    Act.KEEP_ACCOUNT: (Role.SIGNED_IN, *SIGNED_IN),
    Act.SEE_NOTICES: (Role.SIGNED_IN, *SIGNED_IN),
    Act.SEE_REGISTRY: SIGNED_IN,
    Act.REGISTER_ORGANISATION: SIGNED_IN,
    Act.CLAIM_ORGANISATION: SIGNED_IN,
    Act.DECLARE_INTERESTS: SIGNED_IN,
    Act.DECIDE_CLAIMS: STEWARDS,
    Act.MERGE_ORGANISATIONS: STEWARDS,
    Act.SEARCH_INTERESTS: STEWARDS,
    Act.SEE_JOURNAL: (*MEMBERS, *STEWARDS),
    Act.INVITE_MEMBERS: (Role.KEEPER, Role.ADMINISTRATOR),
    Act.KEEP_ORGANISATION: (Role.PROVIDER, Role.KEEPER, Role.ADMINISTRATOR),
    Act.KEEP_ANSWERS: (Role.PROVIDER, Role.KEEPER),
    Act.KEEP_ACCOUNTS: (Role.PROVIDER, Role.FINANCE),
    Act.CHECK_OWN_STANDING: (Role.PROVIDER, Role.FINANCE),
    Act.USE_API_TOKENS: (Role.PROVIDER, Role.OFFICER, Role.KEEPER, Role.ANALYST, *STEWARDS),
    Act.POST_NOTES: (Role.PROVIDER, Role.OFFICER, Role.ADMINISTRATOR),
    Act.WITHDRAW_NOTES: (Role.PROVIDER, Role.OFFICER, *ANALYSTS),
    Act.WATCH_OWNERS: (Role.OFFICER, Role.SPONSOR, Role.ANALYST, *STEWARDS),
    Act.WARN_OF_OWNERS: (Role.ANALYST, *STEWARDS),
    Act.SEE_INTEGRITY_FLAGS: ANALYSTS,
    Act.CORRECT_IDENTITY: ANALYSTS,
    Act.ANSWER_REQUESTS: ANALYSTS,
    Act.ADMINISTER: (Role.ADMINISTRATOR,),
}
PRIVATE = {Act.KEEP_ANSWERS, Act.KEEP_ACCOUNTS, Act.CHECK_OWN_STANDING}
LADDERS = (
    (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    (Role.VISITOR, Role.CONVENER, Role.ADMINISTRATOR),
    (Role.VISITOR, Role.INVESTOR, Role.PROVIDER),
)


def test_every_act_stands_in_the_matrix():
    assert set(MATRIX) == set(Act)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_matrix_gives_it_and_nothing_else(role, act):
    assert may(role, act) is (role in MATRIX[act])


@pytest.mark.parametrize("act", Act)
def test_the_roles_for_an_act_are_named_from_least_to_most_trusted(act):
    assert roles_for(act) == MATRIX[act]


@pytest.mark.parametrize("ladder", LADDERS)
@pytest.mark.parametrize("act", Act)
def test_a_more_trusted_role_may_do_whatever_a_less_trusted_one_may(act, ladder):
    allowed = [may(role, act) for role in ladder]

    assert allowed == sorted(allowed)


def test_a_visitor_sees_what_is_published_and_an_analyst_everything_loaded():
    assert scope_of(Role.VISITOR, Act.SEE_MARKET) is Scope.PUBLISHED
    assert scope_of(Role.ANALYST, Act.SEE_MARKET) is Scope.ALL
    assert scope_of(Role.VISITOR, Act.ADMINISTER) is Scope.NONE


def test_a_refusal_names_who_asked_what_for_and_who_may():
    with pytest.raises(RoleNotAllowedError) as refused:
        check_may(Role.VISITOR, Act.SEE_INTEGRITY_FLAGS)

    assert isinstance(refused.value, NotAllowedError)
    assert str(refused.value) == (
        "a visitor may not see the integrity flags of single processes; "
        "it takes an analyst or an administrator"
    )


def test_an_allowed_act_passes_in_silence():
    check_may(Role.ANALYST, Act.SEE_INTEGRITY_FLAGS)


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.OFFICER])
def test_a_note_is_posted_for_the_own_organisation_and_no_other(role):
    check_reaches(role, Act.POST_NOTES, own=7, asked=7)

    for own in (8, None):
        with pytest.raises(RoleNotAllowedError, match="only where it is the own one"):
            check_reaches(role, Act.POST_NOTES, own=own, asked=7)


def test_an_administrator_reaches_every_organisation_and_a_visitor_none():
    check_reaches(Role.ADMINISTRATOR, Act.POST_NOTES, own=None, asked=7)

    with pytest.raises(
        RoleNotAllowedError, match="it takes a provider's lead or a commissioning officer"
    ):
        check_reaches(Role.VISITOR, Act.POST_NOTES, own=7, asked=7)


@pytest.mark.parametrize("act", sorted(PRIVATE))
def test_what_is_an_organisations_own_is_seen_by_no_administrator(act):
    assert not may(Role.ADMINISTRATOR, act)
    assert {scope_of(role, act) for role in Role} == {Scope.NONE, Scope.OWN}


def test_a_role_is_of_an_organisation_or_of_the_service():
    assert set(SIGN_IN_ROLES) == OF_AN_ORGANISATION | OF_THE_SERVICE
    assert not OF_AN_ORGANISATION & OF_THE_SERVICE


@pytest.mark.parametrize(
    ("held", "given", "said"),
    [
        ([Role.PROVIDER], Role.EVALUATOR, "bid and evaluate bids"),
        ([Role.EVALUATOR], Role.PROVIDER, "evaluate bids and bid"),
        ([Role.OFFICER, Role.CASEWORKER], Role.VERIFIER, "claim outcomes and verify outcomes"),
        ([Role.APPROVER], Role.FINANCE, "approve awards and claims and pay"),
    ],
)
def test_a_role_that_would_make_one_judge_in_ones_own_matter_is_refused(held, given, said):
    with pytest.raises(ConflictingDutiesError, match=said):
        check_duties(held, given)


def test_roles_without_conflicting_duties_go_together():
    check_duties([Role.OFFICER, Role.SPONSOR], Role.EVALUATOR)
    check_duties([Role.PROVIDER], Role.KEEPER)
    check_duties([Role.PROVIDER], Role.PROVIDER)


@pytest.mark.parametrize("role", SIGN_IN_ROLES)
def test_no_role_alone_holds_two_duties_that_conflict(role):
    held = duties_of([role])

    assert not any({one, other} <= held for one, other in CONFLICTING)
