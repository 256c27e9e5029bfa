#!/usr/bin/env python
"""Django's command line for the studio."""

import io
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccbell_site.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        here = os.path.dirname(os.path.abspath(__file__))
        python = os.path.join(".venv", "bin", "python")
        ready = os.path.exists(os.path.join(here, python))
        what = f"run {python} manage.py …" if ready else "run make run or make pack first, which set it up"
        print(f"Error: This Python has no Django in it; {what}.", file=sys.stderr)
        sys.exit(2)

    try:
        settings.INSTALLED_APPS  # noqa: B018  (reads the settings: a wrong one is a sentence, no traceback)
    except ImproperlyConfigured as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)

    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except (DatabaseError, ImproperlyConfigured) as error:
        if "--traceback" in sys.argv:
            raise
        from ccbell_site.database import explain

        reason = explain(error) if isinstance(error, DatabaseError) else str(error)
        print(f"Error: {reason}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    # A console that knows no “ü” gets a question mark and not an error in the middle of the work.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
