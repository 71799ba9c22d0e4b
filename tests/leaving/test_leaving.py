"""Leaving is one-sided and at once: what each keeps, what the other sees, and what is gone."""

from __future__ import annotations

import importlib
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django import forms
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import boundaries
from accounts import closing
from accounts.models import Tombstone, User
from accounts.text import TextField
from boundaries.agreements import copies, history
from boundaries.agreements import rules as agreements
from boundaries.agreements.models import Copy, Version
from boundaries.agreements.wording import ProposalLine
from boundaries.agreements.words import put_into_words
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.leaving import rules as leaving
from boundaries.pairing import rules as pairing
from boundaries.pairing.models import Invitation
from boundaries.seats import rules as seats
from boundaries.seats.data_keys import Key
from boundaries.seats.models import Couple, Seat
from boundaries.talks import drafts, reading
from boundaries.talks.models import Conversation, Draft, Turn
from boundaries.vocabulary import Condition, Outcome, Side, Stance, Step
from boundaries.web.forms import fields_of_words
from tests.conftest import (
    Person,
    opened_together,
    pair,
    person,
    propose,
    talk,
    talked_up_to,
    write,
)
from tests.pairing.test_rules import code_of, invite, join, joiner_of
from tests.support.lives import sure_of
from tests.support.routes import TALK

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')

pytestmark = pytest.mark.django_db


def agreed(one: Person, other: Person, deck: Deck) -> None:
    """An understanding that is not the same for both, in words of their own."""
    opened_together(one, other, deck)
    lines = [
        ProposalLine(
            doer=Side.LEFT,
            outcome=Outcome.CONDITIONS,
            conditions=(Condition.TOLD_FIRST,),
            words="It stays in the group. नमस्ते",
        ),
        ProposalLine(doer=Side.RIGHT, outcome=Outcome.FINE),
    ]
    text = catalogue.every()["a1"].text
    words = put_into_words(text, lines, seats.names(one.seat), "We listened.")
    digest = propose(one, "a1", words)
    agreements.assent(other.seat, [digest], acknowledged=[digest])


# Parting


def test_the_page_before_parting_says_what_happens_and_lets_one_press(
    alice: Person, bob: Person
) -> None:
    page = alice.client.get(reverse("leaving-part"))

    for promise in ("What you opened closes", "You each keep", "Bob gets no mail"):
        assert promise in page.text
    assert f'href="{reverse("help")}"' in page.text
    assert f'action="{reverse("pairing-part")}"' in page.text
    assert "Part ways now" in page.text
    assert seats.partner_of(alice.seat)  # looking does nothing


def test_somebody_alone_has_nobody_to_part_from(charlie: Person) -> None:
    answer = charlie.client.get(reverse("leaving-part"))

    assert answer["Location"] == reverse("leaving")
    assert "Part ways" not in charlie.client.get(reverse("leaving")).text


def test_parting_mails_nobody_and_the_other_sees_a_calm_page(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed(alice, bob, deck)
    mail.outbox.clear()

    answer = alice.client.post(reverse("pairing-part"))

    assert answer["Location"] == reverse("leaving-copies")
    assert mail.outbox == []
    page = bob.client.get(reverse("home")).text
    assert "You’re no longer connected" in page
    assert f'href="{reverse("leaving-copies")}"' in page
    assert "Alice" not in page
    assert "What you two shared here is closed" in page
    assert "What you two shared here is closed" not in alice.client.get(reverse("home")).text


def test_each_keeps_a_copy_of_what_was_agreed_without_the_others_name(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed(alice, bob, deck)

    leaving.part(bob.seat)

    for who, left, right in ((alice, "Alice", "my partner"), (bob, "my partner", "Bob")):
        (copy,) = copies.all_of(who.seat)
        (kept,) = copy.understandings
        assert kept.wording == catalogue.every()["a1"].text
        assert kept.category == catalogue.category("a")
        assert kept.text == (
            f"When {left} does it: fine, if we tell each other first.",
            f"When {left} does it, in our own words: “It stays in the group. नमस्ते”",
            f"When {right} does it: fine with both of us.",
        )
        assert kept.well == "We listened."


def test_only_what_is_agreed_now_is_in_a_copy(alice: Person, bob: Person, deck: Deck) -> None:
    agreed(alice, bob, deck)
    only_proposed = propose(alice, "a2")
    taken_back = propose(alice, "a3")
    agreements.assent(bob.seat, [taken_back])
    agreements.withdraw(alice.seat, "a3", taken_back)

    leaving.part(alice.seat)

    (copy,) = copies.all_of(bob.seat)
    assert [kept.wording for kept in copy.understandings] == [catalogue.every()["a1"].text]
    assert only_proposed


def test_where_nothing_was_agreed_there_is_no_copy(alice: Person, bob: Person) -> None:
    leaving.part(alice.seat)

    assert copies.all_of(alice.seat) == copies.all_of(bob.seat) == []
    assert "There’s no copy here" in alice.client.get(reverse("leaving-copies")).text


def test_only_its_owner_downloads_or_deletes_a_copy(alice: Person, bob: Person, deck: Deck) -> None:
    agreed(alice, bob, deck)
    leaving.part(alice.seat)
    hers, his = (copies.all_of(who.seat)[0].id for who in (alice, bob))

    data = alice.client.get(reverse("leaving-copy-data", args=[hers])).json()
    pdf = alice.client.get(reverse("leaving-copy-a4", args=[hers]))
    not_hers = [
        alice.client.get(reverse("leaving-copy-data", args=[his])),
        alice.client.get(reverse("leaving-copy-a4", args=[his])),
        alice.client.post(reverse("leaving-throw-away", args=[his])),
    ]
    alice.client.post(reverse("leaving-throw-away", args=[hers]))

    assert data["format"] == "common-ground/copy"
    assert data["understandings"][0]["what_we_did_well"] == "We listened."
    with pypdfium2.PdfDocument(pdf.content) as document:
        assert "in the group" in " ".join(document[0].get_textpage().get_text_bounded().split())
    assert {answer.status_code for answer in not_hers} == {HTTPStatus.NOT_FOUND}
    assert copies.all_of(alice.seat) == []
    assert len(copies.all_of(bob.seat)) == 1  # not hers to throw away


def test_what_was_shared_and_what_was_written_for_it_is_gone_for_both(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.SPEAK, alice, bob)
    left = {"words": "Not handed over."}
    drafts.save(bob.seat, TALK, "speak-2-1", left, version="", side=Side.RIGHT)

    alice.client.post(reverse("pairing-part"))

    for model in (Couple, Conversation, Turn, Draft, Version):
        assert not model._base_manager.exists()
    for path in (f"/talks/{TALK}/", "/understandings/on/a1/", f"/decks/{deck.id}/comparison/"):
        for who in (alice, bob):
            assert who.client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_pairing_with_the_same_person_again_starts_fresh(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed(alice, bob, deck)
    leaving.part(alice.seat)

    pair(bob, alice)

    assert history.agreement(alice.seat).entries == ()
    assert not sheets.own_sheet(alice.seat, deck).sealed
    assert len(copies.all_of(alice.seat)) == 1  # and what she kept is still hers


def test_there_is_a_copy_of_each_parting_the_newest_first(
    alice: Person, bob: Person, deck: Deck
) -> None:
    agreed(alice, bob, deck)
    leaving.part(alice.seat)
    Copy.unscoped.update(on=F("on") - timedelta(days=30))
    pair(alice, bob)
    for who in (alice, bob):
        answers.seal(who.seat, deck)
    agreements.assent(bob.seat, [propose(alice, "a2")])
    leaving.part(bob.seat)

    days = [copy.on for copy in copies.all_of(alice.seat)]

    assert len(days) == 2
    assert days == sorted(days, reverse=True)


# Words that were on their way


def test_words_that_were_being_written_when_the_other_left_are_given_back(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    talked_up_to(Step.REFLECT, alice, bob)
    look = reading.talk(bob.seat, TALK).version
    alice.client.post(reverse("pairing-part"))

    answer = bob.client.post(
        f"/talks/{TALK}/turn/reflect/", {"words": "You feel <b>alone</b>.", "look": look}
    )

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "You feel &lt;b&gt;alone&lt;/b&gt;." in answer.text
    assert "Nobody has read them" in answer.text
    assert look not in answer.text


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (f"/talks/{TALK}/draft/", {"purpose": "reflect-1-1", "words": "mine alone"}),
        ("/answers/a1/save/", {"mine": "unsure", "note": "mine alone"}),
        ("/own/put-forward/", {"text": "mine alone"}),
        ("/understandings/on/a1/propose/", {"outcome_both": "fine", "well": "mine alone"}),
    ],
)
def test_no_form_loses_its_words_when_the_other_leaves(
    alice: Person, bob: Person, deck: Deck, path: str, sent: dict[str, str]
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    together = {"together": seats.couple_token(bob.seat)}
    alice.client.post(reverse("pairing-part"))

    answer = bob.client.post(path, sent | together)

    kept = answer.status_code == HTTPStatus.FOUND or answer.status_code == HTTPStatus.CONFLICT
    assert "mine alone" in answer.text or (kept and "mine alone" in bob.client.get(path[:12]).text)


def test_words_sent_to_something_that_never_existed_are_given_back_too(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    talk(alice)
    charlie = person("Charlie")
    sent = {"words": "mine alone"}

    theirs = charlie.client.post(f"/talks/{TALK}/turn/speak/", sent)
    nobodys = charlie.client.post(f"/talks/{uuid.uuid4()}/turn/speak/", sent)

    assert theirs.status_code == nobodys.status_code == HTTPStatus.NOT_FOUND
    assert TOKEN.sub("", theirs.text) == TOKEN.sub("", nobodys.text)
    assert "mine alone" in theirs.text
    assert 'class="languages"' not in theirs.text  # it would load another page, without them


@pytest.mark.once
def test_only_fields_of_words_are_given_back() -> None:
    words: set[str] = set()
    plumbing: set[str] = set()
    for forms_py in Path(boundaries.__path__[0]).glob("*/forms.py"):
        found = vars(importlib.import_module(f"boundaries.{forms_py.parent.name}.forms")).values()
        for form in found:
            if isinstance(form, type) and issubclass(form, forms.Form):
                fields = {**form.base_fields, **_made(form)}
                for name, field in fields.items():
                    (words if isinstance(field, TextField) else plumbing).add(name)

    assert len(words) > 15
    assert words <= fields_of_words()
    assert plumbing & fields_of_words() == set()


def _made(form: Any) -> dict[str, forms.Field]:
    """Fields that come with an instance, where it needs nothing to be made."""
    try:
        return dict(form().fields)
    except TypeError:
        return {}


@pytest.mark.parametrize("error", [seats.NotPaired, Seat.DoesNotExist, IntegrityError])
def test_what_fails_because_the_other_has_left_is_a_404(
    error: type[Exception], alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parted_first(seat: Seat) -> None:
        pairing.part(Seat.objects.get(user=alice.user))
        raise error

    monkeypatch.setattr(history, "agreement", parted_first)

    assert bob.client.get("/understandings/").status_code == HTTPStatus.NOT_FOUND


def test_what_fails_for_another_reason_is_an_error(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "agreement", {}.__getitem__)

    with pytest.raises(KeyError):
        bob.client.get("/understandings/")


def _statements(who: Person, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        who.client.get(path)
    return len(queries)


class _Before:
    """Does something once, before a statement of a given number."""

    def __init__(self, at: int, act: Any) -> None:
        self.left, self.act = at, act

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.left -= 1
        if self.left == -1:
            self.act()
        return execute(*args)


def _undone() -> Any:
    from tests.test_authorisation import undone

    return undone()


# Deleting


def test_the_page_before_deleting_says_what_goes_and_deletes_nothing(
    alice: Person, bob: Person
) -> None:
    sure_of(alice)
    for name in ("leaving-delete", "leaving-delete-sure", "leaving-delete-now"):
        alice.client.get(reverse(name))

    page = alice.client.get(reverse("leaving-delete")).text
    assert "Everything of yours is deleted at once" in page
    assert "What you share with Bob is deleted, too." in page
    assert User.objects.filter(pk=alice.user.pk).exists()


def test_deleting_asks_who_it_is_just_now(alice: Person) -> None:
    for method, name in (("get", "leaving-delete-sure"), ("post", "leaving-delete-now")):
        answer = getattr(alice.client, method)(reverse(name))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))

    assert User.objects.filter(pk=alice.user.pk).exists()


def test_deleting_is_confirmed_and_clears_the_browser(alice: Person, bob: Person) -> None:
    sure_of(alice)

    answer = alice.client.post(reverse("leaving-delete-now"))

    assert "Your account is deleted" in answer.text
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Sign in" in answer.text  # nobody is signed in on it
    assert not User.objects.filter(pk=alice.user.pk).exists()
    assert bob.seat.parted


def test_deleting_is_idempotent(alice: Person) -> None:
    leaving.delete(alice.user)
    leaving.delete(User(pk=alice.user.pk, email="x@example.org"))

    assert Tombstone.objects.filter(pk=alice.user.pk).count() == 1


def test_deleting_an_account_that_joined_leaves_the_link_working(
    alice: Person, charlie: Person, dana: Person
) -> None:
    join(charlie, invite(alice))
    joining = joiner_of(alice).joining

    leaving.delete(charlie.user)

    standing = pairing.standing(alice.seat)
    assert standing
    assert standing.joiner is None
    with pytest.raises(pairing.NobodyJoined):
        pairing.confirm(alice.seat, joining)
    join(dana, code_of(alice))  # it works for somebody else


def test_deleting_an_account_ends_its_link(alice: Person, charlie: Person) -> None:
    code = invite(alice)
    join(charlie, code)

    leaving.delete(alice.user)

    assert not Invitation.objects.exists()
    assert pairing.waiting_for(charlie.seat) is None
    with pytest.raises(pairing.DeadLink):
        pairing.offer(code)


def test_deleting_leaves_everybody_else_as_they_were(
    alice: Person, bob: Person, charlie: Person, dana: Person, deck: Deck
) -> None:
    pair(charlie, dana)
    agreed(charlie, dana, deck)
    write(bob, deck.behaviours[0], Stance.ACCEPTABLE, note="his")

    leaving.delete(alice.user)

    assert len(history.agreement(charlie.seat).current) == 1
    assert sheets.own_sheet(bob.seat, deck).answered == 1
    assert seats.partner_of(dana.seat) == seats.Partner("Charlie")


@pytest.mark.read_committed("do something else within the transaction that is given up")
def test_a_session_that_comes_back_while_its_account_is_deleted_is_no_error(
    alice: Person,
) -> None:
    """The account goes just before each statement of another request of the same person."""
    came = []
    paths = ("/home/", "/account/", "/partner/")
    for path in paths:
        for at in range(_statements(alice, path)):
            with _undone(), connection.execute_wrapper(_Before(at, lambda: _delete(alice))):
                came.append(alice.client.get(path).status_code)

    assert set(came) <= {200, 302, 404}


@pytest.mark.read_committed("do something else within the transaction that is given up")
@pytest.mark.django_db(transaction=True)
def test_saving_a_name_on_an_account_that_is_gone_signs_out(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = User.save

    def deleted_first(user: User, **options: Any) -> None:
        _delete(alice)
        true(user, **options)

    monkeypatch.setattr(User, "save", deleted_first)

    answer = alice.client.post("/account/name/", {"first_name": "Alicia"})

    assert answer["Location"].startswith(reverse("account_login"))
    assert not User.objects.filter(pk=alice.user.pk).exists()


def _delete(who: Person) -> None:
    leaving.delete(User.objects.get(pk=who.user.pk))


@pytest.mark.read_committed("count what one try does")
def test_the_pages_need_few_queries_and_as_many_whatever_there_is(
    alice: Person, bob: Person, deck: Deck
) -> None:
    sure_of(alice)
    alice.client.get(reverse("home"))
    counts = []
    for behaviours in (deck.behaviours[:1], deck.behaviours[:3], deck.behaviours):
        for behaviour in behaviours:
            write(alice, behaviour, Stance.ACCEPTABLE, note=f"n {len(behaviours)}")
        names = ("leaving", "leaving-part", "leaving-delete", "leaving-delete-sure")
        counts.append([_statements(alice, reverse(name)) for name in names])

    assert counts[0] == counts[1] == counts[2]
    assert max(counts[0]) <= 8


# A backup that comes back


def test_the_ids_of_deleted_accounts_are_stored_outside_the_database(
    alice: Person, bob: Person, tmp_path: Any, settings: Any
) -> None:
    settings.ERASED_FILE = str(tmp_path / "erased")
    (tmp_path / "erased").write_text("2026-01-01 00000000-0000-4000-8000-000000000001\n")
    couple = alice.seat.couple_id
    for who in (alice, bob):
        leaving.delete(User.objects.get(pk=who.user.pk))

    assert closing.export_tombstones() == 3
    assert closing.export_tombstones() == 0

    lines = (tmp_path / "erased").read_text().splitlines()
    gone = {alice.user.pk, bob.user.pk, couple}
    assert {line.split()[1] for line in lines[1:]} == {str(id) for id in gone}
    assert not Tombstone.objects.exists()
    assert "Alice" not in str(lines)


def test_without_a_file_they_are_listed(alice: Person, capsys: pytest.CaptureFixture[str]) -> None:
    _delete(alice)

    assert closing.export_tombstones() == 0
    call_command("erased")

    assert capsys.readouterr().out.split()[1] == str(alice.user.pk)


def test_a_couple_that_comes_back_with_a_backup_parts_again(
    alice: Person, bob: Person, tmp_path: Any, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ERASED_FILE = str(tmp_path / "erased")
    pair(person("Charlie"), person("Dana"))  # these stay together
    couple, seats = alice.seat.couple_id, {alice.seat.pk: Side.LEFT, bob.seat.pk: Side.RIGHT}
    leaving.part(bob.seat)
    closing.export_tombstones()
    back = Couple.objects.create(id=couple)
    Key.make(back)
    for seat, side in seats.items():
        Seat.objects.filter(pk=seat).update(couple=back, side=side, parted=False)

    call_command("erase_again")

    assert capsys.readouterr().out == "Accounts deleted again: 0. Couples parted again: 1.\n"
    assert alice.seat.couple_id is None
    assert bob.seat.couple_id is None
    assert Couple.objects.count() == 1


def test_a_list_of_any_length_is_gone_through(
    alice: Person, bob: Person, charlie: Person, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL takes 65535 values in a query; SQLite half as many, as it comes."""
    couple = alice.seat.couple_id
    ids = [charlie.user.pk, *(uuid.uuid4() for _ in range(70_000)), couple]
    (tmp_path / "erased").write_text("".join(f"2026-01-01 {id}\n" for id in ids))

    with at_most(32_766):
        call_command("erase_again", str(tmp_path / "erased"))

    assert capsys.readouterr().out == "Accounts deleted again: 1. Couples parted again: 1.\n"
    assert bob.seat.couple_id is None


def test_before_anybody_has_left_there_is_nothing_to_delete_again(
    settings: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ERASED_FILE = str(tmp_path / "accounts")

    call_command("erase_again")

    assert "nobody has left. Nothing to do." in capsys.readouterr().out
    settings.ERASED_FILE = str(tmp_path / "no such volume" / "accounts")
    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("erase_again")


@contextmanager
def at_most(values: int) -> Iterator[None]:
    """As if SQLite took so many values in a query."""
    if connection.vendor != "sqlite":
        yield
        return
    what = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    before = connection.connection.setlimit(what, values)
    yield
    connection.connection.setlimit(what, before)


def test_a_truncated_list_deletes_nobody(alice: Person, tmp_path: Any) -> None:
    cut_short = tmp_path / "erased"
    cut_short.write_text(f"2026-01-01 {alice.user.pk}\n2026-01-01 0000")

    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("erase_again", str(cut_short))
    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("erase_again", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="Name a list"):
        call_command("erase_again")

    assert User.objects.filter(pk=alice.user.pk).exists()
