"""Mail servers that are slow, refuse a first mail, hang, or forget to answer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.databases import free_port

GREYLISTED = "451 4.7.1 Please try again later"


@dataclass(kw_only=True)
class MailServer:
    """Takes every mail, after what its attributes say. They may change while it runs."""

    delay: float = 0  # seconds before each answer
    refusals: int = 0  # times that each mail is greylisted first
    hangs: bool = False  # takes connections and answers nothing more
    loses_answer: int = 0  # mails that are taken without an answer
    mails: list[EmailMessage] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)  # by recipient
    at_once: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.port = free_port()
        self.controller: Any = None
        self.start()

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    def next_mail(self) -> EmailMessage:
        for _ in range(300):
            if self.mails:
                return self.mails.pop(0)
            time.sleep(0.1)
        raise AssertionError("no mail came within thirty seconds")

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Nothing listens any more."""
        if self.controller:
            self.controller.stop(no_assert=True)
        self.controller = None

    async def _wait(self) -> None:
        await asyncio.sleep(self.delay)
        while self.hangs:
            await asyncio.sleep(0.05)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, lines: Any
    ) -> Any:
        await self._wait()
        session.host_name = name
        return lines

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await self._wait()
        self.at_once -= 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        await self._wait()
        self.tries[address] += 1
        if self.tries[address] <= self.refusals:
            return GREYLISTED
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await self._wait()
        mail = BytesParser(policy=policy.default).parsebytes(envelope.original_content)
        self.mails.append(mail)
        if self.loses_answer:
            self.loses_answer -= 1
            server.transport.abort()
        return "250 OK"
