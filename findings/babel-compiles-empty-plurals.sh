#!/usr/bin/env bash
# Babel's write_mo leaves out a text that is not translated, but writes a plural that is not: as no words at all. gettext then
# shows nothing where it should show the English. GNU's msgfmt leaves out both.
# Seen on Babel 2.19.0. Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "babel==${BABEL:-2.19.0}"
"$folder/venv/bin/python" - <<'PYTHON'
import gettext, io, sys
from importlib.metadata import version

from babel.messages import Catalog
from babel.messages.mofile import write_mo

catalog = Catalog(locale="hi")
catalog.add("Done", "")
catalog.add(("a cup", "%(n)d cups"), ("", ""))
file = io.BytesIO()
write_mo(file, catalog)
found = gettext.GNUTranslations(io.BytesIO(file.getvalue()))
one, plural = found.gettext("Done"), found.ngettext("a cup", "%(n)d cups", 2)
print(version("babel"))
print("a text that is not translated:", repr(one))
print("a plural that is not translated:", repr(plural))
sys.exit(not (one == "Done" and plural == ""))
PYTHON
