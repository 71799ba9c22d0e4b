"""A server with a missing or weak setting does not start, and says why in one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.support.depth import DAY
from tests.support.environment import MASTER_KEYS

ROOT = Path(__file__).parent.parent
SETTINGS = ROOT / "config/settings.py"
COMPILED = compile(SETTINGS.read_text(), SETTINGS, "exec")
GOOD = {
    "SECRET_KEY": "Zr7d0m3KqP9xWv2yBn5tGh8jLc1aSf4eUi6oXk7bVm0wQe3r",
    "ALLOWED_HOSTS": "example.org",
    "SITE_URL": "https://example.org",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Common Ground <hello@example.org>",
    "DATABASE_URL": "sqlite:///var/check.sqlite3",
}
GOOD["MASTER_KEYS"] = MASTER_KEYS[0]
GOOD["SECRET_KEY"] += GOOD["SECRET_KEY"]


def start(environment: dict[str, str], script: str = "") -> subprocess.CompletedProcess[str]:
    """Read the settings in a process that knows nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings; {script}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def read(environment: Mapping[str, str | None]) -> dict[str, Any] | str:
    """The settings for an environment with only these variables, or the refusal."""
    set_ones = {name: value for name, value in environment.items() if value is not None}
    settings: dict[str, Any] = {"__file__": str(SETTINGS), "__name__": "settings"}
    with mock.patch.object(os, "environ", set_ones):
        try:
            exec(COMPILED, settings)
        except SystemExit as refusal:
            return str(refusal.code)
    return settings


def test_a_whole_environment_starts() -> None:
    done = start(GOOD)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_refusal_is_one_line_and_no_traceback() -> None:
    for more in ({"DATABASE_URL": "postgres://u:pa/ss@host/name"}, {"SECRET_KEY_FILE": "/nowhere"}):
        done = start(GOOD | more)

        assert (done.returncode, done.stdout) == (1, "")
        assert re.fullmatch(r"Common Ground cannot start: [^\n]+\n", done.stderr), done.stderr


def test_a_file_that_nobody_has_read_is_pointed_out(tmp_path: Path) -> None:
    place = {"__file__": str(tmp_path / "config/settings.py")}
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert "SECRET_KEY must be" in refusal_in(place, {})
    assert ".env" not in refusal_in(place, {})

    file = tmp_path / ".env"
    file.write_text("SECRET_KEY=zqsecret\n")
    file.chmod(0)

    refusal = refusal_in(place, {})
    assert "SECRET_KEY must be" in refusal
    assert "has not read. To run a command with it: sh deploy/env.sh -- " in refusal
    assert "zqsecret" not in refusal
    for half_set in ({"SITE_URL": GOOD["SITE_URL"]}, {"MASTER_KEYS_FILE": "/run/secrets/keys"}):
        assert "has not read" not in refusal_in(place, half_set)


def refusal_in(place: dict[str, Any], environment: dict[str, str]) -> str:
    with mock.patch.object(os, "environ", environment), pytest.raises(SystemExit) as stopped:
        exec(COMPILED, {**place, "__name__": "settings"})
    return str(stopped.value.code)


KEY = GOOD["SECRET_KEY"]
FIRST, SECOND = MASTER_KEYS
URL = "postgres://anna:word@db.example.org:5432/ground"
PARTS: dict[str, str | None] = {
    "DATABASE_URL": None, "DATABASE_HOST": "db.example.org", "DATABASE_USER": "anna",
    "DATABASE_PASSWORD": "word", "DATABASE_NAME": "ground",
}  # fmt: skip
MAIL: dict[str, str | None] = {
    "EMAIL_URL": None, "EMAIL_HOST": "mail.example.org", "EMAIL_USER": "anna",
    "EMAIL_PASSWORD": "word",
}  # fmt: skip
TOO_LONG = "/" + "x" * 300  # for the name of a file
AWKWARD_IN_MAILS = "p/a#s@s?w:o%r[d]&=+ $\\'x\""
AWKWARD = f"{AWKWARD_IN_MAILS}é"

# Refused values, by the variable that the line must name, or the variables to set together.
REFUSED: dict[str, list[str | dict[str, str | None] | None]] = {
    "SECRET_KEY": [None, "", "short", "a" * 80, " ", '""', f"{KEY}\n{KEY}", f"{KEY}\x00", "\udcff"],
    "SECRET_KEY_FALLBACKS": ["short", f"{KEY},short", f"{KEY},{'a' * 60}"],
    "MASTER_KEYS": [
        None, "", " , ", "1:short", "1:" + "A" * 43 + "=", FIRST.partition(":")[2], FIRST + "==",
        "0" + FIRST[1:], f"{FIRST},{FIRST}", f"{FIRST},3{FIRST[1:]}", "12345", "1" * 5000 + ":",
        f"{FIRST};{SECOND}", "99999" + FIRST[1:], "-1" + FIRST[1:], "٣" + FIRST[1:],
    ],
    "ALLOWED_HOSTS": [
        None, "", ",", "https://example.org", "example.org:443", "example.org/", "example.org/path",
        "*", "*.example.org", "example..org", "-example.org", "user@example.org", "example.org?x",
        "other.example", "example.com, other.example", "300.1.1.1", "1.2.3", "[::1", "exa mple.org",
        "a" * 64 + ".org", "example.org;other.example", "EXAMPLE.COM", "straße.example",
    ],
    "SITE_URL": [
        None, "", "http://example.org", "example.org", "https://", "https:///", "//example.org",
        "https://example.org/path", "https://example.org/?x=1", "https://example.org#top",
        "https://anna@example.org", "https://anna:word@example.org", "https://example.org:0",
        "https://example.org:70000", "https://example.org:port", "https://example.org:",
        "https://exam ple.org", "https:/example.org", "https:example.org", "ftp://example.org",
        "https://example.org,https://other.example", "https://[::1", "https://example.org\\x",
        "http://127.0.0.1", "https://*.example.org", "https://https://example.org",
        "http://8.8.8.8", "http://172.32.0.1", "http://192.169.0.1", "http://local", "http://pi",
        "http://local.example.org", "http://10.0.0.5.example.org", "http://100.64.0.1", "http://[2001:db8::1]",
    ],
    "DEMO": [
        "maybe", "2", {"DEMO": "1"}, {"DEMO": "1", "DEBUG": "1"} | dict.fromkeys(("DATABASE_URL", "EMAIL_URL")),
        *(
            dict.fromkeys(("DATABASE_URL", "EMAIL_URL")) | {"DEMO": "1", name: value}
            for name, value in (
                ("DATABASE_URL", URL), ("DATABASE_HOST", "db"), ("DATABASE_NAME", "ground"),
                ("POSTGRES_PASSWORD", "word"), ("EMAIL_URL", GOOD["EMAIL_URL"]), ("EMAIL_HOST", "mail"),
                ("EMAIL_URL_FILE", "/run/secrets/mail"),
            )
        ),
    ],
    "DEMO_RESET_MINUTES": ["0", "4", "1441", "an hour", "-60"],
    "SIGN_UP": ["yes", "1", "open,invited", "on"],
    "HSTS_SECONDS": ["a year", "-1", "99999999999", "1e9"],
    "HSTS_SUBDOMAINS": ["maybe", "example.org"],
    "HSTS_PRELOAD": [
        "maybe", "1", {"HSTS_PRELOAD": "1", "HSTS_SUBDOMAINS": "1", "HSTS_SECONDS": "31535999"},
    ],
    "DATABASE_URL": [
        "nonsense", "mysql://u:p@host/name", "cockroachdb://u:p@host/name", "postgres://", "postgres://host", "postgres://host/",
        "postgres://u:pa/ss@host/name", "postgres://u:pa#ss@host/name", "postgres://u:p?w@host/name",
        "postgres://u:12/34@host/name", "postgres://u:12?34@host/name", "postgres://u:1#2@host/name",
        "postgres://u:p@ss/word@host/name", "postgres://u:p@ss#word@host/name",
        "postgres://u:p@s?sslmode=require@host/name", "postgres://u:50%off@host/name",
        "postgres://u:50%@host/name", "postgres://u:%ff@host/name", "postgres://u:%00@host/name",
        "postgres://u:%0a@host/name", "postgres://u:p[w@host/name", "postgres://u:p w@host/name",
        "postgres://u:p@host:port/name", "postgres://u:p@host:99999/name", "postgres://u:p@ho st/name",
        "postgres://u:p@host/name#x", "postgres://u:p@host/na/me", "postgres://u:p@host/name?pool=1",
        "postgres://u:p@host/name?sslmode=sometimes", "postgres://u:p@host/name?sslrootcert=/nowhere",
        "postgres://u:p@host/name?sslmode", "postgres://u:p@host/name?options=-c%20lock_timeout=0",
        "postgres://u:p@host/name?host=other", "postgres://u:p@host/name?host=/run/other",
        "postgres://u:@host/name", "postgres://:p@host/name", "postgres://@host/name",
        "postgres//u:p@host/name", "postgres:/u:p@host/name", "sqlite://", "sqlite:///",
        "sqlite://:memory:", "sqlite:///:memory:", "sqlite:////proc/x/y.sqlite3", "sqlite:////proc",
        {"DATABASE_URL": URL, "DATABASE_HOST": "db"}, {"DATABASE_URL": URL, "DATABASE_PASSWORD": "x"},
        {"DATABASE_URL": URL, "DATABASE_SSLMODE": "require"}, None, "",
        "postgres://u:p@%2Frun%2Fpostgresql:port/name", "postgres://u:p@%2Frun%2Fpostgresql:0/name",
        f"sqlite:///{TOO_LONG}", f"postgres://u:p@host/name?sslrootcert={TOO_LONG}",
    ],
    "DATABASE_HOST": [
        PARTS | {"DATABASE_HOST": value}
        for value in (None, "", "https://db", "db:5432", "db/name", "u@db", "d b", "db,", "*",
                     "/run/postgresql:5432")
    ],
    "DATABASE_PORT": [
        PARTS | {"DATABASE_PORT": value}
        for value in ("0", "-1", "70000", "port", "5432,5433", "٥٤٣٢", "5_432", "tcp://10.0.0.1:5432")
    ],
    "DATABASE_USER": [PARTS | {"DATABASE_USER": value} for value in (None, "", "an\nna", "a\x00")],
    "DATABASE_PASSWORD": [PARTS | {"DATABASE_PASSWORD": value} for value in ("wo\nrd", "w\x07", "\udcff")],
    "DATABASE_NAME": [PARTS | {"DATABASE_NAME": value} for value in (None, "", "a/b", "x" * 64)],
    "DATABASE_SSLMODE": [PARTS | {"DATABASE_SSLMODE": value} for value in ("on", "verify")],
    "DATABASE_SSLROOTCERT": [PARTS | {"DATABASE_SSLROOTCERT": value}
                             for value in ("/no.pem", "/", TOO_LONG, f"-----BEGIN CERTIFICATE-----\n{TOO_LONG}")],
    "DATABASE_POOLER": ["yes", "1", "odyssey"],
    "DATABASE_ISOLATION": ["repeatable-read", "on", "SERIALIZABLE;"],
    "DATABASE_POOL_SIZE": ["many", "-1", "1.5", "4_0", "100000", "٤", "4 5", "+4", "0x4"],
    "EMAIL_URL": [
        None, "", "pigeon://coop", "mail.example.org", "smtp+tls://", "smtp+tls://u:p@",
        "smtp+tls://u:pa/ss@mail.example.org", "smtp+tls://u:pa#ss@mail.example.org:587",
        "smtp+tls://u:p?w@mail.example.org", "smtp+tls://u:12/34@mail.example.org",
        "smtp+tls://u:p@s/w@mail.example.org", "smtp+tls://u:5%x@mail.example.org",
        "smtp+tls://u:p w@mail.example.org", "smtp+tls://u:p[w@mail.example.org",
        "smtp+tls://u@mail.example.org", "smtp+tls://:p@mail.example.org",
        "smtp+tls://u:p@mail.example.org:port", "smtp+tls://u:p@mail.example.org:0",
        "smtp+tls://u:p@mail.example.org/path", "smtp+tls://u:p@mail.example.org?x=1",
        "smtp+ssl://u:p@mail.example.org:587", "smtps://u:p@mail.example.org:587",
        "smtp://mail.example.org", "smtp://mail.example.org:587", "smtp://u:p@mail.example.org:25",
        "smtp://10.0.0.5", "dummymail://", "consolemail://", "memorymail://", "filemail:///tmp",
        "smtp+tls://u:p%C3%A9@mail.example.org", "smtp+tls://ü:p@mail.example.org",
        "dummymail://host", MAIL | {"EMAIL_URL": GOOD["EMAIL_URL"]},
        {"EMAIL_URL": GOOD["EMAIL_URL"], "EMAIL_SECURITY": "none"},
    ],
    "EMAIL_HOST": [
        MAIL | {"EMAIL_HOST": value}
        for value in (None, "", "https://mail", "mail:587", "u@mail", "mail/", "m ail")
    ],
    "EMAIL_PORT": [
        *(MAIL | {"EMAIL_PORT": value} for value in ("0", "port", "-587", "587.0", "65536", "5 87")),
    ],
    "EMAIL_USER": [MAIL | {"EMAIL_USER": None}, MAIL | {"EMAIL_USER": "an\nna"}],
    "EMAIL_PASSWORD": [MAIL | {"EMAIL_PASSWORD": None}, MAIL | {"EMAIL_PASSWORD": "wo\rrd"},
                       MAIL | {"EMAIL_PASSWORD": "wörd"}],
    "EMAIL_SECURITY": [
        MAIL | {"EMAIL_SECURITY": "yes"}, MAIL | {"EMAIL_SECURITY": "none"},
        MAIL | {"EMAIL_SECURITY": "starttls", "EMAIL_PORT": "465"},
        MAIL | {"EMAIL_SECURITY": "tls", "EMAIL_PORT": "587"},
    ],
    "DEFAULT_FROM_EMAIL": [
        None, "", "nobody", "hello@", "@example.org", "a@example.org, b@example.org",
        "a@example.org b@example.org", "A <a@example.org>\nBcc: b@example.org", "A <>",
        "Common Ground <hello>", "A <a@example.org", "A: a@example.org;", "a@exa mple.org",
        "a@@example.org", "a@example.org:25", "bücher@example.org", "a@☃.example",
        "mailto:a@example.org", "A <a@example.org> <b@example.org>", "a@[127.0.0.1]",
        f"{'A' * 310} <a@example.org>", "A <a@example.org> (at home)", "A <a@example.org>,", "A <@b.example:a@example.org>",
    ],
    "SECURITY_CONTACT": [
        "somebody", "anna@example.org", "mailto:", "mailto:anna", "https://", "http://example.org/",
        "tel:", "tel:help", "mailto:a@example.org\nExpires: never", "mailto:a@example.org b",
        "https://example.org/ x", "javascript:alert(1)", "mailto:a@example.org,mailto:b@example.org",
    ],
    "OPERATOR_NAME": ["Anna\nBerg", "Anna\tBerg", "Anna\x00"],
    "OPERATOR_CONTACT": [
        "somebody", "mailto:", "mailto:anna", "anna@", "@example.org", "http://example.org/", "tel:help",
        "a@example.org, b@example.org", "Anna <a@example.org>", "javascript:alert(1)", "https://",
        "https://example.org/\"x", "javascript:alert@example.org", "mailto:a@example.org?subject=x",
    ],
    "IMPRINT_URL": [
        "http://example.org/imprint", "/imprint", "example.org/imprint", "https://", "javascript:alert(1)",
        "https://anna@example.org/", "https://example.org/\"x", "https://exam ple.org", "https://example.org/é",
    ],
    "SOURCE_URL": ["http://example.org/source", "example.org", "git@example.org:a/b", "javascript:alert(1)"],
    "INDEXED": ["maybe", "2", "noindex", "private"],
    "LEAVE_TO": [
        "http://example.com/", "weather", "https://", "https:///x", "javascript:alert(1)",
        "https://anna@example.com/", "https://exam ple.com", "https://example.com/\"x", "//example.com",
        "https://example.org/", "https://EXAMPLE.org/help/", "https://example.com:port/",
        "https://example.org./", "https://example.org:8443/", "https://example.org?x", "https://example.org",
        "https://example.com/é",
    ],
    "TASKS": ["sometimes", "database,immediate", "0"],
    "TRUSTED_PROXIES": ["-1", "1000", "one", "10.0.0.1", "1.0", "true"],
    "REQUEST_ID_HEADER": [
        "X-Request-ID", "Request-ID", "Cookie", "X-", "X-Request ID", "X_Request_ID", "X-Request-ID:", "X-é", "on",
    ],
    "METRICS_ADDRESS": [
        "9464", ":9464", "127.0.0.1", "0.0.0.0:9464", "[::]:9464", "8.8.8.8:9464", "https://127.0.0.1:9464",
        "127.0.0.1:0", "127.0.0.1:9464/metrics", "metrics", "[2001:db8::1]:9464", "127.0.0.1:9464,10.0.0.1:9464",
    ],
    "METRICS_FOLDER": ["counts", "~/counts", "/etc/passwd", "./counts", "/tmp\nx"],
    "ERASED_FILE": ["/tmp", "erased", "/nowhere/erased", "/tmp/", "/dev/null", "/tmp\nx", TOO_LONG],
    "PDF_FONTS": ["/nowhere", "fonts", "/tmp,/nowhere", "/etc/passwd", "~/fonts", TOO_LONG],
    "LOG_LEVEL": ["LOUD", "0", "INFO,DEBUG", "20"],
    "DEBUG": ["maybe", "2", "no thanks"],
    "POSTGRES_PASSWORD": [{"DATABASE_URL": None, "POSTGRES_PASSWORD": "wo\nrd"}],
    # A name that is almost one of ours, while the right one is not set.
    "ALLOWED_HOST": [{"ALLOWED_HOSTS": None, "ALLOWED_HOST": "example.org"}],
    "TRUSTED_PROXY": [{"TRUSTED_PROXY": "1"}],
    "DATABASE_POOLSIZE": [{"DATABASE_POOLSIZE": "8"}],
    "MASTER_KEY": [{"MASTER_KEYS": None, "MASTER_KEY": FIRST}],
    "MASTER_KEY_FILE": [{"MASTER_KEYS": None, "MASTER_KEY_FILE": "/run/secrets/keys"}],
    "EMAIL_HOST_PASSWORD": [MAIL | {"EMAIL_PASSWORD": None, "EMAIL_USER": None, "EMAIL_HOST_PASSWORD": "x"}],
    "PDF_FONT": [{"PDF_FONT": "/tmp"}],
    "ERASED_FILES": [{"ERASED_FILES": "/tmp/x"}],
}  # fmt: skip


@pytest.mark.once
def test_wrong_values_are_refused_in_one_line_that_names_the_variable() -> None:
    wrong = []
    for name, values in REFUSED.items():
        for value in values:
            changes = value if isinstance(value, dict) else {name: value}
            refusal = read({**GOOD, **changes})
            if not isinstance(refusal, str):
                wrong.append(f"{name}={value!r} is taken")
            elif not re.fullmatch(
                rf"Common Ground cannot start: [^\n\r]*\b{name}\b[^\n\r]{{10,}}", refusal
            ):
                wrong.append(f"{name}={value!r}: {refusal!r}")

    assert not wrong, "\n".join(wrong)


def database_of(settings: dict[str, Any]) -> tuple[str, ...]:
    database = settings["DATABASES"]["default"]
    return tuple(str(database[key]) for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME"))


def mail_of(settings: dict[str, Any]) -> tuple[Any, ...]:
    options = settings["MAILERS"]["post"]["OPTIONS"]
    return tuple(options[k] for k in ("host", "port", "username", "password", "use_tls", "use_ssl"))


def setting(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda settings: settings[name]


ANNA = ("db.example.org", "5432", "anna", "word", "ground")
POST = ("mail.example.org", 587, "anna", "word", True, False)
SPACES = "  {}  ", "{}\n", "{}\r\n", "\ufeff{}", '"{}"', "'{}'", "\t{}\u00a0", ' "{}"\r\n'
# Accepted values: a function of the settings, what it must return, and the variables.
UNDERSTOOD: list[tuple[Callable[[dict[str, Any]], Any], Any, Sequence[Mapping[str, str | None]]]] = [
    (setting("SECRET_KEY"), KEY, [{"SECRET_KEY": value.format(KEY)} for value in SPACES]),
    (
        lambda settings: list(settings["MASTER_KEYS"]),
        [2, 1],
        [
            {"MASTER_KEYS": value.format(FIRST, SECOND)}
            for value in ("{},{}", " {} , {} \n", "{}\n{}\n", '"{},{}"', "{},\r\n{},", "{} {}", "\ufeff{},{}")
        ],
    ),
    (setting("SECRET_KEY_FALLBACKS"), [KEY, KEY[::-1]], [{"SECRET_KEY_FALLBACKS": f" {KEY}, {KEY[::-1]}\n"}]),
    (setting("SECRET_KEY_FALLBACKS"), [], [{"SECRET_KEY_FALLBACKS": value} for value in ("", " , ", "\n")]),
    (
        setting("SITE_URL"),
        "https://example.org",
        [
            {"SITE_URL": value}
            for value in ("https://example.org/", "https://example.org//", "HTTPS://Example.org",
                         "https://example.org:443", "https://example.org.",
                         *(value.format("https://example.org") for value in SPACES))
        ],
    ),
    *(
        (
            lambda settings: (settings["SITE_URL"], settings["UNENCRYPTED"], settings["SESSION_COOKIE_SECURE"]),
            (site, warns, secure),
            [{"SITE_URL": site, "ALLOWED_HOSTS": re.sub(r"https?://|:\d+$", "", site)}],
        )
        for site, warns, secure in (
            ("http://192.168.1.20", True, False), ("http://10.0.0.5:8000", True, False),
            ("http://172.31.255.254", True, False), ("http://pi.local", True, False),
            ("http://pi.home.arpa:8000", True, False), ("http://ground.internal", True, False),
            ("http://[fd12:3456::1]", True, False), ("http://localhost:8000", False, False),
            ("https://pi.local", False, True), ("https://example.org", False, True),
        )
    ),
    (
        lambda settings: (
            settings["SECURE_HSTS_SECONDS"], settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"],
            settings["SECURE_HSTS_PRELOAD"],
        ),
        (31536000, True, True),
        [{"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "yes"}],
    ),
    (
        lambda settings: (settings["SECURE_HSTS_SECONDS"], settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"]),
        (31536000, False),
        [{"HSTS_SECONDS": None}, {"HSTS_SECONDS": ""}, {"HSTS_SUBDOMAINS": "0"}],
    ),
    (setting("SECURE_HSTS_SECONDS"), 0, [{"HSTS_SECONDS": "0"}, {"SITE_URL": "http://pi.local", "ALLOWED_HOSTS": "pi.local"}]),
    (setting("SITE_URL"), "https://example.org:8443", [{"SITE_URL": "https://example.org:8443/"}]),
    (
        setting("SITE_URL"),
        "https://xn--bcher-kva.example",
        [{"SITE_URL": "https://bücher.example", "ALLOWED_HOSTS": "Bücher.example"}],
    ),
    (
        setting("SITE_URL"),
        "https://xn--strae-oqa.example",
        [{"SITE_URL": "https://Straße.example", "ALLOWED_HOSTS": "straße.example"}],
    ),
    (
        setting("ALLOWED_HOSTS"),
        ["example.org", "www.example.org", "localhost"],
        [
            {"ALLOWED_HOSTS": value}
            for value in ("example.org,www.example.org", "example.org, www.example.org ",
                         "example.org www.example.org", "Example.org.,WWW.example.org,",
                         "'example.org', 'www.example.org'", "example.org\nwww.example.org\r\n")
        ],
    ),
    (setting("ALLOWED_HOSTS"), [".example.org", "localhost"], [{"ALLOWED_HOSTS": " .example.org"}]),
    (
        setting("ALLOWED_HOSTS"),
        ["example.org", "[::1]", "10.0.0.1", "localhost"],
        [{"ALLOWED_HOSTS": "example.org,[0::1],10.0.0.1"}],
    ),
    (
        database_of,
        ANNA,
        [
            {"DATABASE_URL": URL}, {"DATABASE_URL": URL.replace("postgres", "postgresql")},
            {"DATABASE_URL": URL.upper().replace("ANNA", "anna").replace("WORD", "word")
             .replace("GROUND", "ground")},
            PARTS | {"DATABASE_PORT": " 5432\n"},
            PARTS | {"DATABASE_HOST": '"DB.example.org"', "DATABASE_PORT": "05432"},
            *({"DATABASE_URL": value.format(URL)} for value in SPACES),
        ],
    ),
    *(
        (database_of, ("host", "", "anna", word, "name"), [{"DATABASE_URL": f"postgres://anna:{url}@host/name"}])
        for url, word in (
            ("a%2Fb%23c%40d%3Fe%3Af%25g%5B", "a/b#c@d?e:f%g["), ("a+b", "a+b"), ("a:b", "a:b"),
            ("a@b", "a@b"), ("a%20b", "a b"), ("$a&b=c;d!*'()", "$a&b=c;d!*'()"), ("é%C3%A9", "éé"),
        )
    ),
    (
        database_of,
        ("db.example.org", "", "anna", AWKWARD, "ground"),
        [PARTS | {"DATABASE_PASSWORD": AWKWARD}, PARTS | {"DATABASE_PASSWORD": f"{AWKWARD}\r\n"}],
    ),
    (
        database_of,
        ("a.example,b.example", "5432,5433", "anna", "word", "ground"),
        [
            {"DATABASE_URL": "postgres://anna:word@a.example:5432,b.example:5433/ground"},
            PARTS | {"DATABASE_HOST": "a.example, b.example", "DATABASE_PORT": "5432, 5433"},
        ],
    ),
    (
        database_of,
        ("/run/postgresql", "", "", "", "ground"),
        [
            {"DATABASE_URL": "postgres:///ground?host=/run/postgresql"},
            {"DATABASE_URL": "postgres://%2Frun%2Fpostgresql/ground"},
            {"DATABASE_URL": "postgres:////run/postgresql/ground"},
            {"DATABASE_URL": None, "DATABASE_HOST": "/run/postgresql", "DATABASE_NAME": "ground"},
        ],
    ),
    (
        database_of,
        ("/run/postgresql", "5433", "anna", "word", "ground"),
        [{"DATABASE_URL": "postgres://anna:word@%2Frun%2Fpostgresql:5433/ground"}],
    ),
    (
        database_of,
        ("fe80::1%eth0", "5433", "anna", "word", "ground"),
        [{"DATABASE_URL": "postgres://anna:word@[fe80::1%25eth0]:5433/ground"}],
    ),
    (
        database_of,
        ("::1", "5432", "anna", "word", "ground"),
        [
            {"DATABASE_URL": "postgres://anna:word@[::1]:5432/ground"},
            *(PARTS | {"DATABASE_HOST": value, "DATABASE_PORT": "5432"} for value in ("::1", "[::1]")),
        ],
    ),
    (
        database_of,
        ("database", "", "common_ground", AWKWARD, "common_ground"),
        [{"DATABASE_URL": None, "POSTGRES_PASSWORD": AWKWARD}],
    ),
    (database_of, ANNA, [{"DATABASE_URL": URL, "POSTGRES_PASSWORD": "another"}]),
    (
        lambda settings: settings["DATABASES"]["default"]["OPTIONS"]["sslmode"],
        "verify-full",
        [
            {"DATABASE_URL": f"{URL}?sslmode=verify-full"},
            {"DATABASE_URL": f"{URL}?sslrootcert=system"},
            PARTS | {"DATABASE_SSLMODE": " verify-full "},
            PARTS | {"DATABASE_SSLROOTCERT": "/etc/passwd"},
        ],
    ),
    (
        mail_of,
        POST,
        [
            {"EMAIL_URL": value}
            for value in ("smtp+tls://anna:word@mail.example.org:587", "smtp+tls://anna:word@mail.example.org",
                         "SMTP+TLS://anna:word@Mail.example.org/", ' "smtp+tls://anna:word@mail.example.org"\n')
        ]
        + [MAIL, MAIL | {"EMAIL_PORT": " 587"}, MAIL | {"EMAIL_SECURITY": "STARTTLS"}],
    ),
    (
        mail_of,
        ("mail.example.org", 465, "anna", "word", False, True),
        [
            {"EMAIL_URL": value}
            for value in ("smtp+ssl://anna:word@mail.example.org:465", "smtp+ssl://anna:word@mail.example.org",
                         "smtps://anna:word@mail.example.org", "smtp+tls://anna:word@mail.example.org:465")
        ]
        + [MAIL | {"EMAIL_PORT": "465"}, MAIL | {"EMAIL_SECURITY": "tls"}, MAIL | {"EMAIL_SECURITY": "SSL"}],
    ),
    (
        mail_of,
        ("mail.example.org", 587, "anna@example.org", AWKWARD_IN_MAILS, True, False),
        [MAIL | {"EMAIL_USER": "anna@example.org", "EMAIL_PASSWORD": AWKWARD_IN_MAILS}],
    ),
    (
        mail_of,
        ("mail.example.org", 587, "anna@example.org", "word", True, False),
        [{"EMAIL_URL": f"smtp+tls://{user}:word@mail.example.org"} for user in ("anna@example.org", "anna%40example.org")],
    ),
    (mail_of, ("mail", 25, None, None, False, False), [{"EMAIL_URL": "smtp://mail"}]),
    (mail_of, ("127.0.0.1", 1025, None, None, False, False), [{"EMAIL_URL": "smtp://127.0.0.1:1025"}]),
    (
        mail_of,
        ("mail.example.org", 25, None, None, False, False),
        [{"EMAIL_URL": None, "EMAIL_HOST": "mail.example.org", "EMAIL_SECURITY": "none"}],
    ),
    (
        setting("DEFAULT_FROM_EMAIL"),
        "Common Ground <hello@example.org>",
        [{"DEFAULT_FROM_EMAIL": value.format(GOOD["DEFAULT_FROM_EMAIL"])} for value in SPACES],
    ),
    (
        setting("DEFAULT_FROM_EMAIL"),
        "hello@xn--bcher-kva.example",
        [{"DEFAULT_FROM_EMAIL": "hello@bücher.example"}],
    ),
    (
        setting("DEFAULT_FROM_EMAIL"),
        "Für uns <hello@xn--bcher-kva.example>",
        [{"DEFAULT_FROM_EMAIL": "Für uns <hello@bücher.example>"}],
    ),
    (
        setting("DEFAULT_FROM_EMAIL"),
        "hello@xn--strae-oqa.example",
        [{"DEFAULT_FROM_EMAIL": "hello@straße.example"}],
    ),
    (setting("LEAVE_TO"), "https://xn--bcher-kva.example:8443/a?b#c", [{"LEAVE_TO": "https://Bücher.example:8443/a?b#c"}]),
    (setting("LEAVE_TO"), "https://example.com", [{"LEAVE_TO": "https://example.com"}]),
    (setting("LOG_LEVEL"), "WARNING", [{"LOG_LEVEL": value} for value in ("warning", " WARNING\n", "Warn")]),
    (setting("pool_size"), 7, [{"DATABASE_POOL_SIZE": value} for value in ("7", " 7\r\n", '"7"', "07")]),
    (setting("trusted_proxies"), 1, [{"TRUSTED_PROXIES": value} for value in ("1", " 1 ", "'1'")]),
    (setting("SERIALIZABLE"), False, [{"DATABASE_ISOLATION": value} for value in (None, "", "Read-Committed")]),
    (setting("SERIALIZABLE"), True, [{"DATABASE_ISOLATION": value} for value in ("serializable", " Serializable\n")]),
    (setting("TRUSTED_REQUEST_ID"), "", [{"REQUEST_ID_HEADER": value} for value in (None, "", " ")]),
    (
        setting("TRUSTED_REQUEST_ID"),
        "HTTP_X_REQUEST_ID",
        [{"TRUSTED_PROXIES": "1", "REQUEST_ID_HEADER": value} for value in ("X-Request-ID", " x-request-id\n", "'X-REQUEST-ID'")],
    ),
    (setting("METRICS_ADDRESS"), None, [{"METRICS_ADDRESS": value} for value in (None, "", " ")]),
    (setting("METRICS_ADDRESS"), ("127.0.0.1", 9464), [{"METRICS_ADDRESS": value.format("127.0.0.1:9464")} for value in SPACES]),
    (setting("METRICS_ADDRESS"), ("::1", 9464), [{"METRICS_ADDRESS": "[::1]:9464"}]),
    (setting("METRICS_ADDRESS"), ("metrics", 9464), [{"METRICS_ADDRESS": "metrics:9464"}]),
    (setting("METRICS_ADDRESS"), ("10.0.0.5", 9464), [{"METRICS_ADDRESS": "10.0.0.5:9464"}]),
    (setting("METRICS_FOLDER"), "/nowhere/counts", [{"METRICS_FOLDER": value.format("/nowhere/counts")} for value in SPACES]),
    (setting("tasks"), "database", [{"TASKS": value} for value in (None, "", "Database", "database\n")]),
    (setting("SIGN_UP"), "open", [{"SIGN_UP": value} for value in (None, "", "Open", " open\n")]),
    (setting("SIGN_UP"), "closed", [{"SIGN_UP": value} for value in ("closed", "CLOSED", "'closed'")]),
    (setting("DEBUG"), False, [{"DEBUG": value} for value in (None, "", "0", "False", "off", " no\n")]),
    (setting("PDF_FONTS"), ["/tmp", "/usr"], [{"PDF_FONTS": value} for value in ("/tmp,/usr", " /tmp, /usr,\n", "/tmp\n/usr")]),
    (setting("ERASED_FILE"), "/tmp/erased-of-a-test", [{"ERASED_FILE": value.format("/tmp/erased-of-a-test")} for value in SPACES]),
    (setting("LEAVE_TO"), "https://www.bbc.com/weather", [{"LEAVE_TO": value} for value in (None, "", " https://www.bbc.com/weather\n")]),
    (
        setting("SECURITY_CONTACT"),
        "mailto:hello@example.org",
        [{"SECURITY_CONTACT": value} for value in (None, "", " ", "mailto:hello@example.org\n", '"mailto:hello@example.org"')],
    ),
    (setting("OPERATOR_NAME"), "Anna Bergström", [{"OPERATOR_NAME": value.format("Anna Bergström")} for value in SPACES]),
    (setting("OPERATOR_CONTACT"), "mailto:hello@example.org", [{"OPERATOR_CONTACT": value} for value in (None, "", " ")]),
    (setting("OPERATOR_CONTACT"), "mailto:anna@example.org", [{"OPERATOR_CONTACT": value} for value in ("anna@example.org", " mailto:anna@EXAMPLE.org\n")]),
    (setting("OPERATOR_CONTACT"), "https://example.org/contact", [{"OPERATOR_CONTACT": "https://example.org/contact"}]),
    (setting("IMPRINT_URL"), "https://example.org/imprint", [{"IMPRINT_URL": value.format("https://example.org/imprint")} for value in SPACES]),
    (setting("SOURCE_URL"), "", [{"SOURCE_URL": value} for value in (None, "", " ")]),
    (setting("SOURCE_URL"), "https://example.org/a/b", [{"SOURCE_URL": value.format("https://example.org/a/b")} for value in SPACES]),
    (setting("INDEXED"), True, [{"INDEXED": value} for value in (None, "", "on", "On", "1", "yes")]),
    (setting("INDEXED"), False, [{"INDEXED": value} for value in ("off", " OFF\n", "0", "no")]),
    (setting("SECURITY_CONTACT"), "tel:+49-30-123456", [{"SECURITY_CONTACT": "tel:+49-30-123456"}]),
]  # fmt: skip


@pytest.mark.once
def test_untidy_values_are_understood() -> None:
    wrong = []
    for look, expected, environments in UNDERSTOOD:
        for changes in environments:
            settings = read({**GOOD, **changes})
            found = settings if isinstance(settings, str) else look(settings)
            if found != expected:
                wrong.append(f"{changes}: {found!r} instead of {expected!r}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.once
def test_every_value_can_be_read_from_a_file_with_a_final_newline(tmp_path: Path) -> None:
    whole = GOOD | {"DATABASE_URL": URL, "TRUSTED_PROXIES": "1", "LOG_LEVEL": "ERROR"}
    expected = read(dict(whole))
    assert isinstance(expected, dict)
    for begins, ends in (("", ""), ("", "\n"), ("", "\r\n"), ("\ufeff", "\n"), ("\n ", " \n\n")):
        files = {}
        for name, value in whole.items():
            files[f"{name}_FILE"] = str(tmp_path / name)
            (tmp_path / name).write_bytes(f"{begins}{value}{ends}".encode())
        settings = read(dict(files))
        assert isinstance(settings, dict), settings
        names = [name for name in expected if name.isupper()]
        assert {name: settings[name] for name in names} == {name: expected[name] for name in names}


@pytest.mark.once
def test_a_password_in_a_file_is_taken_as_it_stands(tmp_path: Path) -> None:
    for word in (AWKWARD, '"quoted"', "'", "  inner  spaces"):
        (tmp_path / "word").write_text(f"{word}\n")
        settings = read(
            GOOD
            | PARTS
            | {"DATABASE_PASSWORD": None, "DATABASE_PASSWORD_FILE": str(tmp_path / "word")}
        )
        assert isinstance(settings, dict), settings
        assert database_of(settings)[3] == word.strip()


@pytest.mark.once
def test_a_file_that_cannot_be_used_is_refused_by_its_path_and_not_its_content(
    tmp_path: Path,
) -> None:
    contents = {
        "empty": b"", "blank": b" \n\n", "binary": b"\xff\xfe" + CANARY.encode(),
        "utf-16": CANARY.encode("utf-16"), "long": CANARY.encode() * 5000, "short": CANARY.encode(),
        "lines": f"{CANARY}\n{CANARY}".encode(),
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe")
    for name in (*contents, "missing", "pipe", "../nowhere/x", ""):
        path = str(tmp_path / name)
        refusal = read(GOOD | {"SECRET_KEY": None, "SECRET_KEY_FILE": path})
        assert isinstance(refusal, str), name
        assert "SECRET_KEY" in refusal
        if name not in ("short", "lines"):  # the content is wrong, not the file
            assert "SECRET_KEY_FILE" in refusal
            assert path in refusal
        assert_no_part_of(CANARY, refusal)


@pytest.mark.once
def test_a_value_and_a_file_for_it_are_refused_together(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    refusal = read(GOOD | {"SECRET_KEY_FILE": str(tmp_path / "key")})

    assert isinstance(refusal, str)
    assert "SECRET_KEY and SECRET_KEY_FILE are both set" in refusal
    empty = read(GOOD | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")})
    assert isinstance(empty, dict)
    assert isinstance(read(GOOD | {"SECRET_KEY_FILE": ""}), dict)


DEMO: dict[str, str | None] = {"DEMO": "1"}


@pytest.mark.once
def test_a_demo_needs_nothing_else_and_has_keys_and_a_database_of_its_own() -> None:
    one, other = read(DEMO), read(DEMO)

    assert isinstance(one, dict), one
    assert isinstance(other, dict)
    assert one["DEBUG"] is False
    assert one["SITE_URL"] == "http://localhost:8000"
    for key in ("SECRET_KEY", "MASTER_KEYS"):
        assert one[key] != other[key]
    assert one["DATABASES"]["default"]["NAME"] == str(ROOT / "var/demo/common-ground.sqlite3")
    assert one["MAILERS"]["post"]["BACKEND"] == "config.mailbox.MailboxBackend"
    assert one["tasks"] == "immediate"


@pytest.mark.once
def test_a_public_demo_is_held_to_the_rules_of_a_real_site() -> None:
    public = DEMO | {"SITE_URL": "https://demo.example.org", "ALLOWED_HOSTS": "demo.example.org"}
    settings = read(public)

    assert isinstance(settings, dict), settings
    assert settings["SESSION_COOKIE_SECURE"] is True
    for wrong in ({"SITE_URL": "http://demo.example.org"}, {"ALLOWED_HOSTS": "*"}):
        assert isinstance(read(public | wrong), str), wrong


CANARY = "Qx7Kw9ZtV3Jy"
SECRET = {
    "SECRET_KEY", "SECRET_KEY_FALLBACKS", "MASTER_KEYS", "DATABASE_URL", "DATABASE_PASSWORD",
    "EMAIL_URL", "EMAIL_PASSWORD", "POSTGRES_PASSWORD",
}  # fmt: skip
MALFORMED = [
    "{0}", "{0}\n{0}", "{0}\x00", "{0}/{0}", "\udcff{0}", '"{0}', "{0},{0}", "1:{0}", "{0}:{0}",
    *(
        f"{scheme}://{rest}"
        for scheme in ("postgres", "postgresql", "smtp+tls", "smtp", "smtps", "sqlite", "{0}", "mysql")
        for rest in (
            "{0}", "u:{0}", "u:{0}@", "u:{0}@host", "u:{0}@host:port/name", "u:{0}/x@host/name",
            "u:{0}#x@host/name", "u:{0}?x@host/name", "u:x/{0}@host/name", "u:x#{0}@host/name",
            "u:x?{0}@host/name", "u:x?{0}=1@host/name", "u:x@{0}/y@host/name", "u:{0}%x@host/name",
            "u:{0}%00@host/name", "u:[{0}@host/name", "u:{0}]@host/name", "u: {0}@host/name",
            "u:{0}@ho st/name", "{0}:x@host:port/name", "u:1/{0}", "u:{0}:1/x", "[{0}", "[::{0}]/x",
            "u:x@host/name?{0}=1", "u:x@host/name?sslmode={0}", "u:x@host/name?{0}", "u:x@{0}:x/n",
            "u:x@host/{0}/x", "u:x@host/name#{0}", "u:x@host:{0}/name", "/{0}:memory:", "//u:{0}@",
        )
    ),
]  # fmt: skip


def assert_no_part_of(secret: str, text: str) -> None:
    parts = {secret[at : at + 4].lower() for at in range(len(secret) - 3)}
    assert not [part for part in parts if part in text.lower()], text


@pytest.mark.turns(3)
@pytest.mark.once
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.deep)])
def test_no_refusal_shows_any_part_of_a_secret(
    capfd: pytest.CaptureFixture[str], every: int
) -> None:
    refused = 0
    for place, name in enumerate(sorted(SECRET)):
        for pattern in list(MALFORMED)[(place + DAY) % every :: every]:
            for variable in (name, f"{name}_FILE"):
                value = pattern.replace("{0}", CANARY)
                group: dict[str, dict[str, str | None]] = {
                    "DATABASE_PASSWORD": PARTS,
                    "EMAIL_PASSWORD": MAIL,
                    "POSTGRES_PASSWORD": {"DATABASE_URL": None},
                }
                changes = {**group.get(name, {}), name: None, variable: value}
                refusal = read({**GOOD, **changes})
                if isinstance(refusal, str):
                    refused += 1
                    assert "\n" not in refusal
                    assert_no_part_of(CANARY, refusal)

    assert refused > 1000 // every
    out, err = capfd.readouterr()
    assert_no_part_of(CANARY, out + err)


def test_the_default_contacts_are_the_sender_of_mails() -> None:
    sender, other = "mailto:hello@example.org", "https://example.org/tell"
    for more, contacts in (
        ({}, [sender, sender]),
        ({"SECURITY_CONTACT": other}, [other, other]),
        ({"OPERATOR_CONTACT": other}, [sender, other]),
    ):
        script = "print(settings.SECURITY_CONTACT, settings.OPERATOR_CONTACT)"
        assert start(GOOD | more, script).stdout.split() == contacts


def test_over_https_cookies_are_bound_to_the_host_and_hsts_is_on() -> None:
    done = start(
        GOOD,
        "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "
        "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, "
        "settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT)",
    )

    assert done.stdout.split() == [
        "__Host-sessionid", "__Host-csrftoken", "True", "True", "31536000", "True",
    ]  # fmt: skip


def test_passwords_are_hashed_with_argon2() -> None:
    script = (
        "import django; django.setup(); from django.contrib.auth.hashers import make_password;"
        " print(make_password('a long password'))"
    )

    done = start(GOOD | {"DJANGO_SETTINGS_MODULE": "config.settings"}, script)

    kind, memory, times = re.fullmatch(
        r"argon2\$(\w+)\$v=19\$m=(\d+),t=(\d+),p=\d+\$[^$]+\$[^$]+\n", done.stdout
    ).groups()  # type: ignore[union-attr]  # otherwise this fails too
    assert kind == "argon2id"
    assert int(memory) * int(times) >= 19 * 1024 * 2  # the minimum in appendix C of OWASP ASVS 5.0
