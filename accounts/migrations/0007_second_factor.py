"""Of whom an organization requires a second factor; of nobody unless it says so."""

from django.db import migrations, models

WHO = [
    ("nobody", "Nobody has to"),
    ("who_decides", "Owners, managers and whoever signs"),
    ("everybody", "Everybody"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_imports"), ("sessions", "0001_initial")]
    operations = [
        # Sessions are listed from now on: one that began before could neither be seen nor ended, so everybody signs in anew.
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
        migrations.AddField(
            "organization",
            "second_factor",
            models.CharField(choices=WHO, default="nobody", max_length=20, verbose_name="who needs a second factor"),
        ),
        migrations.AddConstraint(
            "organization",
            models.CheckConstraint(
                name="who_works_alone_needs_no_second_factor",
                condition=models.Q(is_solo=False) | models.Q(second_factor="nobody"),
            ),
        ),
    ]
