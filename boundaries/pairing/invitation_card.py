"""The ways to pass on an invitation: a link, a code, a QR picture, three messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import qr
from accounts.codes import grouped


@dataclass(frozen=True, slots=True)
class Message:
    """A kind message with the link, ready to send, in one of three tones."""

    id: str
    tone: str | Promise
    text: str

    @property
    def mail(self) -> str:
        """An address that opens a letter with this message in a mail program."""
        subject = _("For the two of us")
        return f"mailto:?subject={quote(subject)}&body={quote(self.text)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCard:
    """Everything that its maker needs to pass on a code."""

    code: str  # in groups of four, as it is read aloud
    link: str
    address: str  # where the code is typed
    picture: SafeString  # drawn into the page: no second request carries the code
    messages: tuple[Message, ...]

    @classmethod
    def of(cls, code: str) -> Self:
        address = urljoin(settings.SITE_URL, reverse("joining"))
        spaced = grouped(code)
        link = f"{address}#{spaced}"  # the fragment: no server, log or referrer ever sees it
        return cls(
            code=spaced,
            link=link,
            address=address,
            picture=qr.picture(link),
            messages=_messages(link, address, spaced),
        )


def _messages(link: str, address: str, code: str) -> tuple[Message, ...]:
    values = {"link": link, "address": address, "code": code}
    how = _("%(link)s\nIf the link doesn’t open, go to %(address)s and type %(code)s") % values
    return (
        Message(
            "warm",
            _("Warm"),
            _(
                "I found something I’d like to do with you. Each on our own, we answer some cards "
                "about what’s OK for us. Neither of us sees anything until we’re both ready. It "
                "takes about ten minutes, and there’s no hurry."
            )
            + f"\n\n{how}",
        ),
        Message(
            "light",
            _("Light"),
            _(
                "A little experiment for the two of us: we each say what’s fine and what isn’t, in "
                "private. Then we look together at where we agree. Ten minutes. Are you in?"
            )
            + f"\n\n{how}",
        ),
        Message(
            "plain",
            _("Plain"),
            _(
                "I’ve started Common Ground and I’d like you to join. You answer privately, "
                "nothing is shown until we’re both ready, and you can say no."
            )
            + f"\n\n{how}",
        ),
    )
