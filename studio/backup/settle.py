"""Make a studio out of what was unpacked: ``python -m studio.backup.settle``, its folders in the environment.

In a process of its own, so that migrations find this database and its files as if there were no other.
"""

from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from jobs.models import Job, Status
    from studio.cleanup import schedule

    call_command("migrate", verbosity=0, interactive=False)
    # Their workers are on another machine, or in another time; nobody here could tell that they are gone.
    for job in Job.objects.filter(status=Status.RUNNING):
        job.interrupt()
    schedule.leave_a_day()


if __name__ == "__main__":
    main()
