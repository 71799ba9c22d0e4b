#!/usr/bin/env python3
"""Run Django's commands for this project: `.venv/bin/python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        import django
        from django.core.management import call_command, execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. Run `make run` or `make test` once: they set it up."
        )
    from django.db import OperationalError

    try:
        if sys.argv[1:] == ["version"]:  # Django has a command of this name, which wins otherwise
            django.setup()
            call_command("version")
        else:
            execute_from_command_line(sys.argv)
    except OperationalError as error:
        from config.postgresql.causes import Unreachable

        if isinstance(error.__cause__, Unreachable):
            sys.exit(f"Common Ground cannot start: {error}")
        raise


if __name__ == "__main__":
    main()
