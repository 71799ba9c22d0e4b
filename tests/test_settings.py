"""A server with a missing or weak setting does not start, and says why in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.environment import MASTER_KEYS

ROOT = Path(__file__).parent.parent
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


def test_a_whole_environment_starts() -> None:
    done = start(GOOD)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("MASTER_KEYS", None),
        ("MASTER_KEYS", ""),
        ("MASTER_KEYS", "1:short"),
        ("MASTER_KEYS", "1:" + "A" * 43 + "="),  # 32 zero bytes
        ("MASTER_KEYS", MASTER_KEYS[0].partition(":")[2]),
        ("MASTER_KEYS", MASTER_KEYS[0] + "=="),
        ("MASTER_KEYS", "0" + MASTER_KEYS[0][1:]),
        ("MASTER_KEYS", f"{MASTER_KEYS[0]},{MASTER_KEYS[0]}"),
        ("MASTER_KEYS", f"{MASTER_KEYS[0]},3{MASTER_KEYS[0][1:]}"),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", ""),
        ("SITE_URL", None),
        ("SITE_URL", "http://example.org"),
        ("SITE_URL", "example.org"),
        ("EMAIL_URL", None),
        ("EMAIL_URL", ""),
        ("EMAIL_URL", "pigeon://coop"),
        ("DEFAULT_FROM_EMAIL", None),
        ("DEFAULT_FROM_EMAIL", "nobody"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_POOL_SIZE", "many"),
        ("SECURITY_CONTACT", "somebody"),
        ("SECURITY_CONTACT", "mailto:a@example.org\nExpires: never"),
        ("LEAVE_TO", "http://example.org/"),
        ("LEAVE_TO", "weather"),
        ("TASKS", "sometimes"),
    ],
)
def test_a_missing_or_weak_setting_is_refused_in_one_line(name: str, value: str | None) -> None:
    environment = {**GOOD, name: value}

    done = start({key: each for key, each in environment.items() if each is not None})

    assert done.returncode == 1
    assert re.fullmatch(r"Common Ground cannot start: [^\n]+\n", done.stderr), done.stderr


def test_every_variable_is_described_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    described = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))

    assert described - {"POSTGRES_PASSWORD"} == read


def test_the_containers_are_given_known_variables_only() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    assert set(compose["x-app"]["environment"]) <= read


def test_without_a_contact_for_weaknesses_it_is_whom_mails_come_from() -> None:
    for more, told in (
        ({}, "mailto:hello@example.org"),
        ({"SECURITY_CONTACT": "https://example.org/tell"}, "https://example.org/tell"),
    ):
        assert start(GOOD | more, "print(settings.SECURITY_CONTACT)").stdout.strip() == told


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
    ).groups()  # type: ignore[union-attr]  # else this fails, too
    assert kind == "argon2id"
    assert int(memory) * int(times) >= 19 * 1024 * 2  # the least in appendix C of OWASP ASVS 5.0
