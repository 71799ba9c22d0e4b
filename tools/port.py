"""Stops `make run` or `make try` in one line if it cannot have its port: `-m tools.port run 8000`.

A demo looks for itself whether its port is free, since another demo may be what runs there.
"""

from __future__ import annotations

import sys

from boundaries.demo import ports


def main(target: str, text: str) -> None:
    command = f"make {target}"
    try:
        port = ports.parsed(text, command=command)
    except ValueError as error:
        sys.exit(str(error))
    if target == "run" and not ports.is_free("localhost", port):
        sys.exit(f"Port {port} is taken: {command} PORT=8123")


if __name__ == "__main__":
    main(*sys.argv[1:])
