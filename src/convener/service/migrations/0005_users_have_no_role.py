from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("convener", "0004_roles_become_memberships")]

    operations = [
        migrations.RemoveField(
            model_name="user",
            name="organisation_key",
        ),
        migrations.RemoveField(
            model_name="user",
            name="organisation_name",
        ),
        migrations.RemoveField(
            model_name="user",
            name="role",
        ),
        migrations.RemoveField(
            model_name="user",
            name="spelling_key",
        ),
    ]
