"""What several machines need: a table of them, and notices of PostgreSQL instead of SQLite's counter."""

from django.db import migrations, models

NOTICES = {"studio_wake_ups": "django_q_ormq", "studio_events": "jobs_event"}
"""Channel to the table whose new rows it tells of; see `jobs.watch`."""


def add_notices(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION studio_notify() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify(TG_ARGV[0], ''); RETURN NULL; END $$"
    )
    for channel, table in NOTICES.items():
        schema_editor.execute(
            f"CREATE TRIGGER {channel} AFTER INSERT ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION studio_notify('{channel}')"
        )


def remove_notices(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION studio_notify() CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ("jobs", "0002_job_group"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [
        migrations.CreateModel(
            name="Machine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("workers", models.PositiveSmallIntegerField(default=0, help_text="How many live there.")),
                ("places", models.JSONField(default=dict, help_text="Lane to the workers that may be busy in it there.")),
                ("key_digest", models.CharField(editable=False, max_length=16)),
                ("version", models.CharField(max_length=20)),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField()),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.RunPython(add_notices, remove_notices),
    ]
