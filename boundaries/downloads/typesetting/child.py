"""Sets one page in a process of its own: JSON in, a PDF out. It knows nothing of the site."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import typst

# Measured with one thread, for 200,000 characters, more than any two people can agree on: 137 MiB
# and 1.5 s of processor time at the most. The rest is for slow machines and for larger fonts.
SECONDS, MEMORY = 20, 512 * 1024**2
HERE = Path(__file__).parent


def main() -> None:
    limit(resource.RLIMIT_CPU, SECONDS)
    limit(resource.RLIMIT_DATA, MEMORY)  # not RLIMIT_AS, which also counts what is only reserved
    limit(resource.RLIMIT_CORE, 0)  # a core file would hold people's words
    asked = json.load(sys.stdin)
    fonts, boxes, exact = (asked.pop(name) for name in ("fonts", "boxes", "exact"))
    try:
        made = compiled(asked, fonts, pdf_standards=["ua-1"])
        if not exact:  # it would claim what is not so in every reader
            made = compiled(asked, fonts)
    except typst.TypstError:  # a character that no font has; the standard allows no empty box
        made = compiled(asked | {"boxes": boxes}, fonts)
    sys.stdout.buffer.write(made)


def limit(kind: int, most: int) -> None:
    """Set a limit, or keep the one this process was started with where that is lower."""
    _, given = resource.getrlimit(kind)
    allowed = most if given == resource.RLIM_INFINITY else min(most, given)
    resource.setrlimit(kind, (allowed, allowed))


def compiled(data: dict[str, Any], fonts: list[str], **standards: Any) -> bytes:
    compiler = typst.Compiler(
        HERE / "page.typ",
        root=HERE,
        font_paths=[HERE / "fonts", *map(Path, fonts)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
    made = compiler.compile(format="pdf", **standards)
    return made if isinstance(made, bytes) else b""


if __name__ == "__main__":
    main()
