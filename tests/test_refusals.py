"""When something is refused or broken, the page that says so is still ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template.loader import render_to_string
from django.test import Client

from tests.conftest import Person

PAGES = ("400", "403", "403_csrf", "404", "405", "413", "429", "500", "503")


def is_ours(page: str) -> bool:
    return all(
        part in page
        for part in ("css/base.css", 'class="mark"', 'href="/leave/"', "<h1>", 'class="button"')
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_refusal_needs_no_request_no_person_and_no_database(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert is_ours(page)
    assert page.count("<h1>") == 1


@pytest.fixture
def database_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: Any, **options: Any) -> None:
        raise OperationalError("the database is down")

    for way in ("ensure_connection", "cursor", "connect"):
        monkeypatch.setattr(BaseDatabaseWrapper, way, down)


@pytest.mark.django_db
def test_the_page_for_a_database_that_is_down_is_ours(
    alice: Person, database_is_down: None
) -> None:
    client = Client(raise_request_exception=False)
    client.cookies = alice.client.cookies

    for path in ("/home/", "/no-such-page", "/help/"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert is_ours(answer.text)


@pytest.mark.usefixtures("database_is_down")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/help/", 200), ("/demo/", 200), ("/no-such-page", 404), ("/leave/", 303)],
)
def test_a_stranger_reaches_what_needs_no_database(path: str, status: int) -> None:
    answer = Client(raise_request_exception=False).get(path)

    assert answer.status_code == status
    if status == 404:
        assert is_ours(answer.text)


@pytest.mark.read_committed("send a body that is too large to be read again")
@pytest.mark.django_db
def test_too_large_a_request_is_named_as_that(alice: Person) -> None:
    much = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    for client, path in ((Client(), "/account/login/"), (alice.client, "/account/name/")):
        answer = client.post(path, {"first_name": much, "login": much})
        form = client.generic(
            "POST", path, f"first_name={much}", content_type="application/x-www-form-urlencoded"
        )
        assert form.status_code == 413
        assert is_ours(form.text)
        assert answer.status_code in {400, 413}


def test_the_manifest_names_nothing_and_its_icons_are_there(client: Client) -> None:
    answer = client.get("/site.webmanifest")

    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert {manifest["name"], manifest["short_name"]} == {"Common Ground"}
    assert "description" not in manifest
    for icon in manifest["icons"]:
        name = icon["src"].removeprefix("/static/")
        assert (settings.BASE_DIR / "static" / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/favicon.ico", "/apple-touch-icon.png"])
def test_files_that_browsers_request_by_themselves_are_public(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("image/")
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
