import django.db.models.deletion
from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models


def make_counts(apps, schema_editor):
    """Make the table in which counts of attempts are kept across processes."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop_counts(apps, schema_editor):
    schema_editor.execute("drop table if exists convener_cache")


class Migration(migrations.Migration):
    dependencies = [
        ("convener", "0007_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                (
                    "expire_date",
                    models.DateTimeField(db_index=True, verbose_name="expire date"),
                ),
                ("began_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "convener_session",
                "ordering": ["-expire_date"],
                "abstract": False,
            },
        ),
        migrations.RunPython(make_counts, drop_counts),
    ]
