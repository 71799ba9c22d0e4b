"""What can be noticed of a request besides its answer: statements, work, logs and keys used."""

from __future__ import annotations

import gc
import logging
import operator
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest import mock
from urllib.parse import clear_cache  # type: ignore[attr-defined]

from django.conf import settings
from django.db import connection
from django.test.testcases import LiveServerThread

from accounts import encryption
from accounts.encryption import DataKey

SAVEPOINT = re.compile(r"s\d+_x\d+")
# A log record holds these whatever it tells: when it was made, how long after the request came in
# (work is counted here, and time is measured in test_time), and in which thread.
OF_THE_MOMENT = {
    *("created", "msecs", "relativeCreated", "exc_text", "took"),
    *("thread", "threadName", "process", "processName", "taskName"),
}
# Where more than one's own keys are used: the opening, parting, which writes a copy for the other
# under a key of its own, and for who holds the code of a sheet.
OPENING = {
    ("boundaries.answers.models", "opened_to"),
    ("boundaries.answers.models", "hide_for_both"),
    ("boundaries.agreements.models", "put"),
    ("boundaries.check_ins.models", "opened_to"),
    ("boundaries.repair.models", "give_back"),  # encrypts for each what they had sent, reads none
    ("boundaries.therapist_sheet.rules", "read"),
}


@dataclass
class Noticed:
    """What was noticed during one request."""

    statements: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)  # of ciphertext, its length
    logged: list[dict[str, str]] = field(default_factory=list)
    keys: list[tuple[str, bool]] = field(default_factory=list)  # whose, and whether in the opening
    work: int = 0


class Listener(logging.Handler):
    """Hears every record of every logger, sees each statement, and each data key that is used."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Noticed()
        self.ciphertexts: set[bytes] = set()

    def emit(self, record: logging.LogRecord) -> None:
        fields = vars(record).items()
        self.now.logged.append(
            {name: _read(it) for name, it in fields if name not in OF_THE_MOMENT}
        )

    @contextmanager
    def request(self, *, count_work: bool) -> Iterator[Noticed]:
        """During one request. Yields what was noticed, for afterwards."""
        self.now = noticed = Noticed()
        # Small caches that hold what anybody asked for last; filling them is work.
        logging.root.manager._clear_cache()  # type: ignore[attr-defined]
        clear_cache()

        def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            noticed.statements.append(SAVEPOINT.sub("savepoint", sql))
            noticed.parameters.append(self._plain(params))
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(record))
            calls = stack.enter_context(_counted()) if count_work else None
            yield noticed
        noticed.work = calls.cache_info().misses if calls else 0
        self.now = Noticed()

    def _plain(self, value: Any) -> Any:
        """What the database is told. Nothing is left out but what is encrypted just now."""
        if isinstance(value, list | tuple):
            return [self._plain(item) for item in value]
        raw = getattr(value, "obj", value)  # the wrapping that either driver gives to bytes
        if isinstance(raw, bytes):
            return len(raw) if raw in self.ciphertexts else bytes(raw)
        return repr(value)


@contextmanager
def listening() -> Iterator[Listener]:
    """To everything that would be logged if somebody set LOG_LEVEL to DEBUG."""
    listener = Listener()
    true_unwrap, true_sealed = encryption.unwrap, encryption._encrypted

    def unwrapped(key: DataKey) -> bytes:
        listener.now.keys.append((key.owner, _is_opening()))
        return true_unwrap(key)

    def sealed(*args: Any) -> bytes:
        ciphertext = true_sealed(*args)
        listener.ciphertexts.add(ciphertext)
        return ciphertext

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(encryption, "unwrap", unwrapped))
        stack.enter_context(mock.patch.object(encryption, "_encrypted", sealed))
        stack.enter_context(mock.patch.object(logging.root, "handlers", [listener]))
        stack.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.NOTSET)
        for logger in _loggers():
            stack.enter_context(mock.patch.object(logger, "propagate", True))
            stack.enter_context(mock.patch.object(logger, "disabled", False))
            if logger.level == logging.getLevelName(settings.LOG_LEVEL):
                stack.callback(logger.setLevel, logger.level)
                logger.setLevel(logging.DEBUG)
        yield listener


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the collector of garbage, whose work falls on whoever is there.

    And without a server in another thread, whose work would be counted too.
    """
    assert not any(isinstance(thread, LiveServerThread) for thread in threading.enumerate())
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


@contextmanager
def _counted() -> Iterator[Any]:
    """How many Python functions are entered: work that shows in no byte and in no query.

    What counts is a cache that keeps nothing, and so counts in C what it missed.
    """
    calls = lru_cache(maxsize=0)(operator.is_)
    monitoring = sys.monitoring
    monitoring.use_tool_id(4, "work")
    monitoring.register_callback(4, monitoring.events.PY_START, calls)
    monitoring.set_events(4, monitoring.events.PY_START)
    try:
        yield calls
    finally:
        monitoring.set_events(4, 0)
        monitoring.free_tool_id(4)


def _loggers() -> list[logging.Logger]:
    there = logging.root.manager.loggerDict.values()
    return [logging.root, *(logger for logger in there if isinstance(logger, logging.Logger))]


def _is_opening() -> bool:
    frame: Any = sys._getframe()
    while frame:
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) in OPENING:
            return True
        frame = frame.f_back
    return False


def _read(value: Any) -> str:
    """All that a format could make of it: of a fault, what it says and what it came from."""
    if isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], BaseException):
        value = value[1]  # of `exc_info`
    if not isinstance(value, BaseException):
        return repr(value)
    faults: list[BaseException] = []
    fault: BaseException | None = value
    while fault is not None and fault not in faults:
        faults.append(fault)
        fault = fault.__cause__ or fault.__context__
    return repr([(error, str(error), getattr(error, "__notes__", [])) for error in faults])
