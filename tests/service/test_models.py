import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from convener.base.errors import BadInputError
from convener.rules.access import Role
from convener.service.models import User

pytestmark = pytest.mark.django_db


def test_a_user_is_named_by_an_email_in_any_case():
    user = User.objects.create_user(" Ann@Example.org ", role=Role.ANALYST, password="a long one")

    assert User.objects.get_by_natural_key("ANN@example.ORG") == user
    assert str(user) == "ann@example.org"
    assert user.check_password("a long one")


def test_a_user_without_a_password_cannot_sign_in_by_one():
    user = User.objects.create_user("ann@example.org", role=Role.ANALYST)

    assert not user.has_usable_password()


def test_two_users_do_not_share_an_email():
    User.objects.create_user("ann@example.org", role=Role.ANALYST)

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANN@example.org", role=Role.ADMINISTRATOR)


def test_the_database_keeps_emails_in_lower_case_by_itself():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Ann@example.org", role="analyst")])


def test_the_database_knows_the_roles_by_itself():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="ann@example.org", role="owner")])


@pytest.mark.parametrize(("email", "role"), [("", Role.ANALYST), ("a@b.org", Role.VISITOR)])
def test_a_user_has_an_email_and_is_more_than_a_visitor(email, role):
    with pytest.raises(BadInputError):
        User.objects.create_user(email, role=role)


def test_what_a_constraint_refuses_is_said_in_plain_words():
    User.objects.create_user("ann@example.org", role=Role.ANALYST)

    with pytest.raises(ValidationError, match="Another user has this email"):
        User(email="ann@example.org", role="analyst", password="x").full_clean()


def test_the_models_and_the_migrations_agree():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_transaction_of_the_embedded_database_is_immediate():
    if connection.vendor != "sqlite":
        pytest.skip("the database is not SQLite")

    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
