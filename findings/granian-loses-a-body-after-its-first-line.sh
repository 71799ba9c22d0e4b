#!/usr/bin/env bash
# Granian 2.8.9, WSGI: after `readline()`, the body of a request reads as empty. PEP 3333 says that wsgi.input reads like a file, so one expects
# `read()` and `readlines()` to give the rest, as waitress 3.0.2 does. The rest is gone, without an error: a table whose first line is read as its heading has no rows.
# `readline(5)` gives the whole line, and `read(-1)`, which reads to the end of any file, raises OverflowError. Going on by `for line in …` does work.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON), curl and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check "granian==2.8.9" "waitress==3.0.2"
read -r one two < <(python3 -c 'import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
cat > table.py <<'PYTHON'
WAYS = {
    "/read": lambda body: (body.readline(), body.read()),
    "/readlines": lambda body: (body.readline(), body.readlines()),
    "/for": lambda body: (body.readline(), list(body)),
    "/five": lambda body: (body.readline(5), body.read()),
    "/minus": lambda body: body.read(-1),
}


def application(environ, start_response):
    try:
        seen = WAYS[environ["PATH_INFO"]](environ["wsgi.input"])
    except Exception as error:
        seen = error
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr(seen).encode()]
PYTHON
venv/bin/python -m granian --interface wsgi --no-ws --port "$one" --workers 1 table:application >granian.log 2>&1 &
venv/bin/waitress-serve --listen="127.0.0.1:$two" table:application >waitress.log 2>&1 &
ask() { curl -s --retry 20 --retry-connrefused --retry-delay 1 --max-time 30 --data-binary $'heading\nAnna\nBo\n' "http://127.0.0.1:$1$2"; }
seen=$(for way in /read /readlines /for /five /minus; do
  echo "$way"
  echo "  granian  $(ask "$one" "$way")"
  echo "  waitress $(ask "$two" "$way")"
done)
echo "$seen"
diff - <(echo "$seen") <<'END'
/read
  granian  (b'heading\n', b'')
  waitress (b'heading\n', b'Anna\nBo\n')
/readlines
  granian  (b'heading\n', [])
  waitress (b'heading\n', [b'Anna\n', b'Bo\n'])
/for
  granian  (b'heading\n', [b'Anna\n', b'Bo\n'])
  waitress (b'heading\n', [b'Anna\n', b'Bo\n'])
/five
  granian  (b'heading\n', b'')
  waitress (b'headi', b'ng\nAnna\nBo\n')
/minus
  granian  OverflowError("can't convert negative int to unsigned")
  waitress b'heading\nAnna\nBo\n'
END
