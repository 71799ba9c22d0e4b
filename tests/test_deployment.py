"""The compose file, as far as it can be judged without an engine to run it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
LASTING = sorted(set(SERVICES) - {"migration"})


def test_it_runs_a_database_a_migration_a_site_and_a_worker() -> None:
    assert set(SERVICES) == {"database", "migration", "web", "worker"}


@pytest.mark.parametrize("name", LASTING)
def test_what_stays_up_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["migration", "web", "worker"])
def test_nothing_starts_before_what_it_needs(name: str) -> None:
    conditions = {each: rule["condition"] for each, rule in SERVICES[name]["depends_on"].items()}

    assert conditions["database"] == "service_healthy"
    assert name == "migration" or conditions["migration"] == "service_completed_successfully"


def test_only_the_site_has_a_port_and_only_for_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_images_are_pinned() -> None:
    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", SERVICES["database"]["image"])
    assert re.search(r"^FROM python:3\.\d+-slim-\w+$", (ROOT / "Dockerfile").read_text(), re.M)


@pytest.mark.parametrize("name", ["migration", "web", "worker"])
def test_our_containers_can_do_next_to_nothing_to_the_machine(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_no_statement_with_words_in_it_reaches_the_databases_log() -> None:
    flags = SERVICES["database"]["command"]

    assert {"log_min_error_statement=panic", "log_error_verbosity=terse"} <= set(flags)
    assert "log_parameter_max_length_on_error=0" in flags


def test_the_image_holds_only_what_it_needs() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert ignored[0] == "**"
    assert "!tests" not in ignored
    assert "USER app" in (ROOT / "Dockerfile").read_text()
