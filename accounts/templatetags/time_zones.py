"""What templates show of time zones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from accounts import time_zones

if TYPE_CHECKING:
    from accounts.models import User

register = template.Library()

register.filter("place", time_zones.place)


@register.filter
def hour_for(moment: datetime, user: User) -> str:
    """The hour by a person's clock: 18:30. It names no zone, unless that is the site's."""
    hour = date_format(timezone.localtime(moment), "H:i")
    return hour if user.time_zone else f"{hour} {timezone.get_default_timezone_name()}"
