"""Answers requests in one process, and says how much processor time each took. See `compared`.

It is started by its path, in the folder of whatever build it measures, so it imports nothing of
ours: `python in_process.py APPLICATION`. Each line it reads is a request, each it writes an answer.
"""

from __future__ import annotations

import base64
import gc
import io
import json
import sys
import time
from importlib import import_module
from typing import Any


def environ_of(asked: dict[str, Any]) -> dict[str, Any]:
    """A request as a WSGI server hands it over."""
    path, _, query = asked["path"].partition("?")
    body = asked["body"].encode()
    found = {
        "REQUEST_METHOD": asked["method"],
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": asked["port"],
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in asked["headers"]}
    return found | headers


def main() -> None:
    sys.path.insert(0, ".")
    module, _, name = sys.argv[1].partition(":")
    application = getattr(import_module(module), name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        environ = environ_of(json.loads(line))
        status: list[str] = []
        begun = time.process_time()
        answer = application(
            environ, lambda line_of_status, headers, status=status: status.append(line_of_status)
        )
        body = b"".join(answer)
        answer.close()
        spent = time.process_time() - begun
        result = {
            "status": int(status[0][:3]),
            "seconds": spent,
            "body": base64.b64encode(body).decode(),
        }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
