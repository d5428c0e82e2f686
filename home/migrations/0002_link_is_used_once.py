"""The database's own word: a set-up link is closed once, never changed or removed."""

from django.db import migrations

from operations.tenancy import only_closes


class Migration(migrations.Migration):
    dependencies = [("home", "0001_initial")]
    operations = [only_closes("home_setuplink", "used_at", "organization_id", "answers")]
