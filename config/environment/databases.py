"""Makes Django's settings for the database, from an address or from its parts."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from pathlib import Path
from typing import Any

from config.environment.addresses import decoded, split_address
from config.environment.hosts import bare, host_and_port, host_name
from config.environment.values import line, port_number, whole_number
from config.environment.variables import BadSetting, Invalid, clean

POSTGRESQL = ("postgres", "postgresql", "pgsql", "psql")
# Schemes of other engines, with their names.
OTHERS = {
    "cockroach": "CockroachDB",
    "mariadb": "MariaDB",
    "mssql": "SQL Server",
    "mysql": "MySQL",
    "oracle": "Oracle",
    "redshift": "Redshift",
    "yugabyte": "YugabyteDB",
    "yugabytedb": "YugabyteDB",
}
COCKROACHDB = "cockroachdb"
# Parameters of libpq that DATABASE_URL may hold. Time limits and the pool are set in settings.
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
    """The database set by an address, by its parts, or by compose with a password alone.

    None if none is set. Raises BadSetting if more than one is, or if a part is missing.
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
        raise BadSetting("DATABASE_URL", f"and {given[0]} are both set. Keep one way or the other.")
    if url or not (given or bundled_password):
        return url
    if not given:  # the names in docker-compose.yml
        host, user, name = "database", "common_ground", "common_ground"
        password = bundled_password
    for key, value in (("DATABASE_HOST", host), ("DATABASE_NAME", name)):
        if not value:
            raise BadSetting(key, f"is missing, while {given[0]} is set.")
    if not user and not host.startswith("/"):
        raise BadSetting("DATABASE_USER", "is missing, while DATABASE_HOST is set.")
    options = {key: value for key, value in ssl.items() if value}
    try:
        return postgresql(
            host=host, port=port, user=user, password=password, name=name, options=options
        )
    except Invalid as why:
        raise BadSetting("DATABASE_PORT", why) from None


def default_database(file: Path, *, for_trials: bool) -> dict[str, Any]:
    """SQLite, if the site is only being tried out. Raises BadSetting otherwise."""
    if not for_trials:
        raise BadSetting(
            "DATABASE_URL",
            "or DATABASE_HOST must name a database (the one that compose brings along needs"
            " POSTGRES_PASSWORD alone).",
        )
    try:
        return sqlite(file)
    except Invalid as why:
        raise BadSetting("DATABASE_URL", why) from None


def database_url(text: str) -> dict[str, Any]:
    """Django's settings, from the address of a PostgreSQL server or of an SQLite file."""
    if text.lower().startswith("sqlite:"):
        return _sqlite(text)
    parts = split_address(text, "DATABASE")
    engine = parts.scheme.partition("+")[0]
    if engine in OTHERS:
        raise Invalid(f"names {OTHERS[engine]}. This site needs PostgreSQL: postgres://…")
    if parts.scheme == COCKROACHDB and not importlib.util.find_spec("django_cockroachdb"):
        raise Invalid("needs what pip install '.[cockroachdb]' brings: docs/scaling.md.")
    if parts.scheme not in (*POSTGRESQL, COCKROACHDB):
        raise Invalid("must begin with postgres:// (or, for trying things out, with sqlite:///).")
    wrong = Invalid("must name a host and a database, as in postgres://user:password@host/name.")
    path = decoded(parts.path.removeprefix("/"), wrong)
    folder, _, name = path.rpartition("/") if path.startswith("/") else ("", "", path)
    options = _connection_parameters(parts.query)
    host, port = _hosts_and_ports(parts.host, wrong)
    host = host or folder or options.pop("host", "")
    if not name or "/" in name or "@" in name or "host" in options:
        raise wrong
    database = postgresql(
        host=host, port=port, user=parts.user, password=parts.password, name=name, options=options
    )
    return database if parts.scheme in POSTGRESQL else database | {"ENGINE": "config.cockroachdb"}


def _sqlite(text: str) -> dict[str, Any]:
    wrong = Invalid("must name a file, as in sqlite:////srv/common-ground.sqlite3.")
    match = re.fullmatch(r"sqlite:///([^?#]+)", line(text), re.IGNORECASE)
    path = Path(decoded(match[1], wrong)) if match else None
    if path is None or path.name == ":memory:" or path.is_dir():
        raise wrong
    return sqlite(path)


def sqlite(path: Path) -> dict[str, Any]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Invalid("must name a file in a folder that this process can make.") from None
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}


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


def _hosts_and_ports(text: str, wrong: Invalid) -> tuple[str, str]:
    """libpq takes several hosts, separated by commas, or the folder of a socket."""
    if "%" in text:
        match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]+))?", text)
        if not match:
            raise wrong
        host, port = database_host(decoded(match[1], wrong)), match[2]
        return host, str(port_number(port)) if port else ""
    pairs = [host_and_port(pair, str(wrong)) for pair in text.split(",") if text]
    ports = [str(port or 5432) for _, port in pairs]
    has_ports = any(port for _, port in pairs)
    return ",".join(bare(host) for host, _ in pairs), ",".join(ports) if has_ports else ""


def _connection_parameters(query: str) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    known = ", ".join(sorted(CONNECTION_PARAMETERS - {"host"}))
    wrong = Invalid(f"may hold these parameters after the ? and no other: {known}.")
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name not in CONNECTION_PARAMETERS or name in parameters or not value:
            raise wrong
        parameters[name] = decoded(value, wrong)
    if "sslmode" in parameters:
        ssl_mode(parameters["sslmode"])
    if "sslrootcert" in parameters:
        certificate_file(parameters["sslrootcert"])
    if "connect_timeout" in parameters:
        parameters["connect_timeout"] = whole_number(1, 60)(parameters["connect_timeout"])
    if not str(parameters.get("host", "/")).startswith("/"):
        raise Invalid("must name its host before the ?.")
    return parameters


def database_host(text: str) -> str:
    """A host, several separated by commas, or the folder of a socket. Raises Invalid."""
    if text.startswith("/"):
        if re.search(r"[@,?#:\s]", text):
            raise Invalid("must be a host, or the folder of PostgreSQL's socket, without its port.")
        return text
    hosts = []
    for host in map(clean, text.split(",")):
        try:  # an IPv6 address needs no brackets here
            hosts.append(str(ipaddress.ip_address(host)))
        except ValueError:
            hosts.append(bare(host_name(host)))
    return ",".join(hosts)


def database_ports(text: str) -> str:
    return ",".join(str(port_number(clean(port))) for port in text.split(","))


def database_name(text: str) -> str:
    if "/" in line(text) or len(text.encode()) > 63:
        raise Invalid("must be the name of a database alone.")
    return text


def ssl_mode(text: str) -> str:
    if text not in SSL_MODES:
        raise Invalid(f"must ask for one of these for sslmode: {', '.join(SSL_MODES)}.")
    return text


def certificate_file(text: str) -> str:
    if text != "system" and not Path(text).is_file():
        raise Invalid("must name a file of certificates that exists, or the word system.")
    return text
