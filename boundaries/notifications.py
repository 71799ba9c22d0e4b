"""Mails that say something waits, and nothing of what: others may see the screen they light up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import User


def something_waits_for(*people: User) -> None:
    """Write each a letter, the same for whatever happened. It is posted once this is committed."""
    body = render_to_string("emails/something_waits.txt", {"site_url": settings.SITE_URL})
    for person in people:
        send_mail(
            _("Something is waiting for you"), body, settings.DEFAULT_FROM_EMAIL, [person.email]
        )
