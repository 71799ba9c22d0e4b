"""`manage.py people`: what operators can do about an account, and what they are never shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import operators
from accounts.models import User
from accounts.pseudonyms import pseudonym
from boundaries.content import catalogue
from boundaries.leaving import rules as leaving
from boundaries.management.commands.invite_couple import Command as InviteCouple
from boundaries.management.commands.people import Command
from boundaries.pairing import admission
from boundaries.pairing.models import SiteInvitation
from boundaries.vocabulary import Stance
from tests.accounts.test_reauthentication import with_an_app
from tests.accounts.test_signing_in import is_signed_in, post
from tests.conftest import PASSWORD, Person, fill_in, opened_together, pair, person, propose
from tests.pairing.test_rules import invite, join
from tests.test_authorisation import CSRF, copied, undone
from tests.test_logs import Log, log  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db

DOCUMENTED = Path(__file__).parent.parent / "docs" / "people.md"
ACTS = ("find", "end-sessions", "reset-second-step", "close")
SEEN_BY_A_PARTNER = ("/home/", "/partner/", "/understandings/", "/decks/essentials/", "/seen/")


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice, with a confirmed address, who signed in with a password and an app."""
    confirm(alice)
    with_an_app(alice)
    return alice


def confirm(who: Person) -> None:
    EmailAddress.objects.create(user=who.user, email=who.user.email, verified=True, primary=True)


def people(*arguments: str) -> str:
    """What the command writes."""
    out = StringIO()
    call_command("people", *arguments, stdout=out)
    return out.getvalue()


def rows(output: str) -> dict[str, str]:
    pairs = (re.split(r" {2,}", line.strip(), maxsplit=1) for line in output.splitlines())
    return dict(pair for pair in pairs)


def answering(answer: str | type[Exception]) -> Any:
    """Somebody at the keyboard, or nobody."""
    return mock.patch("builtins.input", side_effect=[answer])


def test_counts_are_numbers_and_nothing_else(alice: Person, bob: Person, charlie: Person) -> None:
    dana = person("Dana")
    invite(charlie)
    join(person("Erin"), invite(dana))
    confirm(charlie)
    for days in (1, 2):
        admission.invite(timedelta(days=days))
    SiteInvitation.objects.filter(expires_at__lt=timezone.now() + timedelta(days=1.5)).update(
        expires_at=timezone.now()
    )
    here, lapsed = Client(), Client()
    for browser in (here, lapsed):
        post(browser, "account_login", login=charlie.user.email, password=PASSWORD)
    ended = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=lapsed.session.session_key).update(expire_date=ended)
    with_an_app(bob)
    User.objects.update(last_login=None)
    for who, days in ((alice, 8), (bob, 2)):
        then = timezone.now() - timedelta(days=days)
        User.objects.filter(pk=who.user.pk).update(last_login=then)

    shown = rows(people("count", "--days", "7"))

    assert shown == {
        "Accounts": "5",
        "with a confirmed address": "1",
        "with a passkey or second step": "1",
        "signed in within 7 days": "1",
        "Couples": "1",
        "Invitations": "2",
        "waiting to be confirmed": "1",
        "Links for new couples": "1",
        "Browsers signed in now": "1",
    }
    assert rows(people("count"))["signed in within 30 days"] == "2"


def test_find_says_how_an_account_signs_in(known: Person) -> None:
    with time_machine.travel("2026-11-30T12:00:00Z", tick=False):
        User.objects.update(date_joined=timezone.now(), last_login=timezone.now())

    assert rows(people("find", f" {known.user.email.upper()}")) == {
        "In the log": pseudonym(known.user.pk),
        "Address": "confirmed",
        "Created": "2026-11-30",
        "Last signed in": "2026-11-30",
        "Second step": "app, recovery codes",
    }


def test_find_says_what_is_missing(charlie: Person) -> None:
    User.objects.update(last_login=None)

    shown = rows(people("find", charlie.user.email))

    assert (shown["Address"], shown["Last signed in"]) == ("not confirmed", "never")
    assert shown["Second step"] == "none"


def test_the_page_on_people_shows_what_the_commands_write(known: Person) -> None:
    text = DOCUMENTED.read_text()
    indented = re.findall(r"(?:^    .+\n)+", text, re.M)
    blocks = [block for block in indented if "manage.py" not in block]

    assert [list(rows(block)) for block in blocks] == [
        list(rows(people("count"))),
        list(rows(people("find", known.user.email))),
    ]
    parser = Command().create_parser("manage.py", "people")
    [acts] = [action for action in parser._actions if action.dest == "act"]
    assert set(re.findall(r"^\| `people ([a-z-]+)", text, re.M)) == set(acts.choices or [])
    helps = [act.format_help() for act in acts.choices.values()]  # type: ignore[union-attr]
    helps.append(InviteCouple().create_parser("manage.py", "invite_couple").format_help())
    for option in re.findall(r"--[a-z][a-z-]+", text):
        assert any(option in shown for shown in helps), option


def test_what_an_operator_is_shown_does_not_depend_on_the_partner(known: Person) -> None:
    """Not on whether there is one either, nor on what the two have written."""
    email = known.user.email
    alone = people("find", email)
    deck, bob = catalogue.deck(catalogue.ESSENTIALS), person("Bob")
    pair(known, bob)
    fill_in(bob, deck, Stance.UNACCEPTABLE)
    opened_together(known, bob, deck)
    propose(bob)

    assert people("find", email) == alone
    for act in ("end-sessions", "reset-second-step", "close"):
        shown = people(act, email, *(["--yes"] if act != "end-sessions" else []))
        for word in ("Bob", "Alice", "@", str(bob.user.pk), pseudonym(bob.user.pk)):
            assert word not in shown, act
    assert not User.objects.filter(pk=known.user.pk).exists()


def test_an_unknown_address_is_said_and_changes_nothing(known: Person, log: Log) -> None:  # noqa: F811
    for act in ACTS:
        with pytest.raises(
            CommandError, match=r"^No account has this address\. Nothing was done\.$"
        ):
            people(act, "nobody@example.org")

    assert log.of("accounts.operators", "what") == []
    assert User.objects.filter(pk=known.user.pk).exists()


def test_every_act_is_logged_by_pseudonym(known: Person, log: Log) -> None:  # noqa: F811
    mark = pseudonym(known.user.pk)
    for act in ACTS:
        people(act, known.user.email, *(["--yes"] if act in ACTS[2:] else []))

    events = log.of("accounts.operators", "level", "event", "what", "account")
    assert events == [("WARNING", "an operator has acted", act, mark) for act in ACTS]
    assert known.user.email not in log.text


def test_ending_sessions_signs_out_everywhere(alice: Person, charlie: Person) -> None:
    browsers = [Client(), Client()]
    confirm(alice)
    for browser in browsers:
        post(browser, "account_login", login=alice.user.email, password=PASSWORD)
    assert all(map(is_signed_in, [*browsers, alice.client, charlie.client]))

    assert people("end-sessions", alice.user.email) == "Browsers signed out: 2.\n"

    assert not any(map(is_signed_in, [*browsers, alice.client]))
    assert is_signed_in(charlie.client)


def test_resetting_the_second_step_leaves_a_code_by_mail(known: Person, charlie: Person) -> None:
    with_an_app(charlie)
    User.objects.update(takes_mailed_codes=False)
    mail.outbox.clear()

    people("reset-second-step", known.user.email, "--yes")

    known.user.refresh_from_db()
    assert known.user.takes_mailed_codes
    assert not is_signed_in(known.client)
    assert {row.user_id for row in Authenticator.objects.all()} == {charlie.user.pk}
    [letter] = mail.outbox
    assert letter.to == [known.user.email]
    assert letter.subject == "Your second step was removed"
    assert "write to them at once: hello@example.org" in letter.body
    with pytest.raises(CommandError, match=r"no passkey and no second step\. Nothing was done\."):
        people("reset-second-step", known.user.email, "--yes")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("act", ["reset-second-step", "close"])
@pytest.mark.parametrize("answer", ["", "no", "y", EOFError])
def test_nothing_is_done_without_a_yes(known: Person, act: str, answer: Any) -> None:
    mail.outbox.clear()

    with answering(answer), pytest.raises(CommandError, match=r"^Nothing was done\."):
        people(act, known.user.email)

    assert Authenticator.objects.filter(user=known.user).exists()
    assert is_signed_in(known.client)
    assert mail.outbox == []


def test_a_yes_closes_the_account_and_mails_its_owner_alone(known: Person, bob: Person) -> None:
    mail.outbox.clear()

    with answering("Yes"):
        shown = people("close", known.user.email)

    assert "Be sure that it is they who asked." in shown
    assert not User.objects.filter(pk=known.user.pk).exists()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([known.user.email], "Your account was closed")
    ]


def test_no_mail_is_sent_where_others_may_read_it(known: Person) -> None:
    mail.outbox.clear()

    people("close", known.user.email, "--yes", "--no-mail")

    assert not User.objects.filter(pk=known.user.pk).exists()
    assert mail.outbox == []


def test_a_partner_sees_the_same_as_after_an_ordinary_closing(known: Person, bob: Person) -> None:
    opened_together(known, bob, catalogue.deck(catalogue.ESSENTIALS))
    propose(known)

    def seen_after(close: Callable[[], object]) -> list[tuple[int, str]]:
        with undone():
            close()
            client = copied(bob.client)
            pages = [client.get(path) for path in SEEN_BY_A_PARTNER]
            return [(page.status_code, CSRF.sub("", page.text)) for page in pages]

    by_themselves = seen_after(lambda: leaving.delete(known.user))
    by_the_operator = seen_after(lambda: people("close", known.user.email, "--yes"))

    assert by_the_operator == by_themselves != seen_after(lambda: None)
    assert operators.find(known.user.email) == known.user
