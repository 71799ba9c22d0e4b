#!/usr/bin/env python3
"""Run Django's commands for this project: `.venv/bin/python manage.py help`."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. Run `make run` or `make test` once: they set it up."
        )
    from django.db import OperationalError

    try:
        if sys.argv[1:] == ["version"]:  # Django has a command of this name, which wins otherwise
            say_the_version()
        else:
            execute_from_command_line(sys.argv)
    except OperationalError as error:
        from config.postgresql.causes import Unreachable

        if isinstance(error.__cause__, Unreachable):
            sys.exit(f"Common Ground cannot start: {error}")
        raise


def say_the_version() -> None:
    """The program's version is also known where the settings of a site are missing or wrong."""
    import django
    from django.core.management import call_command

    from config import version

    try:
        django.setup()
    except SystemExit as refusal:
        print(f"Common Ground {version.read(Path(__file__).parent)}")
        print(f"Nothing else is known: {refusal}")
    else:
        call_command("version")


if __name__ == "__main__":
    main()
