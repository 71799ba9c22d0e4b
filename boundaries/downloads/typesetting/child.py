"""Makes one PDF in a process of its own, from JSON on stdin. It imports nothing of the site."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import typst

# Measured with one thread, for 200,000 characters (more than two people can agree on): up to
# 137 MiB and 1.5 s of processor time. The rest is for slow machines and larger fonts.
SECONDS, MEMORY = 20, 512 * 1024**2
HERE = Path(__file__).parent


def main() -> None:
    limit(resource.RLIMIT_CPU, SECONDS)
    limit(resource.RLIMIT_DATA, MEMORY)  # RLIMIT_AS would also count reserved memory
    limit(resource.RLIMIT_CORE, 0)  # a core file would contain users' text
    data = json.load(sys.stdin)
    fonts, boxes, exact = (data.pop(name) for name in ("fonts", "boxes", "exact"))
    try:
        pdf = compiled(data, fonts, pdf_standards=["ua-1"])
        if not exact:  # the claim would be wrong in some readers
            pdf = compiled(data, fonts)
    except typst.TypstError:  # a character is in no font, and the standard allows no empty box
        pdf = compiled(data | {"boxes": boxes}, fonts)
    sys.stdout.buffer.write(pdf)


def limit(kind: int, maximum: int) -> None:
    """Set a limit, or keep the process's own limit if that is lower."""
    _, given = resource.getrlimit(kind)
    allowed = maximum if given == resource.RLIM_INFINITY else min(maximum, given)
    resource.setrlimit(kind, (allowed, allowed))


def compiled(data: dict[str, Any], fonts: list[str], **standards: Any) -> bytes:
    compiler = typst.Compiler(
        HERE / "page.typ",
        root=HERE,
        font_paths=[HERE / "fonts", *map(Path, fonts)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
    pdf = compiler.compile(format="pdf", **standards)
    return pdf if isinstance(pdf, bytes) else b""


if __name__ == "__main__":
    main()
