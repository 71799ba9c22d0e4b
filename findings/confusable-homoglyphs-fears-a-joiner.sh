#!/usr/bin/env bash
# confusable-homoglyphs 3.3.1 takes Unicode's Inherited for a script of its own: accents that are stored apart, and the joiners inside words of Marathi, Sinhala
# and Persian. UTS 39 leaves Inherited out, as it does Common, which the package does leave out. One expects a word of one script to be of one script.
# It calls "ශ්‍රී ලංකා" (Sri Lanka) mixed and dangerous, "می‌دانم" (I know) mixed, and the same name, "José", dangerous or not by how its accent is stored.
# A sign-up form that asks `is_dangerous` turns such names away. Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "confusable-homoglyphs==3.3.1"
"$folder/venv/bin/python" - <<'PYTHON'
import sys, unicodedata

from confusable_homoglyphs import categories, confusables

WORDS = {
    "Sinhala, with a joiner": "ශ්\u200dරී ලංකා",
    "Persian, with a non-joiner": "می\u200cدانم",
    "Marathi, with a joiner": "तर्\u200dहा",
    "Marathi, without": "तऱ्हा",
    "José, accent apart": unicodedata.normalize("NFD", "José"),
    "José, accent in its letter": unicodedata.normalize("NFC", "José"),
    "two words, with a space": "José Sharma",
}
seen = []
for name, word in WORDS.items():
    found = bool(confusables.is_mixed_script(word)), bool(confusables.is_dangerous(word))
    print(f"{name}: {word}  {sorted(categories.unique_aliases(word))}  mixed: {found[0]}, dangerous: {found[1]}")
    seen.append(found)
mixed, dangerous, fine = (True, False), (True, True), (False, False)
sys.exit(seen != [dangerous, mixed, dangerous, fine, dangerous, fine, fine])
PYTHON
