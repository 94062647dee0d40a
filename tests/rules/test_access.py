import pytest

from convener.base.errors import NotAllowedError
from convener.rules.access import (
    Act,
    Role,
    RoleNotAllowedError,
    Scope,
    check_may,
    may,
    roles_for,
    scope_of,
)

MATRIX = {
    Act.CHECK_HEALTH: (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    Act.SEE_HOME: (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    Act.SEE_MARKET: (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    Act.DOWNLOAD_FIGURES: (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    Act.SEE_MEASURES: (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    Act.SEE_SOURCE_QUALITY: (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR),
    Act.SEE_INTEGRITY_FLAGS: (Role.ANALYST, Role.ADMINISTRATOR),
    Act.CORRECT_IDENTITY: (Role.ANALYST, Role.ADMINISTRATOR),
    Act.ADMINISTER: (Role.ADMINISTRATOR,),
}


def test_every_act_stands_in_the_matrix():
    assert set(MATRIX) == set(Act)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_matrix_gives_it_and_nothing_else(role, act):
    assert may(role, act) is (role in MATRIX[act])


@pytest.mark.parametrize("act", Act)
def test_the_roles_for_an_act_are_named_from_least_to_most_trusted(act):
    assert roles_for(act) == MATRIX[act]


@pytest.mark.parametrize("act", Act)
def test_a_more_trusted_role_may_do_whatever_a_less_trusted_one_may(act):
    allowed = [may(role, act) for role in (Role.VISITOR, Role.ANALYST, Role.ADMINISTRATOR)]

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
