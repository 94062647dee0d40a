"""Register one organisation, with one person who acts for it; say the membership's number."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 -- Django first

from convener.rules.access import Role  # noqa: E402
from convener.service.actions.access import add_user, give_role  # noqa: E402
from convener.service.actions.registry import register_organisation  # noqa: E402

if __name__ == "__main__":
    at = timezone.now()
    body = register_organisation(name="First", at=at)
    user = add_user(email="ann@example.org", password=None, at=at)
    print(give_role(user_id=user.pk, role=Role.OFFICER, organisation=body, at=at).pk)
