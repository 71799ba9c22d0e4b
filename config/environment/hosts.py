"""Parsers for hosts, web addresses and mail addresses. They raise Invalid."""

from __future__ import annotations

import ipaddress
import re

import idna

from accounts.addresses import NotAMailbox, mailbox
from config.environment.values import line, listed, port_number
from config.environment.variables import Invalid

MAX_SENDER_LENGTH = 320  # characters, as a letter keeps it
PRIVATE_NETWORKS = [
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7")
]
PRIVATE_DOMAINS = (".local", ".home.arpa", ".internal")  # RFC 6762, RFC 8375, and ICANN in 2024


def host_name(text: str) -> str:
    """A name or IP address as browsers send it: lower case, xn--, no dot at the end."""
    name = text.lower().removesuffix(".")
    wrong = Invalid("must be a host alone: no https://, no port, no path.")
    if name.startswith("[") and name.endswith("]"):
        return f"[{_ip_address(name[1:-1], wrong)}]"
    if not name.isascii():
        name = _punycode(name)
    labels = name.split(".")
    label = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
    if len(name) > 253 or not all(re.fullmatch(label, part) for part in labels):
        raise wrong
    if labels[-1].isdigit():
        return _ip_address(name, wrong)
    return name


def _ip_address(text: str, wrong: Invalid) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise wrong from None


def _punycode(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:  # its message contains the name
        raise Invalid("must hold the host in the form that begins with xn--.") from None


def allowed_hosts(text: str) -> list[str]:
    hosts = listed(text)
    if not hosts:
        raise Invalid("must name the host people type, for example ALLOWED_HOSTS=example.org.")
    return [host if host == "*" else _allowed_host(host) for host in hosts]


def _allowed_host(text: str) -> str:
    if "*" in text:
        raise Invalid("must write all hosts below a domain as .example.org, without a star.")
    dot = "." if text.startswith(".") else ""
    return dot + host_name(text.removeprefix("."))


def site_url(text: str) -> str:
    """The address of the start page, without a slash at the end."""
    wrong = "must be the site's https address and no more, for example SITE_URL=https://example.org"
    match = re.fullmatch(r"(https?)://([^/?#@\\\s]+)/*", text, re.IGNORECASE)
    if not match:
        raise Invalid(f"{wrong}: no path, no user, no query.")
    scheme = match[1].lower()
    host, port = host_and_port(match[2], f"{wrong}.")
    if scheme == "http" and not (host == "localhost" or is_private(host)):
        raise Invalid(
            f"{wrong}: only localhost and, for a trial, a private address such as 192.168.1.20 or"
            " pi.local may go without the s."
        )
    if port == {"http": 80, "https": 443}[scheme]:
        port = None
    return f"{scheme}://{host}" + (f":{port}" if port else "")


def host_of(site: str) -> str:
    """The host of an address that `site_url` returned."""
    return re.sub(r":\d+$", "", site.partition("://")[2])


def is_private(host: str) -> bool:
    """Whether a name or address can be reached from its own network alone."""
    try:
        address = ipaddress.ip_address(bare(host))
    except ValueError:
        return host.endswith(PRIVATE_DOMAINS)
    return any(address in network for network in PRIVATE_NETWORKS)


def header_name(text: str) -> str:
    """The name of a header that only proxies set, and no browser."""
    if not re.fullmatch(r"X-[A-Za-z0-9]+(-[A-Za-z0-9]+)*", text, re.IGNORECASE):
        raise Invalid("must be the name of a header that begins with X-, such as X-Request-ID.")
    return text


def unpublished_address(text: str) -> tuple[str, int]:
    """A host and a port that no other network can reach. A name is looked up at start."""
    wrong = (
        "must be a host and a port of this machine or its own network, such as 127.0.0.1:9464:"
        " never one that everybody reaches."
    )
    host, port = host_and_port(text, wrong)
    if port is None or (_is_number(host) and not is_unpublished(host)):
        raise Invalid(wrong)
    return bare(host), port


def is_unpublished(address: str) -> bool:
    """Whether an IP address belongs to this machine or to a private network."""
    return ipaddress.ip_address(bare(address)).is_loopback or is_private(address)


def _is_number(host: str) -> bool:
    return host.startswith("[") or host.rpartition(".")[2].isdigit()


def web_page(
    text: str,
    wrong: str = "must be the https address of a plain page of another site, such as the weather.",
) -> str:
    """The https address of any page."""
    match = re.fullmatch(r"https://([^/?#@\s]+)([/?#][!-~]*)?", text, re.IGNORECASE)
    if not match or re.search(r'["<>\\^`{|}]', text):
        raise Invalid(wrong)
    host, port = host_and_port(match[1], wrong)
    return f"https://{host}{f':{port}' if port else ''}{match[2] or ''}"


def imprint(text: str) -> str:
    return web_page(text, "must be the https address of the page with your imprint.")


def source_code(text: str) -> str:
    return web_page(
        text, "must be the https address of the page with the source code of this site."
    )


def contact(text: str) -> str:
    """Like `security_contact`, and an address alone is taken for mailto:."""
    wrong = "must be a mail address, or a mailto:, https: or tel: address."
    is_bare = "@" in text and not re.match(r"(?:mailto|https|tel):", text, re.IGNORECASE)
    return security_contact(f"mailto:{text}" if is_bare else text, wrong)


def security_contact(
    text: str,
    wrong: str = "must be a mailto:, https: or tel: address for whoever finds a weakness.",
) -> str:
    try:
        if text.lower().startswith("mailto:"):
            return f"mailto:{_mail_address(text[7:])}"
        if text.lower().startswith("https:"):
            return web_page(text)
    except Invalid:
        raise Invalid(wrong) from None
    if not re.fullmatch(r"tel:\+?[0-9][0-9().-]{2,30}", text):
        raise Invalid(wrong)
    return text


def sender(text: str) -> str:
    """The sender of mails: one address, with or without a name before it."""
    wrong = Invalid(
        "must hold the one address that mails come from,"
        " for example Common Ground <hello@example.org>."
    )
    try:
        parsed = mailbox(line(text))
        _mail_address(parsed.addr_spec)
    except (Invalid, NotAMailbox):
        raise wrong from None
    if re.search("[<>]", parsed.display_name) or len(str(parsed)) > MAX_SENDER_LENGTH:
        raise wrong
    return str(parsed)


def bare_address(sender: str) -> str:
    """The address alone, of what `sender` returned."""
    return mailbox(sender).addr_spec


def _mail_address(text: str) -> str:
    user, at, domain = text.rpartition("@")
    if not at or not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", user):
        raise Invalid("is no mail address.")
    if domain.startswith("["):
        raise Invalid("is no mail address.")
    return f"{user}@{host_name(domain)}"


def host_and_port(text: str, why: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]+)(?::(.*))?", text)
    try:
        if match:
            return host_name(match[1]), port_number(match[2]) if match[2] is not None else None
    except Invalid:
        pass
    raise Invalid(why)


def bare(host: str) -> str:
    return host.strip("[]")
