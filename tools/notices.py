"""Writes THIRD-PARTY-NOTICES from what is installed: `make notices`.

It covers what a running site uses: the packages of requirements.txt, htmx, the fonts and the word
list. pip-licenses prints only the first licence file of a package, and cryptography, Django and
others have several; so this reads the fields of PEP 639 with importlib.metadata.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from tools import fonts, vendor

ROOT = Path(__file__).parent.parent
NOTICES = ROOT / "THIRD-PARTY-NOTICES"
RULE = "=" * 100

# Licences whose code may be combined with ours (AGPL-3.0-or-later). regex needs the additional
# permission in NOTICE: the CNRI license names the law of a state, which the GPL does not allow.
COMPATIBLE = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 AND BSD-2-Clause",
    "Apache-2.0 AND CNRI-Python",
    "Apache-2.0 OR BSD-3-Clause",
    "BSD-2-Clause",
    "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "BSD-3-Clause",
    "BSD-3-Clause AND MIT",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "PSF-2.0",
}
# What these packages' licence files say. Their metadata has no expression.
READ_BY_HAND = {
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "python-bidi": "LGPL-3.0-or-later",
    "qrcode": "BSD-3-Clause AND MIT",
    "sqlparse": "BSD-3-Clause",
}
# What wheels contain besides the package itself.
COMPILED_IN = {
    "cryptography": "OpenSSL (Apache-2.0)",
    "psycopg-binary": (
        "libpq (PostgreSQL), OpenSSL (Apache-2.0), MIT Kerberos (MIT), OpenLDAP (OLDAP-2.8),"
        " Cyrus SASL (BSD-4-Clause-UC)"
    ),
    "python-bidi": "crates of Rust, listed in its LICENSE-THIRD-PARTY.yml below",
    "typst": "Typst and its fonts, which the site does not use",
}

INTRODUCTION = """\
Third-party notices
{rule}

Common Ground contains or uses the works below. This file is written by `make notices`.

"""
ICONS = """\
Icons
-----
static/img and static/root: drawn for Common Ground, under its licence. The PNG and ICO files are
static/img/mark.svg in other sizes. The marks on the pages are drawn in the templates.

"""
WORD_LIST = """\
Word list
---------
boundaries/content/control/en.txt: from SCOWL, http://wordlist.aspell.net. Its notices are in
en.copyright.txt beside it.
SHA-256 {digest}

"""


def written() -> str:
    """The whole file."""
    return "".join(
        (
            INTRODUCTION.format(rule="=" * 19),
            *of_htmx(),
            *of_fonts(),
            WORD_LIST.format(digest=digest(ROOT / "boundaries/content/control/en.txt")),
            ICONS,
            *of_packages(),
        )
    )


def of_htmx() -> Iterator[str]:
    notes = json.loads(vendor.NOTES.read_text())
    yield f"htmx {notes['version']}\n{'-' * (5 + len(notes['version']))}\n"
    yield f"static/vendor, unchanged from {notes['package']} on npm ({notes['integrity']})\n"
    yield f"Licence: {notes['licence']}\n\n"


def of_fonts() -> Iterator[str]:
    yield "Fonts\n-----\n"
    yield "All are under the SIL Open Font License 1.1, in OFL.txt beside the files.\n\n"
    how = {
        "no": "unchanged",
        "renamed": "renamed, otherwise unchanged",
        "slanted": "slanted, otherwise unchanged",
        "subset": "a subset",
    }
    for package in fonts.packages():
        for file in package["file"]:
            yield f"{file['path']}\n"
            yield f"  {how[file['changed']]}, from {file['from']} in {package['name']}"
            yield f" {package['version']} on npm\n  {package['home']}\n  {package['copyright']}\n"
            if reserved := package.get("reserved"):
                yield f"  Reserved Font Name: {reserved}\n"
            yield f"  SHA-256 {digest(ROOT / file['path'])}\n\n"


def of_packages() -> Iterator[str]:
    """Each package with its licence; the texts come after that, each once."""
    packages = [(package, licence(package)) for package in runtime()]
    yield "Python packages\n---------------\n"
    texts: dict[str, list[str]] = {}
    for package, expression in packages:
        yield f"{package.name} {package.version}: {expression}\n"
        if compiled_in := COMPILED_IN.get(package.name):
            yield f"  its wheels contain {compiled_in}\n"
        if home := home_page(package):
            yield f"  {home}\n"
        for name, text in licence_files(package):
            texts.setdefault(text, []).append(f"{package.name}: {name}")
    for text, names in texts.items():
        yield f"\n{RULE}\n" + "\n".join(names) + f"\n{RULE}\n{text}\n"


def runtime() -> list[Distribution]:
    """The installed packages of requirements.txt. What only other systems need is left out."""
    packages = []
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)==\S+ *(;?)", line):
            try:
                packages.append(distribution(found[1]))
            except PackageNotFoundError:
                if not found[2]:
                    raise
    return packages


def licence(package: Distribution) -> str:
    """Its licence as an SPDX expression. Raises LookupError if it cannot be combined with ours."""
    name, metadata = package.name.lower(), package.metadata
    found = metadata.get("License-Expression") or READ_BY_HAND.get(name) or metadata.get("License")
    if found not in COMPATIBLE:
        raise LookupError(f"{package.name}: is {found!r} compatible? See tools/notices.py.")
    return str(found)


def home_page(package: Distribution) -> str:
    """The first of its addresses, which is mostly that of its source."""
    addresses = dict(line.split(", ", 1) for line in package.metadata.get_all("Project-URL") or [])
    wanted = ("source", "source code", "repository", "github", "code", "homepage", "home")
    by_name = {name.lower(): address for name, address in addresses.items()}
    found = (by_name[name] for name in wanted if name in by_name)
    return next(found, package.metadata.get("Home-page") or next(iter(addresses.values()), ""))


def licence_files(package: Distribution) -> Iterator[tuple[str, str]]:
    for file in sorted(package.files or [], key=str):
        inside = str(file).partition(".dist-info/")[2].removeprefix("licenses/")
        if re.match(r"(licenses/)?(licen[sc]e|copying|notice)", inside, re.IGNORECASE):
            yield inside, Path(str(file.locate())).read_text().strip().replace("\r\n", "\n")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    try:
        NOTICES.write_text(written())
    except LookupError as error:
        sys.exit(str(error))
    print(f"Written: {NOTICES.name}")
