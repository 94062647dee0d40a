from django.db import migrations
from django.utils import timezone

NOW_CALLED = {"buyer": "officer"}


def give(apps, schema_editor):
    """Give each user the membership that the role was, for the organisation that it pointed to."""
    User, Organisation, Membership = (
        apps.get_model("convener", name) for name in ("User", "Organisation", "Membership")
    )
    at = timezone.now()
    for user in User.objects.all():
        body = None
        if user.organisation_key is not None and user.role in ("provider", "buyer"):
            body, _ = Organisation.objects.get_or_create(
                organisation_key=user.organisation_key,
                defaults={
                    "name": user.organisation_name,
                    "spelling_key": user.spelling_key,
                    "registered_at": at,
                },
            )
        if body is None and user.role in ("provider", "buyer"):
            continue  # acts for no organisation: there is nothing to act as
        Membership.objects.create(
            user=user,
            organisation=body,
            role=NOW_CALLED.get(user.role, user.role),
            from_at=at,
        )


class Migration(migrations.Migration):
    dependencies = [("convener", "0003_people_and_record")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
