"""Downloads the vendored JavaScript library from npm: `make vendor` or `make vendor HTMX=4.0.2`.

It is stored unchanged in static/vendor, so that neither pages nor the set-up load anything from
elsewhere. The download is compared with the digests in `static/vendor/vendored.json`. Django
packages that include such files are months behind (django-htmx: a beta).
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "static" / "vendor"
NOTES = FOLDER / "vendored.json"


def main(version: str = "") -> None:
    notes = json.loads(NOTES.read_text())
    wanted = version or notes["version"]
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(f"{notes['package']}@{wanted}", Path(folder))
        found = digest("sha512", package.read_bytes())
        if wanted == notes["version"] and found != notes["integrity"]:
            sys.exit(f"npm sent another {notes['package']} {wanted} than the one that was here.")
        files = {}
        with tarfile.open(package) as archive:
            for old, note in notes["files"].items():
                member = archive.extractfile(note["from"])
                if member is None:
                    sys.exit(f"{note['from']} is no file in {notes['package']} {wanted}.")
                content = member.read()
                new = old.replace(notes["version"], wanted)
                (FOLDER / old).unlink(missing_ok=True)
                (FOLDER / new).write_bytes(content)
                files[new] = {"from": note["from"], "sha384": digest("sha384", content)}
    notes |= {"version": wanted, "integrity": found, "files": files}
    NOTES.write_text(json.dumps(notes, indent=2) + "\n")
    print(f"{notes['package']} {wanted} is in {FOLDER.relative_to(FOLDER.parent.parent)}.")


def fetch(package: str, folder: Path) -> Path:
    command = ["npm", "pack", package, "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def digest(name: str, content: bytes) -> str:
    """In the format of npm and of the attribute `integrity`."""
    return f"{name}-{base64.b64encode(hashlib.new(name, content).digest()).decode()}"


if __name__ == "__main__":
    main(*sys.argv[1:])
