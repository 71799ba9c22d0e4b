"""Mails saying that something is waiting: at most one per subject until the recipient acts.

A mail does not say what is waiting, because others may see the recipient's screen.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.mail import send_mail
from django.db import models
from django.db.models import Exists, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import languages
from boundaries.seats.models import Couple, NotPaired, Seat
from boundaries.vocabulary import Side

if TYPE_CHECKING:
    from accounts.models import User


class Subject(models.TextChoices):
    """What a mail can be about. The text of the mail is always the same."""

    AGREEMENTS = "agreements"
    THERAPIST_SHEET = "therapist-sheet"
    TALK = "talk"
    REPAIR = "repair"


class Notified(models.Model):
    """One partner was mailed about something and has not acted on it since.

    A row holds the side and the subject but no time, so it reveals no more than the lists on the
    couple and the talk that it replaces. It is deleted when that side acts, or with the couple.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, models.DB_CASCADE, related_name="+")
    side = models.CharField(max_length=5, choices=Side)
    subject = models.CharField(max_length=15, choices=Subject)
    talk = models.UUIDField(null=True)  # its id; a talk is only deleted with its couple

    objects: ClassVar = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["couple", "side", "subject"],
                condition=Q(talk=None),
                name="notified_once_about_a_subject",
            ),
            models.UniqueConstraint(
                fields=["couple", "side", "talk"],
                condition=Q(talk__isnull=False),
                name="notified_once_about_a_talk",
            ),
            models.CheckConstraint(
                condition=Q(subject=Subject.TALK, talk__isnull=False)
                | (~Q(subject=Subject.TALK) & Q(talk=None)),
                name="notified_names_a_talk_exactly_for_talks",
            ),
        ]

    def __str__(self) -> str:
        return f"notified {self.pk}"


def something_waits_for(*people: User) -> None:
    """Mail each person the same, whatever is waiting, in their own language. It is sent after the
    commit.
    """
    for person in people:
        language = languages.language_of(person)
        with languages.written_in(language):
            subject, body = _something_waits(language, settings.SITE_URL)
            send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email])


@lru_cache(maxsize=32)
def _something_waits(language: str, site_url: str) -> tuple[str, str]:
    """Subject and text, which must be asked for while this language is active.

    They are the same for everybody, and kept so that whoever has somebody mailed cannot find out
    that person's language by how long it takes.
    """
    body = render_to_string("emails/something_waits.txt", {"site_url": site_url})
    return _("Something is waiting for you"), body


def notify_partner_once(seat: Seat, subject: Subject) -> None:
    """Mail the partner, unless they were mailed about this and have not acted since.

    Runs at most two queries besides storing the mail. The couple must be locked.
    """
    pending = Notified.objects.filter(couple=seat.couple_id, side=seat.other_side, subject=subject)
    partner = _partner(seat).annotate(is_notified=Exists(pending)).get()
    if not partner.is_notified:
        mark_notified(seat, subject)
        something_waits_for(partner.user)


def notify_partner(seat: Seat) -> None:
    """Mail the partner, even if they were mailed before."""
    for partner in _partner(seat):
        something_waits_for(partner.user)


def mark_notified(seat: Seat, subject: Subject, *, talk: uuid.UUID | None = None) -> None:
    """Record that the partner was mailed about this. The couple must be locked."""
    if seat.couple is None or seat.other_side is None:
        raise NotPaired
    row = Notified(couple=seat.couple, side=seat.other_side, subject=subject, talk=talk)
    row.save(force_insert=True)


def talks_pending(seat: Seat, talks: Q) -> set[uuid.UUID]:
    """Return which of these talks the partner was mailed about and has not acted in since."""
    mailed = Notified.objects.filter(talks, couple=seat.couple_id, side=seat.other_side)
    return {talk for talk in mailed.values_list("talk", flat=True) if talk}


def has_acted(seat: Seat, subject: Subject) -> None:
    """Record that this person has acted, so they may be mailed about it again. One query."""
    Notified.objects.filter(couple=seat.couple_id, side=seat.side, subject=subject).delete()


def has_acted_in_talk(seat: Seat, talk: uuid.UUID, *, both: bool = False) -> None:
    """The same for a talk; `both` says that the partner has acted as well. One query."""
    rows = Notified.objects.filter(couple=seat.couple_id, talk=talk)
    (rows if both else rows.filter(side=seat.side)).delete()


def _partner(seat: Seat) -> QuerySet[Seat]:
    partner: QuerySet[Seat] = Seat.objects.filter(couple=seat.couple_id, side=seat.other_side)
    return partner.select_related("user")
