"""Stops `make run` in one line if its port is taken: `python -m tools.port 8000`."""

from __future__ import annotations

import sys

from boundaries.demo import ports

if __name__ == "__main__":
    if not ports.is_free("localhost", int(sys.argv[1])):
        sys.exit(f"Port {sys.argv[1]} is taken: make run PORT=8123")
