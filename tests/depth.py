"""How deep `make deep` goes. At 1 it takes an hour or two; 8 is for a night."""

from __future__ import annotations

import os

DEPTH = int(os.environ.get("DEPTH", "1"))
