"""Sends letters: claims one, commits, sends it, and deletes it.

While the mail server is spoken to, no transaction is open and no row is locked, however long that
takes. So a mail is sent twice only if its worker was killed in between, or if the mail server had
taken it and its answer was lost.
"""

from __future__ import annotations

import logging
import smtplib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from django.core.mail import mailers
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.daytime import daytime_from
from accounts.messages import message_of
from accounts.models import Letter, SentLetter
from accounts.tasks import TaskFailed

FIRST_DELAY = timedelta(seconds=15)  # doubled with each try: many servers refuse a first mail
MAX_DELAY = timedelta(minutes=15)
MAX_AGE = timedelta(days=2)
SENT_KEPT_FOR = timedelta(hours=1)  # longer than a code lives
AT_ONCE = 4  # letters that a worker sends at the same time
POLL_INTERVAL = 1.0  # seconds
DATABASE_RETRY_DELAY = 1.0  # seconds
PAUSE = 5.0  # seconds, after a fault of another kind
ALARMING_AFTER = 3  # tries
MAX_DIALOGUE = timedelta(minutes=2)  # with a mail server, before somebody should know of it

logger = logging.getLogger(__name__)


class MailServerDown(Exception):
    """The mail server cannot be reached, does not answer, or lets nobody in."""


def claim(worker: str, free: int) -> list[Letter]:
    """Claim letters that are due: urgent ones first, then the oldest.

    One place is left free for an urgent letter that may come.
    """
    with transaction.atomic():
        urgent = _due(urgent=True)[:free]
        letters = list(urgent)
        others = free - len(letters) - 1
        if others > 0:
            letters += _due(urgent=False)[:others]
        _mark(letters, worker)
    return letters


def _due(*, urgent: bool) -> QuerySet[Letter]:
    waiting = Letter.objects.filter(claimed_by="", urgent=urgent, due_at__lte=Now())
    return waiting.order_by("due_at").select_for_update(skip_locked=True)


def _mark(letters: list[Letter], worker: str) -> None:
    for letter in letters:
        letter.claimed_by = worker
    if ids := [letter.pk for letter in letters]:
        Letter.objects.filter(pk__in=ids).update(claimed_by=worker, tried_at=Now())


def post_now(letter_id: str) -> None:
    """Send one letter, unless a worker has claimed it. Raises TaskFailed if it is not sent."""
    with transaction.atomic():
        free = Letter.objects.select_for_update(skip_locked=True).filter(claimed_by="")
        letter = free.filter(pk=letter_id).first()
        if letter is None:
            return
        _mark([letter], f"for {letter.pk.hex}")
    if not deliver(letter):
        raise TaskFailed


def deliver(letter: Letter, *, giving_up: threading.Event | None = None) -> bool:
    """Send a claimed letter and delete it, or put it off. Returns False if it was refused.

    Raises MailServerDown if the server is to blame, so that no other letter fares better.
    """
    if morning := _morning(letter, timezone.now()):
        release(letter, due_at=morning)
        return True
    try:
        mailers["post"].send_messages([message_of(letter)])
    except Exception as error:
        what = _what_failed(error)
        if letter.tries < ALARMING_AFTER:
            logger.warning("a mail was not taken", extra={"what": what})
        else:
            logger.error("a mail was not taken", extra={"what": what})
        _persist(lambda: _put_off(letter), giving_up)
        if isinstance(error, OSError) and not _is_about_this_letter(error):
            raise MailServerDown from error
        return False
    _persist(lambda: _forget(letter), giving_up)
    return True


def _morning(letter: Letter, now: datetime) -> datetime | None:
    """When a reminder may be sent that has to wait for the day."""
    morning = daytime_from(now, letter.by_day_in) if letter.by_day_in else now
    return None if morning == now else morning


@transaction.atomic
def _forget(letter: Letter) -> None:
    if letter.urgent:
        SentLetter.objects.get_or_create(pk=letter.pk, defaults={"at": Now()})
    Letter.objects.filter(pk=letter.pk).delete()


def _put_off(letter: Letter) -> None:
    delay = min(FIRST_DELAY * 2 ** min(letter.tries, 10), MAX_DELAY)
    release(letter, due_at=Now() + delay, tries=letter.tries + 1)


def release(letter: Letter, **changes: object) -> None:
    """Give a letter back that was not sent, unless it is another worker's by now."""
    mine = Letter.objects.filter(pk=letter.pk, claimed_by=letter.claimed_by)
    mine.update(claimed_by="", **changes)


def release_orphans(alive: set[str], dead_after: timedelta) -> int:
    """Free the letters whose worker died while it was sending them. Returns how many."""
    claimed = Letter.objects.exclude(claimed_by="").exclude(claimed_by__in=alive)
    return claimed.filter(tried_at__lt=Now() - dead_after).update(claimed_by="")


def delete_outdated() -> None:
    """After two days nobody waits for a mail any more, and a code in it has expired."""
    Letter.objects.filter(written_at__lt=Now() - MAX_AGE).delete()
    SentLetter.objects.filter(at__lt=Now() - SENT_KEPT_FOR).delete()


def is_any_waiting_for(age: timedelta) -> bool:
    """Whether a letter has been due for so long and was never tried."""
    return Letter.objects.filter(claimed_by="", tries=0, due_at__lt=Now() - age).exists()


def _persist(write: Callable[[], None], giving_up: threading.Event | None) -> None:
    """Try until the database is back, if it is away: what was sent must not be sent again."""
    while True:
        try:
            return write()
        except (DatabaseError, InterfaceError):
            if giving_up is None or giving_up.is_set():
                raise
            connection.close()
            time.sleep(DATABASE_RETRY_DELAY)


def _is_about_this_letter(error: Exception) -> bool:
    """Whether the mail server has answered, and refused this sender, recipient or text."""
    about = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
    return isinstance(error, about)


def _what_failed(error: Exception) -> str:
    """One of a few fixed texts: the server's own may hold an address."""
    if _is_about_this_letter(error):
        codes = [getattr(error, "smtp_code", 0)]
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _ in error.recipients.values()]
        later = all(400 <= code < 500 for code in codes)
        return "the mail server asks to try again later" if later else "the mail server refuses it"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server refuses the login"
    if isinstance(error, TimeoutError):
        return "the mail server does not answer in time"
    return "the mail server cannot be reached" if isinstance(error, OSError) else "a fault"


class Postman:
    """Sends what is due, several letters at a time, until it is told to stop."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.stopping = threading.Event()
        self.down_since: datetime | None = None  # while the mail server takes nothing
        self._begun: dict[Future[None], datetime] = {}
        self._places = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="postman")
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Claim nothing more, and wait so long for the mails that are under way."""
        self.stopping.set()
        self._thread.join(seconds)

    def no_mail_since(self) -> datetime | None:
        """Since when the mail server takes nothing or keeps a mail waiting, if it does."""
        oldest = min(self._begun.copy().values(), default=None)
        if self.down_since or oldest is None or oldest > timezone.now() - MAX_DIALOGUE:
            return self.down_since
        return oldest

    def _run(self) -> None:
        while not self.stopping.is_set():
            pause = POLL_INTERVAL
            try:
                if self._hand_out():
                    pause = 0.05
            except (OperationalError, InterfaceError):
                pass  # the database is away: config.postgresql has logged it
            except Exception:
                logger.exception("upkeep failed")
                pause = PAUSE
            connection.close()
            self.stopping.wait(pause)
        self._places.shutdown(wait=True)

    def _hand_out(self) -> bool:
        self._begun = {mail: at for mail, at in self._begun.items() if not mail.done()}
        letters = claim(self.worker, AT_ONCE - len(self._begun))
        for letter in letters:
            self._begun[self._places.submit(self._post, letter)] = timezone.now()
        if self.down_since and not letters and not Letter.objects.exists():
            self.down_since = None
        return bool(letters)

    def _post(self, letter: Letter) -> None:
        try:
            deliver(letter, giving_up=self.stopping)
            self.down_since = None
        except MailServerDown:
            self.down_since = self.down_since or timezone.now()
        except (DatabaseError, InterfaceError):
            logger.error("a mail may be sent twice")  # it stops while the database is away
        finally:
            connection.close()
