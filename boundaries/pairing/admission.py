"""Which invitations let somebody make an account on a site that is not open to all (SIGN_UP).

A partner's invitation does, and one by whoever runs the site for the first of a couple. Each admits
one new account.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from boundaries.link_codes import LinkCodes
from boundaries.pairing.models import Invitation, SiteInvitation
from boundaries.pairing.rules import CODE

CODES = LinkCodes("site-invitation", CODE)


def invite(lifetime: timedelta) -> str:
    """Make an invitation for the first of a couple. Returns its code, which is stored nowhere."""
    new = SiteInvitation(expires_at=Now() + lifetime)
    code = CODES.code_of(new.pk)
    new.digest = CODES.digest(code)
    new.save(force_insert=True)
    return code


def count_open() -> int:
    """How many of these invitations nobody has used yet."""
    live = SiteInvitation.objects.live().values_list("pk", "digest")
    return sum(bool(CODES.kept_code(pk, digest)) for pk, digest in live)


def end(text: str) -> bool:
    """End the invitation whose code or link this is. Returns whether there was one."""
    deleted, _ = SiteInvitation.objects.filter(digest__in=CODES.digests_in(text)).delete()
    return bool(deleted)


def found(text: str) -> uuid.UUID | None:
    """The live invitation of this code or link. Looking changes nothing."""
    live = SiteInvitation.objects.live().filter(digest__in=CODES.digests_in(text))
    return live.values_list("pk", flat=True).first()


def admits(*, partners: uuid.UUID | None, sites: uuid.UUID | None) -> bool:
    """Whether one of these two invitations still admits somebody."""
    return bool(
        (partners and Invitation.objects.admitting().filter(pk=partners).exists())
        or (sites and SiteInvitation.objects.live().filter(pk=sites).exists())
    )


@transaction.atomic
def use_up(*, partners: uuid.UUID | None, sites: uuid.UUID | None) -> bool:
    """Admit one person by one of these invitations. A partner's can still be joined afterwards."""
    if partners and Invitation.objects.admitting().filter(pk=partners).update(admitted=True):
        return True
    return bool(sites and SiteInvitation.objects.live().filter(pk=sites).delete()[0])


def clear_away() -> None:
    """Delete invitations that have run out."""
    SiteInvitation.objects.filter(expires_at__lte=Now()).delete()
