"""Makes one of Django's MAILERS, from the address of a mail server or from its parts."""

from __future__ import annotations

import ipaddress
from typing import Any

from config.environment.addresses import split_address
from config.environment.hosts import bare, host_and_port
from config.environment.variables import BadSetting, Invalid

MAIL_SECURITY = {"smtp": "none", "smtp+tls": "starttls", "smtp+ssl": "tls", "smtps": "tls"}
MAIL_PORTS = {"none": 25, "starttls": 587, "tls": 465}
MAIL_FOR_TRIALS = {
    "consolemail": "django.core.mail.backends.console.EmailBackend",
    "dummymail": "django.core.mail.backends.dummy.EmailBackend",
    "memorymail": "django.core.mail.backends.locmem.EmailBackend",
}
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def mail(
    *,
    url: dict[str, Any] | None,
    host: str,
    port: int | None,
    user: str,
    password: str,
    security: str | None,
) -> dict[str, Any] | None:
    """The mail server set by an address or by its parts, or None. Raises BadSetting."""
    parts = {
        "EMAIL_HOST": host,
        "EMAIL_PORT": port,
        "EMAIL_USER": user,
        "EMAIL_PASSWORD": password,
        "EMAIL_SECURITY": security,
    }
    given = [name for name, value in parts.items() if value]
    if url:
        if given:
            raise BadSetting(
                "EMAIL_URL", f"and {given[0]} are both set. Keep one way or the other."
            )
        options = url["OPTIONS"]
        unencrypted = options and not (options["use_tls"] or options["use_ssl"])
        if unencrypted and not _is_near(options["host"]):
            raise BadSetting(
                "EMAIL_URL",
                "would send mails unencrypted to another machine: write smtp+tls:// or smtp+ssl://"
                " (or set EMAIL_HOST, and EMAIL_SECURITY=none if the network between is yours).",
            )
        return url
    if not given:
        return None
    if not host:
        raise BadSetting("EMAIL_HOST", f"is missing, while {given[0]} is set.")
    try:
        return smtp(host, port, user, password, security)
    except Invalid as why:
        last = given[-1]
        missing = {"EMAIL_USER": user, "EMAIL_PASSWORD": password}
        if bool(user) != bool(password):
            last = next(name for name, value in missing.items() if not value)
        raise BadSetting(last, why) from None


def mail_url(text: str) -> dict[str, Any]:
    """One of Django's MAILERS, from an address such as smtp+tls://user:password@host:587."""
    parts = split_address(text, "EMAIL")
    if parts.scheme in MAIL_FOR_TRIALS and not (parts.host or parts.user or parts.query):
        return {"BACKEND": MAIL_FOR_TRIALS[parts.scheme], "OPTIONS": {}}
    example = "as in smtp+tls://user:password@mail.example.org:587."
    if parts.scheme not in MAIL_SECURITY:
        raise Invalid(f"must begin with smtp+tls://, smtp+ssl:// or smtp://, {example}")
    if parts.path.strip("/") or parts.query:
        raise Invalid(f"must end with the port of the mail server, {example}")
    host, port = host_and_port(parts.host, f"must name the host of a mail server, {example}")
    security = MAIL_SECURITY[parts.scheme]
    if parts.scheme == "smtp+tls" and port == MAIL_PORTS["tls"]:
        security = "tls"  # TLS begins at once on this port, although many manuals only say TLS
    return smtp(host, port, parts.user, parts.password, security)


def smtp(
    host: str, port: int | None, user: str, password: str, security: str | None
) -> dict[str, Any]:
    """One of Django's MAILERS. Raises Invalid if the parts contradict each other."""
    if security is None:
        security = "tls" if port == MAIL_PORTS["tls"] else "starttls"
    if security == "starttls" and port == MAIL_PORTS["tls"]:
        raise Invalid("contradicts itself: on port 465 TLS begins at once (tls, not starttls).")
    if security == "tls" and port in {MAIL_PORTS["starttls"], MAIL_PORTS["none"]}:
        raise Invalid("contradicts itself: on ports 587 and 25 TLS begins by STARTTLS (smtp+tls).")
    if bool(user) != bool(password):
        raise Invalid("must come with both a user and a password for the mail server, or neither.")
    if not f"{user}{password}".isascii():
        raise Invalid(
            "must hold a user and a password of plain letters (ASCII) for the mail server: others"
            " cannot be sent to it."
        )
    if security == "none" and password and not _is_near(host):
        raise Invalid("would send the mail server's password unencrypted. Use STARTTLS or TLS.")
    return {
        "BACKEND": SMTP,
        "OPTIONS": {
            "host": bare(host),
            "port": port or MAIL_PORTS[security],
            "username": user or None,
            "password": password or None,
            "use_tls": security == "starttls",
            "use_ssl": security == "tls",
            "timeout": 10,
        },
    }


def _is_near(host: str) -> bool:
    """Whether it is this machine, or another container on it."""
    try:
        return ipaddress.ip_address(bare(host)).is_loopback
    except ValueError:
        return "." not in host or host.endswith(".localhost")
