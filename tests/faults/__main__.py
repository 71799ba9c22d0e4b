"""Causes one fault after another on a whole site, and prints what was measured.

`make faults` runs all of them, which takes some fifteen minutes, and `make faults
FAULT=greylisting` one. It fails if a target is missed.
"""

from __future__ import annotations

import sys
import traceback

from tests.faults import of_mail, of_the_database, of_the_host  # noqa: F401 each registers its own
from tests.faults.running import FAULTS, running


def main(names: list[str]) -> int:
    unknown = set(names) - set(FAULTS)
    if unknown:
        sys.exit(f"There is no fault named {', '.join(unknown)}. There are: {', '.join(FAULTS)}.")
    missed = 0
    print("| fault | target | measured |\n|---|---|---|")
    with running() as site:
        for name in names or FAULTS:
            what, target, cause = FAULTS[name]
            try:
                measured = cause(site)
            except AssertionError as miss:
                missed += 1
                measured = f"**missed**: {miss}"
                traceback.print_exc()
            print(f"| {what} | {target} | {measured} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
