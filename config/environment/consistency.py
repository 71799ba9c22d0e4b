"""Checks that variables which are valid by themselves do not contradict each other."""

from __future__ import annotations

import re
from typing import Any

from django.utils.http import is_same_domain

from config.environment.hosts import host_of
from config.environment.mailers import SMTP
from config.environment.variables import BadSetting

A_YEAR = 365 * 24 * 60 * 60  # in seconds


def check_together(
    *, site: str, hosts: list[str], leave_to: str, mail: dict[str, Any] | None, demo: bool
) -> dict[str, Any] | None:
    """Return the mailer; a demo has none. Raises BadSetting if variables contradict each other."""
    if mail is None and not demo:
        raise BadSetting(
            "EMAIL_URL",
            "or EMAIL_HOST must name a mail server, for example"
            " EMAIL_URL=smtp+tls://user:password@mail.example.org:587.",
        )
    host = host_of(site)
    if host == "localhost":
        return mail
    if "*" in hosts:
        raise BadSetting("ALLOWED_HOSTS", "must name the hosts people type, and not all by a star.")
    if not any(is_same_domain(host, pattern) for pattern in hosts):
        raise BadSetting("ALLOWED_HOSTS", "must hold the host that stands in SITE_URL.")
    if host == host_of(re.sub(r"^(https://[^/?#]+).*", r"\1", leave_to)):
        raise BadSetting("LEAVE_TO", "must be a page of another site, such as the weather.")
    if mail and mail["BACKEND"] != SMTP:
        raise BadSetting("EMAIL_URL", "must name a mail server, or nobody gets a code to sign in.")
    return mail


def check_hsts(*, seconds: int, subdomains: bool, preload: bool) -> None:
    """Raise BadSetting where browsers' list of https-only domains would refuse the site."""
    if preload and not subdomains:
        raise BadSetting("HSTS_PRELOAD", "needs HSTS_SUBDOMAINS=1: browsers list whole domains.")
    if preload and seconds < A_YEAR:
        raise BadSetting("HSTS_PRELOAD", f"needs HSTS_SECONDS={A_YEAR} (a year) or more.")


def check_request_ids(header: str, proxies: int) -> None:
    """Raise BadSetting where visitors themselves could number their requests."""
    if header and not proxies:
        raise BadSetting("REQUEST_ID_HEADER", "needs TRUSTED_PROXIES: else visitors could send it.")
