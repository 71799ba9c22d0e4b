"""Ends the servers of a test run that was killed, which can no longer end them itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

# Standard input is a pipe from the run, so `read` returns when the run is gone, whatever ended it.
SCRIPT = """
read -r _
kill -s INT "$1"
for _ in $(seq 100); do
  kill -0 "$1" || break
  sleep 0.1
done
kill -s KILL "$1"
rm -rf "$2"
"""


class Watchdog:
    """Outlives this process; then ends a server within ten seconds, and deletes its folder."""

    def __init__(self, server: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "watchdog", str(server.pid), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # a signal to the whole group of the run does not end it
        )

    def stop(self) -> None:
        """The server was stopped by the run itself. Its number may soon be another process's."""
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
