from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="sweeprun",
            name="failures",
            field=models.PositiveIntegerField(default=0, verbose_name="runs in a row that failed"),
        ),
    ]
