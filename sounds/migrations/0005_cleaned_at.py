from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sounds', '0004_provenance'),
    ]

    operations = [
        migrations.AddField(
            model_name='sound',
            name='cleaned_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Since when its files are gone: nobody had kept it.', null=True),
        ),
        migrations.AddIndex(
            model_name='sound',
            index=models.Index(condition=models.Q(('cleaned_at', None)), fields=['created_at'], name='sounds_with_files'),
        ),
    ]
