"""Sets one page in a process of its own: JSON in, a PDF out. It knows nothing of the site."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import typst

SECONDS, MEMORY = 10, 1024**3  # of processor time; in bytes
HERE = Path(__file__).parent


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.load(sys.stdin)
    fonts, boxes = asked.pop("fonts"), asked.pop("boxes")
    try:
        made = compiled(asked, fonts, pdf_standards=["ua-1"])
    except typst.TypstError:  # a character that no font has; the standard allows no empty box
        made = compiled(asked | {"boxes": boxes}, fonts)
    sys.stdout.buffer.write(made)


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
