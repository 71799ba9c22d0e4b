"""The compose file, as far as it can be judged without an engine to run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
import yaml

from tests.support.environment import MASTER_KEYS
from tests.test_settings import AWKWARD, AWKWARD_IN_MAILS, GOOD, database_of, mail_of, read

ROOT = Path(__file__).parent.parent
OURS = ("migration", "web", "worker", "metrics")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DEMO: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.demo.yml").read_text())["services"]
LASTING = sorted(set(SERVICES) - {"migration"})


def test_it_runs_a_database_a_migration_a_site_and_a_worker_and_the_rest_if_asked() -> None:
    always = {name for name, service in SERVICES.items() if "profiles" not in service}

    assert always == {"database", "migration", "web", "worker"}
    assert {name: SERVICES[name]["profiles"] for name in set(SERVICES) - always} == {
        "metrics": ["metrics"],
        "proxy": ["https"],
    }


@pytest.mark.parametrize("name", LASTING)
def test_what_stays_up_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["migration", "web", "worker", "metrics"])
def test_nothing_starts_before_what_it_needs(name: str) -> None:
    conditions = {
        service: rule["condition"] for service, rule in SERVICES[name]["depends_on"].items()
    }

    assert conditions["database"] == "service_healthy"
    assert name == "migration" or conditions["migration"] == "service_completed_successfully"


def test_only_the_proxy_has_ports_for_other_machines() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert ports == {
        "web": ["127.0.0.1:8000:8000"],
        "metrics": ["127.0.0.1:9464:9464"],
        "proxy": ["80:80", "443:443", "443:443/udp"],
    }
    assert DEMO["demo"]["ports"] == ["127.0.0.1:${PORT:-8000}:8000"]


def test_the_proxy_reads_the_tested_file_with_the_address_of_the_site() -> None:
    """tests/test_proxies.py runs Caddy with the same file and variables."""
    proxy = SERVICES["proxy"]

    assert "./deploy/Caddyfile:/etc/caddy/Caddyfile:ro" in proxy["volumes"]
    assert (ROOT / "deploy" / "Caddyfile").exists()
    assert proxy["environment"] == {"SITE_URL": "${SITE_URL:-}", "UPSTREAM": "web:8000"}
    assert proxy["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert (proxy["cap_drop"], proxy["cap_add"]) == (["ALL"], ["NET_BIND_SERVICE"])
    assert proxy["read_only"] is True


def test_the_proxy_reaches_the_site_and_not_the_database() -> None:
    networks = {name: service.get("networks", ["default"]) for name, service in SERVICES.items()}

    assert {name for name, joined in networks.items() if "public" in joined} == {"web", "proxy"}
    assert networks["proxy"] == ["public"]
    assert networks["web"] == ["default", "public"]
    assert COMPOSE["networks"] == {"public": None}


def test_metrics_and_the_site_share_a_folder_in_memory() -> None:
    """.env.example and docs/monitoring.md name the folder and the address."""
    for name in ("web", "metrics"):
        assert "counts:/counts" in SERVICES[name]["volumes"]
    assert COMPOSE["volumes"]["counts"] == {
        "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": "uid=10001,mode=0700"}
    }
    chosen = {"METRICS_ADDRESS": "metrics:9464", "METRICS_FOLDER": "/counts"}
    for name in ("web", "metrics"):
        settings = inside(name, NEEDED | {"POSTGRES_PASSWORD": "word"} | chosen)
        assert isinstance(settings, dict), settings
        assert settings["METRICS_ADDRESS"] == ("metrics", 9464)
        assert settings["METRICS_FOLDER"] == "/counts"


def test_the_folder_of_the_database_is_that_of_its_image() -> None:
    """From 18 on, the image refuses to start on files of an older one, unless PGDATA is set."""
    assert "database:/var/lib/postgresql" in SERVICES["database"]["volumes"]
    assert "PGDATA" not in SERVICES["database"]["environment"]


@pytest.mark.once
def test_a_demo_starts_by_one_command_and_keeps_nothing() -> None:
    demo = DEMO["demo"]
    variables = {name: interpolated(value, {}) for name, value in demo["environment"].items()}

    assert isinstance(read(dict(variables)), dict), read(dict(variables))
    assert variables == {"DEMO": "1", "SITE_URL": "http://localhost:8000"}
    assert demo["command"][:3] == ["python", "manage.py", "serve_demo"]
    assert "volumes" not in demo
    folder = re.search(r"^RUN install -d -o app (.+)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert folder
    assert "/app/var/demo" in folder[1].split()
    assert demo["tmpfs"] == ["/tmp", "/app/var/demo:uid=10001,mode=0700"]  # noqa: S108


@pytest.mark.parametrize("name", [*OURS, "proxy", "demo"])
def test_our_containers_can_do_next_to_nothing_to_the_machine(name: str) -> None:
    service = (SERVICES | DEMO)[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_statement_with_content_reaches_the_log_of_the_database() -> None:
    flags = SERVICES["database"]["command"]

    assert {"log_min_error_statement=panic", "log_error_verbosity=terse"} <= set(flags)
    assert "log_parameter_max_length_on_error=0" in flags


# All variables but these are described, read and passed on.
FILLED_IN = ("SECRET_KEY", "MASTER_KEYS", "EMAIL_URL", "DEFAULT_FROM_EMAIL")
ONLY_FOR_COMPOSE = {"COMPOSE_FILE", "COMPOSE_PROFILES"}  # it never reaches a container
NEVER_ON_A_SERVER = {"DEBUG", "DEMO", "DEMO_RESET_MINUTES"}
SECRETS = {  # with compose these can be in files; without it any variable can
    "SECRET_KEY", "SECRET_KEY_FALLBACKS", "MASTER_KEYS", "POSTGRES_PASSWORD", "DATABASE_URL",
    "DATABASE_PASSWORD", "EMAIL_URL", "EMAIL_PASSWORD",
}  # fmt: skip


def read_by_the_settings() -> set[str]:
    return set(re.findall(r'env\.read\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))


@pytest.mark.once
def test_every_variable_is_described_and_no_other() -> None:
    described = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)

    assert sorted(described) == sorted(read_by_the_settings() | ONLY_FOR_COMPOSE)


@pytest.mark.once
def test_every_variable_reaches_each_container_and_no_other() -> None:
    expected = read_by_the_settings() - NEVER_ON_A_SERVER
    for name in OURS:
        passed = SERVICES[name]["environment"]
        assert set(passed) == expected | {f"{secret}_FILE" for secret in SECRETS}, name
        for variable, value in passed.items():
            assert re.fullmatch(rf"\$\{{{variable}:-.*\}}", value), variable


@pytest.mark.once
def test_an_example_that_is_filled_in_starts() -> None:
    """The example as it is copied, plus the values that everybody must fill in."""
    lines = (ROOT / ".env.example").read_text()
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", lines, re.M))
    filled = {name: GOOD[name] for name in FILLED_IN}
    settings = inside("web", example | filled | {"POSTGRES_PASSWORD": "word"})

    assert isinstance(settings, dict), settings


def interpolated(text: str, variables: dict[str, str]) -> str:
    """Substitute like compose: ${NAME}, ${NAME:-default}, ${NAME:?error}, also nested."""
    out, at = "", 0
    while (start := text.find("$", at)) >= 0:
        out += text[at:start]
        if text[start + 1] == "$":
            out, at = out + "$", start + 2
            continue
        assert text[start + 1] == "{", f"not understood: {text}"
        depth, end = 1, start + 2
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        match = re.fullmatch(r"([A-Z_]+)(:-|:\?|)(.*)", text[start + 2 : end - 1])
        assert match, f"not understood: {text}"
        name, mark, more = match.groups()
        value = variables.get(name, "")
        assert value or mark != ":?", f"{name}: {more}"
        out += value if value or mark != ":-" else interpolated(more, variables)
        at = end
    return out + text[at:]


def inside(service: str, dotenv: dict[str, str]) -> dict[str, Any] | str:
    """The settings for the environment of a container."""
    passed = SERVICES[service]["environment"]
    environment = {name: interpolated(value, dotenv) for name, value in passed.items()}
    # This folder exists in the image, but perhaps not on the machine that runs the tests.
    environment["ERASED_FILE"] = environment["ERASED_FILE"].replace("/erased", gettempdir())
    return read(dict(environment))


NEEDED = {name: value for name, value in GOOD.items() if not name.startswith("DATABASE")}
BUNDLED = ("database", "", "common_ground", AWKWARD, "common_ground")
ANNAS = ("db.example.org", "5433", "anna", AWKWARD, "ground")


@pytest.mark.once
def test_each_way_to_set_it_up_with_compose_works(tmp_path: Path) -> None:
    parts = {
        "DATABASE_HOST": "db.example.org", "DATABASE_PORT": "5433", "DATABASE_USER": "anna",
        "DATABASE_NAME": "ground",
    }  # fmt: skip
    url = "postgres://anna:word@db.example.org/ground"
    for name, value in {"word": AWKWARD, "url": url, "keys": "\n".join(MASTER_KEYS)}.items():
        (tmp_path / name).write_text(f"{value}\n")
    file = {name: str(tmp_path / name) for name in ("word", "url", "keys")}
    ways: list[tuple[dict[str, str], tuple[str, ...]]] = [
        ({"POSTGRES_PASSWORD": AWKWARD}, BUNDLED),
        ({"POSTGRES_PASSWORD_FILE": file["word"]}, BUNDLED),
        (parts | {"DATABASE_PASSWORD": AWKWARD}, ANNAS),
        (parts | {"DATABASE_PASSWORD_FILE": file["word"]}, ANNAS),
        (parts | {"DATABASE_PASSWORD": AWKWARD, "POSTGRES_PASSWORD": "left over"}, ANNAS),
        ({"DATABASE_URL": url}, ("db.example.org", "", "anna", "word", "ground")),
        ({"DATABASE_URL_FILE": file["url"]}, ("db.example.org", "", "anna", "word", "ground")),
        (
            {"POSTGRES_PASSWORD": AWKWARD, "MASTER_KEYS": "", "MASTER_KEYS_FILE": file["keys"],
             "PDF_FONTS": "/usr", "TASKS": "immediate"},
            BUNDLED,
        ),
    ]  # fmt: skip
    for dotenv, database in ways:
        for service in OURS:
            settings = inside(service, NEEDED | dotenv)
            assert isinstance(settings, dict), (dotenv, settings)
            assert database_of(settings) == database
            assert next(iter(settings["MASTER_KEYS"])) == 2
            assert settings["PDF_FONTS"] == list(filter(None, [dotenv.get("PDF_FONTS")]))
            assert settings["tasks"] == dotenv.get("TASKS", "database")


@pytest.mark.once
def test_a_mail_server_in_parts_and_a_file_reaches_the_worker(tmp_path: Path) -> None:
    (tmp_path / "word").write_text(f"{AWKWARD_IN_MAILS}\n")
    parts = {
        "EMAIL_URL": "", "EMAIL_HOST": "mail.example.org", "EMAIL_PORT": "465",
        "EMAIL_USER": "anna", "EMAIL_PASSWORD_FILE": str(tmp_path / "word"),
        "POSTGRES_PASSWORD": "word",
    }  # fmt: skip
    settings = inside("worker", NEEDED | parts)

    assert isinstance(settings, dict), settings
    assert mail_of(settings) == ("mail.example.org", 465, "anna", AWKWARD_IN_MAILS, False, True)


@pytest.mark.once
def test_the_bundled_database_has_the_name_that_the_settings_know() -> None:
    own = {name: interpolated(value, {"POSTGRES_PASSWORD": AWKWARD})
           for name, value in SERVICES["database"]["environment"].items()}  # fmt: skip
    host, _, user, password, name = BUNDLED

    assert host in SERVICES
    names = ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB")
    assert tuple(own[name] for name in names) == (user, password, name)


@pytest.mark.once
def test_a_database_of_ones_own_leaves_out_the_bundled_one() -> None:
    more = yaml.safe_load((ROOT / "docker-compose.external-database.yml").read_text())

    assert more == {"services": {"database": {"profiles": ["not-used"]}}}
    for name in OURS:
        assert SERVICES[name]["depends_on"]["database"]["required"] is False
    everything = (ROOT / "docker-compose.yml").read_text()
    assert ":?" not in everything  # compose would ask for the password of what it leaves out


@pytest.mark.once
def test_files_for_secrets_and_fonts_reach_the_containers() -> None:
    for name in (*OURS, "database"):
        assert "./secrets:/run/secrets:ro" in SERVICES[name]["volumes"]
    for name in OURS:
        assert "./fonts:/fonts:ro" in SERVICES[name]["volumes"]
    assert "erased:/erased" in SERVICES["worker"]["volumes"]
    assert {"/secrets/", "/fonts/"} <= set((ROOT / ".gitignore").read_text().split())


@pytest.mark.once
def test_systemd_starts_what_the_containers_start() -> None:
    units = {name: (ROOT / f"deploy/common-ground-{name}.service").read_text()
             for name in ("web", "worker")}  # fmt: skip
    image = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.M)
    assert image
    commands: dict[str, list[str]] = {
        "web": json.loads(image[1]),
        "worker": SERVICES["worker"]["command"],
    }

    for name, unit in units.items():
        command = " ".join(commands[name]).replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        # venv/bin/granian names the folder it was installed in, and an upgrade renames that.
        command = re.sub("^granian ", "python -m granian ", command)
        assert f"ExecStart=/opt/common-ground/venv/bin/{command}\n" in unit
        assert "Restart=on-failure" in unit
        assert "EnvironmentFile=/opt/common-ground/.env" in unit


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """Also in what is added to Debian's unit of Patroni, where that is installed."""
    of_patroni = Path("/lib/systemd/system/patroni.service")
    for place in ("deploy", "deploy/failover"):
        for found in (ROOT / place).glob("*.d"):
            shutil.copytree(found, tmp_path / found.name)
    for found in (*(ROOT / "deploy").glob("*.service"), *(ROOT / "deploy").glob("*.timer")):
        shutil.copy(found, tmp_path)
    if of_patroni.exists():
        shutil.copy(of_patroni, tmp_path)

    for unit in (*tmp_path.glob("*.service"), *tmp_path.glob("*.timer")):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", unit],  # noqa: S607
            env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
            capture_output=True,
            text=True,
        )
        # The programs are on a server.
        faults = [line for line in done.stderr.splitlines() if "is not executable" not in line]
        assert faults == [], unit.name


@pytest.mark.once
def test_a_restore_drill_starts_with_a_mail_server_that_takes_nothing() -> None:
    named = re.search(r"EMAIL_URL=([^`]+)`", (ROOT / "docs/backup.md").read_text())

    assert named
    settings = inside("web", NEEDED | {"EMAIL_URL": named[1], "POSTGRES_PASSWORD": "word"})
    assert isinstance(settings, dict), settings
    assert mail_of(settings)[:2] == ("localhost", 25)
