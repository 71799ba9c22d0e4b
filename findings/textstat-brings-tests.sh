#!/usr/bin/env bash
# textstat 0.7.8 installs a second top-level package, `tests`: its own tests stand in the wheel beside the library. A project whose tests
# are a package of that name gets textstat's instead wherever site-packages comes first on the path, such as in mypy's plugin for Django,
# which then cannot import `tests.settings`. 0.7.4 installs textstat alone. Exits non-zero if that is no longer so. Needs Python 3.11+.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/project/tests"
touch "$folder/project/tests/__init__.py" "$folder/project/tests/settings.py"
seen() {
  "${PYTHON:-python3}" -m venv "$folder/$1"
  "$folder/$1/bin/pip" install -q "textstat==$1" 'setuptools<81' 2>/dev/null
  # As a console script does that adds the project to the end of its path.
  (cd "$folder/project" && "$folder/$1/bin/python" -P - <<'PYTHON'
import sys

sys.path.append(".")
try:
    import tests.settings
    print("the project's own")
except ModuleNotFoundError as error:
    print(error)
PYTHON
  )
}
old=$(seen 0.7.4)
new=$(seen 0.7.8)
echo "0.7.4  tests.settings is $old"
echo "0.7.8  $new"
[[ $old == "the project's own" && $new == "No module named 'tests.settings'" ]]
