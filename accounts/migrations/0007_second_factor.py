"""Of whom an organization requires a second factor; of nobody unless it says so."""

from django.db import migrations, models

WHO = [
    ("nobody", "Nobody has to"),
    ("who_decides", "Owners, managers and whoever signs"),
    ("everybody", "Everybody"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_imports")]
    operations = [
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
