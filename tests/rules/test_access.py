import pytest

from convener.base.errors import NotAllowedError
from convener.rules.access import (
    Act,
    Role,
    RoleNotAllowedError,
    Scope,
    check_may,
    check_reaches,
    may,
    roles_for,
    scope_of,
)

EVERYONE = tuple(Role)
ANALYSTS = (Role.ANALYST, Role.ADMINISTRATOR)
MATRIX = {
    Act.CHECK_HEALTH: EVERYONE,
    Act.SEE_HOME: EVERYONE,
    Act.SEE_MARKET: EVERYONE,
    Act.DOWNLOAD_FIGURES: EVERYONE,
    Act.SEE_MEASURES: EVERYONE,
    Act.SEE_SOURCE_QUALITY: EVERYONE,
    Act.SIGN_IN: EVERYONE,
    Act.SEE_CORRECTIONS: EVERYONE,
    Act.POST_NOTES: (Role.PROVIDER, Role.OFFICER, Role.ADMINISTRATOR),
    Act.WITHDRAW_NOTES: (Role.PROVIDER, Role.OFFICER, *ANALYSTS),
    Act.WATCH_OWNERS: (Role.OFFICER, *ANALYSTS),
    Act.WARN_OF_OWNERS: ANALYSTS,
    Act.SEE_INTEGRITY_FLAGS: ANALYSTS,
    Act.CORRECT_IDENTITY: ANALYSTS,
    Act.ANSWER_REQUESTS: ANALYSTS,
    Act.ADMINISTER: (Role.ADMINISTRATOR,),
}
LADDERS = (
    (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    (Role.VISITOR, Role.PROVIDER, Role.OFFICER, Role.ADMINISTRATOR),
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

    with pytest.raises(RoleNotAllowedError, match="it takes a provider or a buyer"):
        check_reaches(Role.VISITOR, Act.POST_NOTES, own=7, asked=7)
