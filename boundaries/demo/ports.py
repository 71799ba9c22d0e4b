"""Whether a server could listen on a port, asked before anything is changed for it."""

from __future__ import annotations

import errno
import socket

HIGHEST = 65535


def parsed(text: str, *, command: str) -> int:
    """The port that somebody typed. Raises ValueError with a line for them if it cannot be one."""
    if text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST)):
        port = int(text)
        if 0 < port <= HIGHEST:
            return port
    raise ValueError(
        f"A port is a number from 1 to {HIGHEST}, so it can’t be “{text}”: {command} PORT=8123"
    )


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens there yet. Other faults are left to the server, which names them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, to restart
        try:
            tried.bind((host, port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True
