"""What is expensive or can be guessed is limited per person, in all processes together."""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings as site_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from config.caching import hashed_key
from tests.conftest import PASSWORD, Person
from tests.privacy.test_limits_of_each import COUNTED as TRIED_ON_THE_OTHER
from tests.support import routes
from tests.support.depth import one_day_in
from tests.support.policy import POLICY, Actor
from tests.test_authorisation import (
    AT_THE_DOOR,
    World,
    asked,
    made_once,
    signed_up,
    undone,
    walked,
    world,
)

__all__ = ["made_once", "world"]  # a fixture

# Routes without a limit, and why they need none.
UNLIMITED: dict[str, set[str]] = {
    "it stores nothing": {"agreements-read-out", "language"},
    "it overwrites what is there from the start, and nothing grows by it": {
        *(f"answers-{act}" for act in ("answer", "skip", "undo", "hide", "show")),
        *("account-time-zone-set", "account-time-zone-browser", "account-language-set"),
        *("reminders-save", "reminders-later", "reminders-done", "reminders-off"),
        *("check-ins-pass-on", "check-ins-mute", "check-ins-unmute"),
        *("account-name", "questions-opt-in", "questions-opt-out", "talks-draft"),
        *("repair-draft", "repair-throw-away", "repair-keep"),
        *("talks-throw-away", "talks-advice", "talks-pause", "talks-come-back"),
        "consent-agree",
    },
    "it does nothing a second time until the other has acted as well": {
        *("answers-seal", "answers-unseal", "answers-again"),
        *("pairing-confirm", "pairing-refuse", "pairing-part", "pairing-parted"),
        *("agreements-assent", "agreements-withdraw", "agreements-set-aside"),
        *("questions-accept", "questions-set-aside", "therapist-sheet-release"),
    },
    "it ends what took a limited act to begin": {
        *("pairing-revoke", "joining-decline", "joining-withdraw", "therapist-sheet-end"),
        *("check-ins-take-back", "check-ins-delete", "check-ins-rhythm-end"),
        *(
            "check-ins-closeness-stop",
            "questions-take-back",
            "account_logout",
            "account-sessions-end",
        ),
        *("repair-discard", "repair-close"),
        *("leaving-export-take", "leaving-throw-away"),
        *("journal-delete", "journal-delete-all", "talks-drop-draft"),
    },
    "no more than boundaries.questions.MAX_OWN wait": {"questions-put-forward"},
    "a journal holds boundaries.journal.rules.MAX_ENTRIES": {"journal-save"},
    "a few words are kept for each behaviour, and no more": {"journal-keep-for-talk"},
    "first one shows once more who one is, and that is counted": {
        *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"),
        *("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
        *("account_email", "account-codes-off", "account-codes-on", "leaving-delete-now"),
    },
    "what a passkey signs cannot be guessed, and each challenge is used once": {
        "mfa_reauthenticate_webauthn",
    },
}

WHO = {"export": Actor.SURE}  # others have to reauthenticate first
# See tests/accounts/test_limits.py.
COUNTED_BY_ADDRESS = {"confirm_email", "request_login_code", "reset_password", "try_mailed_code"}

type Counted = dict[tuple[str, str], set[str]]  # limits by route and method


def counted(world: World, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """The limits that count, while everybody requests everything that concerns them."""
    found: Counted = defaultdict(set)
    whole = ratelimit.consume

    def noting(request: Any, **how: Any) -> Any:
        if request.method != "GET" or how.get("limit_get"):  # otherwise it is not counted
            found[request.resolver_match.view_name, request.method].add(how["action"])
        return whole(request, **how)

    monkeypatch.setattr(ratelimit, "consume", noting)
    for actor in (Actor.ANONYMOUS, Actor.SURE, Actor.OPENED):
        for route in routes.every():
            for method in {"GET", "POST"} & POLICY[route.name].keys():
                with undone():
                    asked(world, actor, route, method)
    _go_through_the_doors()
    _show_a_second_step()
    return found


def _go_through_the_doors() -> None:
    for steps in AT_THE_DOOR.values():
        with undone():
            walked(Client(), steps)


def _show_a_second_step() -> None:
    at_the_door, inside = Client(), signed_up("Sam")
    kay = signed_up("Kay")
    _second_step(kay)
    at_the_door.post(reverse("account_login"), {"login": "kay@example.org", "password": PASSWORD})
    at_the_door.post(reverse("mfa_authenticate"), {"code": "000000"})
    inside.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    inside.client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    _second_step(inside)
    inside.client.post(reverse("mfa_reauthenticate"), {"code": "000000"})


def _second_step(who: Person) -> None:
    kind = Authenticator.Type.TOTP
    Authenticator.objects.create(user=who.user, type=kind, data={"secret": encrypt("A" * 32)})


@pytest.mark.once
@one_day_in(2, 0)
def test_every_act_is_limited_or_there_is_a_reason(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    found = counted(world, monkeypatch)

    acts = {name for name, row in POLICY.items() if "POST" in row}
    assert acts - {name for name, method in found if method == "POST"} == set().union(
        *UNLIMITED.values()
    )
    # Of all GETs only typesetting is expensive.
    looks = {name for name, method in found if method == "GET"}
    assert looks == {route.name for route in routes.every() if route.path.endswith(".pdf")}

    where = {action: place for place, actions in found.items() for action in actions}
    paths = {route.name: route for route in routes.every()}
    came = {}
    for action in site_settings.ACCOUNT_RATE_LIMITS.keys() - COUNTED_BY_ADDRESS:
        per = "ip" if action.endswith("signed_out") else "user"
        settings.ACCOUNT_RATE_LIMITS = {action: f"1/h/{per}"}
        name, method = where[action]
        actor = Actor.ANONYMOUS if per == "ip" else WHO.get(action, Actor.OPENED)
        with undone():
            statuses = [asked(world, actor, paths[name], method) for _ in range(2)]
        came[action] = (statuses[0] != "429", statuses[1])
    assert set(came.values()) == {(True, "429")}, came


def test_each_limit_of_a_person_is_tried_on_the_other() -> None:
    limits = site_settings.ACCOUNT_RATE_LIMITS.items()
    of_a_person = {action for action, rates in limits if "/user" in rates}

    assert len(of_a_person) > 5
    assert of_a_person <= TRIED_ON_THE_OTHER.keys()


def test_limits_are_counted_per_person(world: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"try_code": "1/h/user"}

    def status(actor: Actor) -> int:
        code = {"code": "ZZZZZZZZZZZZ"}
        return world[actor].client.post(reverse("joining-enter"), code).status_code

    assert [status(Actor.ALONE), status(Actor.ALONE)] == [404, 429]
    assert status(Actor.OPENED) == 404


TRIES = int(site_settings.ACCOUNT_RATE_LIMITS["try_code_signed_out"].partition("/")[0])


def try_a_code(**headers: str) -> int:
    """Somebody who is not signed in guesses the code of a sheet."""
    answer = Client().post(
        reverse("therapist-sheet-read"), {"code": "ZZZZZZZZZZZZ"}, headers=headers
    )
    return answer.status_code


@pytest.mark.django_db
def test_a_forged_network_address_is_not_believed() -> None:
    statuses = [try_a_code(**{"X-Forwarded-For": f"203.0.113.{at}"}) for at in range(TRIES + 1)]

    assert statuses == [HTTPStatus.NOT_FOUND] * TRIES + [HTTPStatus.TOO_MANY_REQUESTS]


@pytest.mark.django_db
def test_behind_a_proxy_only_what_the_proxy_wrote_is_believed(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def status(at: int, real: str) -> int:
        return try_a_code(**{"X-Forwarded-For": f"203.0.113.{at}, {real}"})

    statuses = [status(at, "198.51.100.7") for at in range(TRIES + 1)]

    assert statuses == [HTTPStatus.NOT_FOUND] * TRIES + [HTTPStatus.TOO_MANY_REQUESTS]
    assert status(1, "198.51.100.8") == HTTPStatus.NOT_FOUND


def counts(settings: Any, key: object) -> None:
    """The cache of the real site, with this function for its keys."""
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "cache", "KEY_FUNCTION": key}}
    call_command("createcachetable", verbosity=0)
    cache.clear()


TOGETHER = "config.caching.hashed_key"


def apart(key: str, prefix: str, version: int) -> str:
    """As if every process counted for itself."""
    return hashed_key(f"{threading.get_ident()} {key}", prefix, version)


def guess_at_once(processes: int, tries: int) -> int:
    """How many guesses were accepted by servers that share only their cache."""

    def serve() -> int:
        try:
            return sum(try_a_code() != HTTPStatus.TOO_MANY_REQUESTS for _ in range(tries))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(processes) as pool:
        return sum(future.result() for future in [pool.submit(serve) for _ in range(processes)])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("key", "most"), [(TOGETHER, TRIES), (apart, 4 * 20)])
def test_all_processes_count_together(settings: Any, key: object, most: int) -> None:
    counts(settings, key)

    let_through = guess_at_once(4, 20)

    # A guess that waits too long for being counted is refused.
    assert most - 20 < let_through <= most


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_cache_keys_identify_nobody(alice: Person, settings: Any) -> None:
    counts(settings, TOGETHER)
    alice.client.post(reverse("joining-enter"), {"code": "ZZZZZZZZZZZZ"})
    Client(REMOTE_ADDR="203.0.113.77").post(reverse("joining-enter"), {"code": "ZZZZZZZZZZZZ"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cache")
        kept = str(cursor.fetchall())

    assert kept.count("datetime.datetime(") == 2
    assert "203.0.113.77" not in kept
    assert str(alice.user.pk) not in kept
