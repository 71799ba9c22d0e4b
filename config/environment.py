"""Reads the environment variables: each is cleaned, parsed, and checked as what came of it.

Whatever is wrong is refused in one line that names the variable and says how to mend it. Such a
line never holds any part of a value, since people paste it into chats and bug reports.

Libraries that were considered. django-environ (used before), dj-database-url and environs hand
addresses to urllib, which takes part of a password with a raw "/" for the host or the port, and
they show the value in their errors. pydantic-settings parses in the same way, and needs a second
compiled dependency. libpq's own parser (psycopg.conninfo) quotes what it cannot read. All of them
check that a variable is there, not what came of it. So the rules are here, as small functions.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import idna
from django.utils.http import is_same_domain

from accounts.addresses import NotAMailbox, mailbox
from accounts.encryption import master_keys as parsed_master_keys

FILE = "_FILE"
MAX_FILE_LENGTH = 16 * 1024  # bytes of a file that holds a value
MAX_SENDER_LENGTH = 320  # characters, as a letter keeps it
INVISIBLE = "\ufeff\u200b\u2060"  # what editors and chats leave around a value
OUTSIDE = " \t\n\v\f\r\x85\xa0\u2028\u2029" + INVISIBLE
POSTGRESQL = ("postgres", "postgresql", "pgsql", "psql")
MISSING: Any = object()  # the default of a variable that must be set

# What libpq may be told in the query of DATABASE_URL. Time limits and the pool are the site's own.
CONNECTION_PARAMETERS = {
    "application_name",
    "channel_binding",
    "connect_timeout",
    "gssencmode",
    "host",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "require_auth",
    "sslcert",
    "sslcrl",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
}
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
MAIL_SECURITY = {"smtp": "none", "smtp+tls": "starttls", "smtp+ssl": "tls", "smtps": "tls"}
MAIL_PORTS = {"none": 25, "starttls": 587, "tls": 465}
MAIL_FOR_TRIALS = {
    "consolemail": "django.core.mail.backends.console.EmailBackend",
    "dummymail": "django.core.mail.backends.dummy.EmailBackend",
    "memorymail": "django.core.mail.backends.locmem.EmailBackend",
}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
# The names of Django's own settings, for people who set those.
OTHER_NAMES = {
    "EMAIL_HOST_USER": "EMAIL_USER",
    "EMAIL_HOST_PASSWORD": "EMAIL_PASSWORD",
    "EMAIL_USE_TLS": "EMAIL_SECURITY",
    "EMAIL_USE_SSL": "EMAIL_SECURITY",
}


class Invalid(ValueError):
    """Why a value cannot be used, in words that follow the variable's name. Holds no value."""


class Refusal(Exception):
    """The site cannot start with this variable."""

    def __init__(self, name: str, why: object) -> None:
        super().__init__(f"{name} {why}")


class Environment:
    """The variables of one process. Each may stand in a file that NAME_FILE points to."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.known: set[str] = set()

    def read[T](self, name: str, parse: Callable[[str], T], default: T = MISSING) -> T:
        """The parsed value, or the default if the variable is unset or empty. Raises Refusal."""
        self.known.add(name)
        try:
            text = self._text(name)
            if text or default is MISSING:
                return parse(text)
        except Invalid as why:
            raise Refusal(name, f"{why}{self._similar(name)}") from None
        except OSError:  # its words would show the value
            raise Refusal(
                name, "must hold a path, and this process cannot look at what is there."
            ) from None
        return default

    def is_set(self, name: str) -> bool:
        return any(clean(self.variables.get(each, "")) for each in (name, name + FILE))

    def refuse_misspelt(self) -> None:
        """Refuse a name that is almost one of ours, unless the right one is set too."""
        for found in sorted(self.variables):
            meant = self._meant(found)
            if meant and clean(self.variables[found]):
                raise Refusal(found, f"is no setting of this site. Did you mean {meant}?")

    def _text(self, name: str) -> str:
        written = self.variables.get(name, "")
        path = clean(self.variables.get(name + FILE, ""))
        if not path:
            return plain_text(clean(written))
        if clean(written):
            raise Invalid(f"and {name}{FILE} are both set. Keep one of them.")
        return plain_text(clean(text_of_file(name + FILE, path), quoted=False))

    def _meant(self, found: str) -> str | None:
        """The variable of ours that somebody had in mind, if that is not set itself."""
        base = found.removesuffix(FILE)
        if found in self.known or base in self.known or len(base) < 7:
            return None
        if base in OTHER_NAMES:
            return OTHER_NAMES[base] if self.is_set("EMAIL_HOST") else None
        close = difflib.get_close_matches(base, self.known, n=1, cutoff=0.85)
        return close[0] if close and not self.is_set(close[0]) else None

    def _similar(self, name: str) -> str:
        for found in sorted(self.variables):
            if not self.is_set(name) and self._meant(found) == name:
                return f" {found} is set: is that what you meant?"
        return ""


def clean(written: str, *, quoted: bool = True) -> str:
    """Without what editors, shells and `docker run --env-file` leave around a value."""
    text = written.strip(OUTSIDE)
    for mark in "\"'" if quoted else "":
        if len(text) > 1 and text[0] == text[-1] == mark and mark not in text[1:-1]:
            return text[1:-1].strip(OUTSIDE)
    return text


def plain_text(text: str) -> str:
    """The same text. Raises Invalid if it holds what no setting can hold."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("is not UTF-8 text.")
    if any(unicodedata.category(char) == "Cc" and char not in "\r\n\t" for char in text):
        raise Invalid("holds a control character. Write it again by hand.")
    return text


def text_of_file(name: str, path: str) -> str:
    """What a file holds. Raises Refusal, with the path unless that may be a secret itself."""
    shown = f" {path}" if _looks_like_a_path(path) else ""
    try:
        kind = os.stat(path).st_mode
        if not stat.S_ISREG(kind):
            what = "a folder" if stat.S_ISDIR(kind) else "no ordinary file"
            raise Refusal(name, f"must name a file:{shown or ' the path'} is {what}.")
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_LENGTH + 1)
    except PermissionError:
        raise Refusal(
            name, f"names a file that this process may not read:{shown or ' see its permissions'}."
        ) from None
    except (OSError, ValueError):
        raise Refusal(
            name, f"must hold the path of a file, and no such file is there{shown}."
        ) from None
    if len(content) > MAX_FILE_LENGTH:
        raise Refusal(name, f"names a file that is too long for a setting{shown}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(name, f"names a file that is not UTF-8 text{shown}.") from None
    if not clean(text):
        raise Refusal(name, f"names a file that is empty{shown}.")
    return text


def _looks_like_a_path(path: str) -> bool:
    """Somebody may have put the secret itself where its path belongs."""
    ordinary = len(path) < 200 and re.fullmatch(r"[\w./ -]+", path)
    try:
        there = path.startswith("/") or ("/" in path and Path(path).parent.is_dir())
    except (OSError, ValueError):
        return False
    return bool(ordinary and there)


# Single values


def line(text: str) -> str:
    """Any text on one line."""
    if re.search(r"[\r\n\t\u2028\u2029]", text):
        raise Invalid("holds a line break or a tab. Write it on one line.")
    return text


def yes_or_no(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "y": True, "ok": True}
    words |= dict.fromkeys(("0", "false", "no", "off", "n"), False)
    if text.lower() not in words:
        raise Invalid("must be 1 or 0.")
    return words[text.lower()]


def whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise Invalid(f"must be a whole number from {least} to {most}.")
        return int(text)

    return parse


port_number = whole_number(1, 65535)


def one_of(*words: str, **other_words: str) -> Callable[[str], str]:
    """One of these words, in capitals or not. Other words for the same may be given too."""
    known = {word.lower(): word for word in words} | other_words

    def parse(text: str) -> str:
        if text.lower() not in known:
            raise Invalid(f"must be one of: {', '.join(words)}.")
        return known[text.lower()]

    return parse


def secret_key(text: str) -> str:
    if len(line(text)) < 50 or len(set(text)) < 5:
        raise Invalid("must be 50 random characters or more (make one: openssl rand -base64 48).")
    return text


def secret_keys(text: str) -> list[str]:
    return [secret_key(key) for key in several(text)]


def master_keys(text: str) -> dict[int, bytes]:
    if not several(text):
        raise Invalid(
            "must hold the key that what people write is encrypted with"
            ' (make one: echo "1:$(openssl rand -base64 32)"), and must never be lost.'
        )
    try:
        return parsed_master_keys(several(text))
    except ValueError as why:
        raise Invalid(f"is not right: {why}.") from None


def several(text: str) -> list[str]:
    """What is separated by commas, spaces or line ends, without the empty ones."""
    return [clean(each) for each in re.split(r"[,\s]+", text) if clean(each)]


# Hosts and addresses


def host_name(text: str) -> str:
    """A name or IP address, as browsers send it: small letters, xn--, no dot at the end."""
    name = text.lower().removesuffix(".")
    wrong = Invalid("must be a host alone: no https://, no port, no path.")
    if name.startswith("[") and name.endswith("]"):
        return f"[{_ip_address(name[1:-1], wrong)}]"
    if not name.isascii():
        name = _punycode(name)
    labels = name.split(".")
    label = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
    if len(name) > 253 or not all(re.fullmatch(label, each) for each in labels):
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
    except idna.IDNAError:  # its words show the name
        raise Invalid("must hold the host in the form that begins with xn--.") from None


def allowed_hosts(text: str) -> list[str]:
    hosts = several(text)
    if not hosts:
        raise Invalid("must name the host people type, for example ALLOWED_HOSTS=example.org.")
    return [each if each == "*" else _allowed_host(each) for each in hosts]


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
    host, port = _host_and_port(match[2], f"{wrong}.")
    if scheme == "http" and host != "localhost":
        raise Invalid(f"{wrong}: only localhost may go without the s.")
    if port == {"http": 80, "https": 443}[scheme]:
        port = None
    return f"{scheme}://{host}" + (f":{port}" if port else "")


def host_of(site: str) -> str:
    """The host of an address that `site_url` has made."""
    return re.sub(r":\d+$", "", site.partition("://")[2])


def _host_and_port(text: str, why: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]+)(?::(.*))?", text)
    try:
        if match:
            return host_name(match[1]), port_number(match[2]) if match[2] is not None else None
    except Invalid:
        pass
    raise Invalid(why)


def web_page(text: str) -> str:
    """The https address of any page."""
    wrong = "must be the https address of a plain page of another site, such as the weather."
    match = re.fullmatch(r"https://([^/?#@\s]+)([/?#][!-~]*)?", text, re.IGNORECASE)
    if not match or re.search(r'["<>\\^`{|}]', text):
        raise Invalid(wrong)
    host, port = _host_and_port(match[1], wrong)
    return f"https://{host}{f':{port}' if port else ''}{match[2] or ''}"


def security_contact(text: str) -> str:
    wrong = Invalid("must be a mailto:, https: or tel: address for whoever finds a weakness.")
    try:
        if text.lower().startswith("mailto:"):
            return f"mailto:{_mail_address(text[7:])}"
        if text.lower().startswith("https:"):
            return web_page(text)
    except Invalid:
        raise wrong from None
    if not re.fullmatch(r"tel:\+?[0-9][0-9().-]{2,30}", text):
        raise wrong
    return text


def sender(text: str) -> str:
    """Whom mails come from: one address, with or without a name before it."""
    wrong = Invalid(
        "must hold the one address that mails come from,"
        " for example Common Ground <hello@example.org>."
    )
    try:
        found = mailbox(line(text))
        _mail_address(found.addr_spec)
    except (Invalid, NotAMailbox):
        raise wrong from None
    if re.search("[<>]", found.display_name) or len(str(found)) > MAX_SENDER_LENGTH:
        raise wrong
    return str(found)


def address_of(sender: str) -> str:
    """The bare address in what `sender` has returned."""
    return mailbox(sender).addr_spec


def _mail_address(text: str) -> str:
    user, at, domain = text.rpartition("@")
    if not at or not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", user):
        raise Invalid("is no mail address.")
    if domain.startswith("["):
        raise Invalid("is no mail address.")
    return f"{user}@{host_name(domain)}"


# Files and folders


def folders(text: str) -> list[str]:
    """Folders that exist, separated by commas or line ends; a name may hold spaces."""
    named = [clean(each) for each in re.split(r"[,\r\n]+", text)]
    for each in filter(None, named):
        if not Path(each).is_absolute() or not Path(each).is_dir():
            raise Invalid(
                "must hold folders that exist, each from / on and separated by commas."
                " In a container, that is where the folder is mounted."
            )
    return [each for each in named if each]


def file_to_write(text: str) -> str:
    """A file that can be added to. On a read-only disk, another process is the one that writes."""
    path = Path(line(text))
    if not path.is_absolute() or text.endswith("/"):
        raise Invalid("must be the whole path of a file, from / on.")
    if path.is_dir():
        raise Invalid("must name a file, and a folder is there.")
    if path.exists() and not path.is_file():
        raise Invalid("must name an ordinary file, and something else is there.")
    if not path.parent.is_dir():
        raise Invalid("must name a file in a folder that exists.")
    read_only = os.statvfs(path.parent).f_flag & os.ST_RDONLY
    if not read_only and not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Invalid("must name a file that this process may write to.")
    return text


# The database and the mail server: an address, or its parts


@dataclass(frozen=True, kw_only=True)
class Parts:
    """An address taken apart and decoded. The path and the query are as they stand."""

    scheme: str
    user: str
    password: str = field(repr=False)
    host: str
    path: str
    query: str


def split_address(text: str, prefix: str) -> Parts:
    """Take an address apart in the one way that it can be read, or raise Invalid.

    All before the last @ is the user and the password. A raw / ? or # there could end the host as
    well, so it is refused: otherwise a password could name another host.
    """
    unclear = Invalid(
        f"cannot be read. If the user or the password holds a character such as / # ? @ % or a"
        f" space, set {prefix}_HOST, {prefix}_USER and {prefix}_PASSWORD instead."
    )
    match = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", line(text))
    if not match:
        raise unclear
    signed_in, at, rest = match[2].rpartition("@")
    tail = re.fullmatch(r"([^/?#]*)((?:/[^?#]*)?)(?:\?([^#]*))?", rest)
    if re.search(r"[/?#\[\]\\\s]", signed_in) or not tail or re.search(r"\s", rest):
        raise unclear
    user, colon, password = signed_in.partition(":")
    if (colon and not password) or (at and not user):
        raise Invalid("must hold both a user and a password before the @, or the user alone.")
    return Parts(
        scheme=match[1].lower(),
        user=_decoded(user, unclear),
        password=_decoded(password, unclear),
        host=tail[1],
        path=tail[2],
        query=tail[3] or "",
    )


def _decoded(text: str, wrong: Invalid) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise wrong
    try:
        return plain_text(line(unquote(text, errors="strict")))
    except (UnicodeDecodeError, Invalid):
        raise wrong from None


def database_url(text: str) -> dict[str, Any]:
    """Django's settings for a database, from an address of PostgreSQL or the file of SQLite."""
    if text.lower().startswith("sqlite:"):
        return _sqlite(text)
    parts = split_address(text, "DATABASE")
    if parts.scheme not in POSTGRESQL:
        raise Invalid("must begin with postgres:// (or, for trying things out, with sqlite:///).")
    wrong = Invalid("must name a host and a database, as in postgres://user:password@host/name.")
    path = _decoded(parts.path.removeprefix("/"), wrong)
    folder, _, name = path.rpartition("/") if path.startswith("/") else ("", "", path)
    options = _connection_parameters(parts.query)
    host, port = _hosts_and_ports(parts.host, wrong)
    host = host or folder or options.pop("host", "")
    if not name or "/" in name or "@" in name or "host" in options:
        raise wrong
    return postgresql(
        host=host, port=port, user=parts.user, password=parts.password, name=name, options=options
    )


def _sqlite(text: str) -> dict[str, Any]:
    wrong = Invalid("must name a file, as in sqlite:////srv/common-ground.sqlite3.")
    match = re.fullmatch(r"sqlite:///([^?#]+)", line(text), re.IGNORECASE)
    path = Path(_decoded(match[1], wrong)) if match else None
    if path is None or path.name == ":memory:" or path.is_dir():
        raise wrong
    return sqlite(path)


def sqlite(path: Path) -> dict[str, Any]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Invalid("must name a file in a folder that this process can make.") from None
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}


def no_database(file: Path, *, for_trials: bool) -> dict[str, Any]:
    """SQLite where none is set, which is for trying things out. Raises Refusal."""
    if not for_trials:
        raise Refusal(
            "DATABASE_URL",
            "or DATABASE_HOST must name a database (the one that compose brings along needs"
            " POSTGRES_PASSWORD alone).",
        )
    try:
        return sqlite(file)
    except Invalid as why:
        raise Refusal("DATABASE_URL", why) from None


def _hosts_and_ports(text: str, wrong: Invalid) -> tuple[str, str]:
    """libpq takes several hosts, separated by commas, and a folder that holds a socket."""
    if "%" in text:
        match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]+))?", text)
        if not match:
            raise wrong
        host, port = database_host(_decoded(match[1], wrong)), match[2]
        return host, str(port_number(port)) if port else ""
    pairs = [_host_and_port(each, str(wrong)) for each in text.split(",") if text]
    ports = [str(port or 5432) for _, port in pairs]
    has_ports = any(port for _, port in pairs)
    return ",".join(_bare(host) for host, _ in pairs), ",".join(ports) if has_ports else ""


def _bare(host: str) -> str:
    return host.strip("[]")


def _connection_parameters(query: str) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    known = ", ".join(sorted(CONNECTION_PARAMETERS - {"host"}))
    wrong = Invalid(f"may hold these parameters after the ? and no other: {known}.")
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name not in CONNECTION_PARAMETERS or name in parameters or not value:
            raise wrong
        parameters[name] = _decoded(value, wrong)
    if "sslmode" in parameters:
        ssl_mode(parameters["sslmode"])
    if "sslrootcert" in parameters:
        certificate_file(parameters["sslrootcert"])
    if "connect_timeout" in parameters:
        parameters["connect_timeout"] = whole_number(1, 60)(parameters["connect_timeout"])
    if not str(parameters.get("host", "/")).startswith("/"):
        raise Invalid("must name its host before the ?.")
    return parameters


def ssl_mode(text: str) -> str:
    if text not in SSL_MODES:
        raise Invalid(f"must ask for one of these for sslmode: {', '.join(SSL_MODES)}.")
    return text


def certificate_file(text: str) -> str:
    if text != "system" and not Path(text).is_file():
        raise Invalid("must name a file of certificates that exists, or the word system.")
    return text


def database_host(text: str) -> str:
    """A host, several separated by commas, or the folder of a socket."""
    if text.startswith("/"):
        if re.search(r"[@,?#:\s]", text):
            raise Invalid("must be a host, or the folder of PostgreSQL's socket, without its port.")
        return text
    hosts = []
    for each in text.split(","):
        try:  # an IPv6 address needs no brackets here
            hosts.append(str(ipaddress.ip_address(clean(each))))
        except ValueError:
            hosts.append(_bare(host_name(clean(each))))
    return ",".join(hosts)


def database_ports(text: str) -> str:
    return ",".join(str(port_number(clean(each))) for each in text.split(","))


def database_name(text: str) -> str:
    if "/" in line(text) or len(text.encode()) > 63:
        raise Invalid("must be the name of a database alone.")
    return text


def postgresql(
    *, host: str, port: str, user: str, password: str, name: str, options: dict[str, Any]
) -> dict[str, Any]:
    """Django's settings for PostgreSQL. Raises Invalid if the parts cannot belong together."""
    if port.count(",") not in {0, host.count(",")}:
        raise Invalid("must hold one port, or as many ports as there are hosts.")
    if "sslrootcert" in options:
        options = {"sslmode": "verify-full", **options}
    return {
        "ENGINE": "config.postgresql",
        "HOST": host,
        "PORT": port,
        "USER": user,
        "PASSWORD": password,
        "NAME": name,
        "OPTIONS": options,
    }


def database(
    *,
    url: dict[str, Any] | None,
    host: str,
    port: str,
    user: str,
    password: str,
    name: str,
    ssl: dict[str, str],
    bundled_password: str,
) -> dict[str, Any] | None:
    """The database that is set: by an address, by its parts, or the one that compose brings along.

    None if none is. Raises Refusal if two are, or if a part is missing.
    """
    parts = {
        "DATABASE_HOST": host,
        "DATABASE_PORT": port,
        "DATABASE_USER": user,
        "DATABASE_PASSWORD": password,
        "DATABASE_NAME": name,
        **{f"DATABASE_{key.upper()}": value for key, value in ssl.items()},
    }
    given = [key for key, value in parts.items() if value]
    if url and given:
        raise Refusal("DATABASE_URL", f"and {given[0]} are both set. Keep one way or the other.")
    if url or not (given or bundled_password):
        return url
    if not given:  # in docker-compose.yml the service, its user and its database have these names
        host, user, name = "database", "common_ground", "common_ground"
        password = bundled_password
    for key, value in (("DATABASE_HOST", host), ("DATABASE_NAME", name)):
        if not value:
            raise Refusal(key, f"is missing, while {given[0]} is set.")
    if not user and not host.startswith("/"):
        raise Refusal("DATABASE_USER", "is missing, while DATABASE_HOST is set.")
    options = {key: value for key, value in ssl.items() if value}
    try:
        return postgresql(
            host=host, port=port, user=user, password=password, name=name, options=options
        )
    except Invalid as why:
        raise Refusal("DATABASE_PORT", why) from None


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
    host, port = _host_and_port(parts.host, f"must name the host of a mail server, {example}")
    security = MAIL_SECURITY[parts.scheme]
    if parts.scheme == "smtp+tls" and port == MAIL_PORTS["tls"]:
        security = "tls"  # on this port it begins at once, and many a manual calls it TLS alone
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
            "host": _bare(host),
            "port": port or MAIL_PORTS[security],
            "username": user or None,
            "password": password or None,
            "use_tls": security == "starttls",
            "use_ssl": security == "tls",
            "timeout": 10,
        },
    }


def _is_near(host: str) -> bool:
    """On this machine, or another container of it."""
    try:
        return ipaddress.ip_address(_bare(host)).is_loopback
    except ValueError:
        return "." not in host or host.endswith(".localhost")


def mail(
    *,
    url: dict[str, Any] | None,
    host: str,
    port: int | None,
    user: str,
    password: str,
    security: str | None,
) -> dict[str, Any] | None:
    """The mail server that is set, by an address or by its parts. None if none is set."""
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
            raise Refusal("EMAIL_URL", f"and {given[0]} are both set. Keep one way or the other.")
        options = url["OPTIONS"]
        unencrypted = options and not (options["use_tls"] or options["use_ssl"])
        if unencrypted and not _is_near(options["host"]):
            raise Refusal(
                "EMAIL_URL",
                "would send mails unencrypted to another machine: write smtp+tls:// or smtp+ssl://"
                " (or set EMAIL_HOST, and EMAIL_SECURITY=none if the network between is yours).",
            )
        return url
    if not given:
        return None
    if not host:
        raise Refusal("EMAIL_HOST", f"is missing, while {given[0]} is set.")
    try:
        return smtp(host, port, user, password, security)
    except Invalid as why:
        last = next(name for name in reversed(given))
        missing = {"EMAIL_USER": user, "EMAIL_PASSWORD": password}
        if bool(user) != bool(password):
            last = next(name for name, value in missing.items() if not value)
        raise Refusal(last, why) from None


# What must fit together


def fit_together(
    *, site: str, hosts: list[str], leave_to: str, mail: dict[str, Any] | None
) -> dict[str, Any]:
    """The mailer. Raises Refusal if variables that are each right contradict each other."""
    if mail is None:
        raise Refusal(
            "EMAIL_URL",
            "or EMAIL_HOST must name a mail server, for example"
            " EMAIL_URL=smtp+tls://user:password@mail.example.org:587.",
        )
    host = host_of(site)
    if host == "localhost":
        return mail
    if "*" in hosts:
        raise Refusal("ALLOWED_HOSTS", "must name the hosts people type, and not all by a star.")
    if not any(is_same_domain(host, pattern) for pattern in hosts):
        raise Refusal("ALLOWED_HOSTS", "must hold the host that stands in SITE_URL.")
    if host == host_of(re.sub(r"^(https://[^/?#]+).*", r"\1", leave_to)):
        raise Refusal("LEAVE_TO", "must be a page of another site, such as the weather.")
    if mail["BACKEND"] != SMTP:
        raise Refusal("EMAIL_URL", "must name a mail server, or nobody gets a code to sign in.")
    return mail
