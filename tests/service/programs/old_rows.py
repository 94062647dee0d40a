"""Fill a database of the release before the journal with rows of every kind that it had."""

from datetime import UTC, date, datetime

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django first
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

LAST = ("convener", "0002_corrections_and_watching")  # of that release
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BODY = {"organisation_key": 1, "organisation_name": "Brightside Homes", "spelling_key": "1000"}


def main() -> None:
    """Make the tables of that release, and store rows with its own models."""
    call_command("migrate", *LAST, verbosity=0, interactive=False)
    old = MigrationExecutor(connection).loader.project_state(LAST).apps
    model = {one.__name__: one for one in old.get_app_config("convener").get_models()}
    ann = model["User"].objects.create(email="ann@example.org", role="analyst", password="!")
    pat = model["User"].objects.create(email="pat@example.org", role="provider", **BODY)
    made = {"posted_at": AT, "posted_by": pat, **BODY}
    asked = model["Note"].objects.create(sort="request", text="We are a charity", **made)
    model["Note"].objects.create(sort="note", text="Two homes closed", **made)
    model["Correction"].objects.create(
        **BODY,
        kind="kind",
        subject={"key": 1000},
        old_value="Private",
        new_value="Charity",
        value="charity",
        reason="The register has it",
        made_at=AT,
        made_by=ann,
        request=asked,
    )
    model["Watch"].objects.create(user=ann, since=AT, **BODY)
    model["Notice"].objects.create(user=ann, made_at=AT, sort="new award", text="New", **BODY)
    model["OwnerExposure"].objects.create(taken_at=AT, facts={}, **BODY)
    model["OwnerWarning"].objects.create(
        **BODY,
        on=date(2026, 3, 1),
        text="Profits are warned of",
        source="A notice",
        entered_at=AT,
        entered_by=ann,
    )


if __name__ == "__main__":
    main()
