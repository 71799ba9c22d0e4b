"""How deep `make deep` goes, and which day it is for what is drawn by lot.

At a depth of 1 it takes an hour or two; 8 is for a night. What is drawn by lot changes with the
day and is the same all day: TESTS_DAY=739949 repeats what failed on that day.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

DEPTH = int(os.environ.get("DEPTH", "1"))
DAY = int(os.environ.get("TESTS_DAY", "0")) or datetime.now(UTC).date().toordinal()
