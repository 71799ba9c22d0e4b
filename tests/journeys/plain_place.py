"""Plays the plain page that "Leave quickly" goes to: another site, which may be slow to answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!DOCTYPE html><title>Weather</title><h1>Sunny spells</h1>"


class Place:
    """Where it is, and how many seconds it takes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.slow = 0.0


@contextmanager
def plain_place() -> Iterator[Place]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(place.slow)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    place = Place(f"http://127.0.0.1:{server.server_port}/weather")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield place
    server.shutdown()
    server.server_close()
    thread.join()
