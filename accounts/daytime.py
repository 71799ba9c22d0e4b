"""When a mail that can wait may be sent: by day, where its reader is."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.time_zones import current_name

BEGINS, ENDS = 9, 20  # o'clock


def daytime_from(moment: datetime, zone: str) -> datetime:
    """The moment itself if it is day then in this zone, or else nine o'clock in the morning.

    `moment` is aware, and so is the result. A zone that this server doesn't know counts as the
    site's own.
    """
    there = moment.astimezone(ZoneInfo(current_name(zone) or settings.TIME_ZONE))
    if BEGINS <= there.hour < ENDS:
        return moment
    morning = there.replace(hour=BEGINS, minute=0, second=0, microsecond=0)
    return morning if there.hour < BEGINS else morning + timedelta(days=1)
