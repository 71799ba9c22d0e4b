#!/usr/bin/env bash
# Granian 2.8.9 never stops if SIGTERM or SIGINT comes while its workers still import the application, and no later signal stops it:
# it waits for workers that nobody told to stop, and they go on to serve. Once they have started, SIGTERM works at once.
# Exits non-zero if that is no longer so. Needs Python 3.11 or newer (or its name in PYTHON) and the package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "granian==2.8.9"
cat > "$folder/slow.py" <<'PYTHON'
import time

time.sleep(3)  # an application that takes a while to import


def application(environ, start_response):
    start_response("200 OK", [])
    return [b""]
PYTHON
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import os, signal, subprocess, sys, time

COMMAND = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--port", "48123", "--workers", "2"]


def stops(after, *signals):
    """Whether it ends within six seconds of the last signal, the first of which comes so many seconds after its start."""
    process = subprocess.Popen(
        [*COMMAND, "slow:application"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(after)
    for number in signals:
        process.send_signal(number)
        try:
            process.wait(6)
        except subprocess.TimeoutExpired:
            continue
        return True
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return False


found = {
    "SIGTERM after ten seconds": stops(10, signal.SIGTERM),
    "SIGTERM after one second, and again": stops(1, signal.SIGTERM, signal.SIGTERM),
    "SIGINT after one second, and again": stops(1, signal.SIGINT, signal.SIGINT),
}
for what, stopped in found.items():
    print(f"{what}: {'it stops' if stopped else 'it goes on for ever'}")
sys.exit(list(found.values()) != [True, False, False])
PYTHON
