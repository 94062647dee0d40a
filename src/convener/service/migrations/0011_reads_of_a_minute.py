from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("convener", "0010_commands_of_a_while"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="read_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="reads_since",
            field=models.DateTimeField(null=True),
        ),
    ]
