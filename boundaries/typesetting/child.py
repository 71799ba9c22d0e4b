"""Sets one page in a process of its own: JSON in, a PDF out. It knows nothing of the site."""

import json
import resource
import sys
from pathlib import Path

import typst

SECONDS, MEMORY = 10, 1024**3  # of processor time; in bytes
HERE = Path(__file__).parent


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.load(sys.stdin)
    compiler = typst.Compiler(
        HERE / "page.typ",
        root=HERE,
        font_paths=[HERE / "fonts", *asked.pop("fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(asked)},
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if isinstance(made, bytes):
        sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
