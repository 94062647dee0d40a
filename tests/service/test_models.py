import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from convener.rules.access import Role
from convener.service.models import Membership, User
from service.furniture import AT, make_user

pytestmark = pytest.mark.django_db


def test_a_user_is_named_by_an_email_in_any_case():
    user = make_user(Role.ANALYST, "ann@example.org", "a long one")

    assert User.objects.get_by_natural_key(" ANN@example.ORG") == user
    assert str(user) == "ann@example.org"
    assert user.check_password("a long one")


def test_two_users_do_not_share_an_email():
    make_user(Role.ANALYST, "ann@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ann@example.org")


def test_the_database_keeps_emails_in_lower_case_by_itself():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Ann@example.org")


@pytest.mark.parametrize(
    "role", [Role.VISITOR, Role.CLOCK, Role.PROVIDER], ids=["visitor", "clock", "provider"]
)
def test_the_database_knows_the_roles_by_itself(role):
    user = make_user(Role.ANALYST)

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=role.value, from_at=AT)


def test_what_a_constraint_refuses_is_said_in_plain_words():
    make_user(Role.ANALYST, "ann@example.org")

    with pytest.raises(ValidationError, match="Another user has this email"):
        User(email="ann@example.org", password="x").full_clean()


def test_the_models_and_the_migrations_agree():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_transaction_of_the_embedded_database_is_immediate():
    if connection.vendor != "sqlite":
        pytest.skip("the database is not SQLite")

    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
