"""A new SECRET_KEY ends nothing while the old one is a fallback; what ends without it says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.pseudonyms import pseudonym
from boundaries.pairing import admission
from boundaries.pairing import rules as pairing
from boundaries.therapist_sheet import rules as therapist_sheet
from tests.accounts.test_devices import known, sign_in  # noqa: F401
from tests.accounts.test_reauthentication import by_code_alone  # noqa: F401
from tests.accounts.test_signing_in import is_signed_in, mailed_code, post
from tests.conftest import Person
from tests.pairing.test_rules import code_of, invite, join
from tests.test_people import people, rows
from tests.therapist_sheet.test_rules import couple, opened, released  # noqa: F401

NEW = "another" * 10
type Change = Callable[..., None]


@pytest.fixture
def change(settings: Any) -> Change:
    """Put a new key in SECRET_KEY, and the old one among the fallbacks, or away."""

    def change(*, keeps_old: bool = True) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keeps_old else []
        settings.SECRET_KEY = NEW

    return change


def test_an_invitation_stays_the_same(charlie: Person, dana: Person, change: Change) -> None:
    code = invite(charlie)
    change()

    assert code_of(charlie) == code
    assert pairing.made(code, charlie.seat)
    assert rows(people("count"))["Invitations"] == "1"
    join(dana, code)
    assert pairing.waiting_for(dana.seat)


def test_an_invitation_whose_key_is_gone_is_none(charlie: Person, change: Change) -> None:
    code = invite(charlie)
    change(keeps_old=False)

    assert pairing.standing(charlie.seat) is None
    with pytest.raises(pairing.DeadLink):
        pairing.offer(code)
    assert rows(people("count"))["Invitations"] == "0"
    charlie.client.force_login(charlie.user)  # the change has signed everybody out
    page = charlie.client.get(reverse("pairing")).text
    assert "Your invitation is ready" not in page
    assert reverse("pairing-questions") in page
    assert pairing.offer(invite(charlie))


def test_whoever_joined_can_be_confirmed_without_the_key(
    charlie: Person, dana: Person, change: Change
) -> None:
    join(dana, invite(charlie))
    change(keeps_old=False)
    charlie.client.force_login(charlie.user)

    assert "Dana" in charlie.client.get(reverse("pairing")).text
    assert rows(people("count"))["waiting to be confirmed"] == "1"


@pytest.mark.parametrize("keeps_old", [True, False])
def test_a_link_for_a_new_couple_is_found_if_it_works(
    db: None, change: Change, *, keeps_old: bool
) -> None:
    code = admission.invite(timedelta(days=1))
    change(keeps_old=keeps_old)

    assert bool(admission.found(code)) is keeps_old
    assert rows(people("count"))["Links for new couples"] == str(int(keeps_old))
    if keeps_old:
        call_command("invite_couple", "--end", code)
        assert rows(people("count"))["Links for new couples"] == "0"
    else:
        with pytest.raises(CommandError):
            call_command("invite_couple", "--end", code)


def test_a_sheet_stays_open_while_its_key_is_known(
    couple: tuple[Person, Person],  # noqa: F811
    change: Change,
    settings: Any,
) -> None:
    code = released(couple, "a1")
    change()

    issue = therapist_sheet.issue(couple[0].seat)
    assert issue
    assert issue.code == code.replace("-", "")
    assert opened(code) == 200

    settings.SECRET_KEY_FALLBACKS = []
    ended = therapist_sheet.issue(couple[0].seat)
    assert ended
    assert ended.has_ended
    assert opened(code) == 404


def test_sessions_stay_listed_and_can_be_ended(known: Person, change: Change) -> None:  # noqa: F811
    here, there = sign_in(known), sign_in(known)
    change()

    for _ in range(2):
        for browser in (here, there):
            assert browser.get(reverse("account-sessions")).text.count("Signed in") == 2
            assert rows(people("count"))["Browsers signed in now"] == "2"
    assert people("end-sessions", known.user.email).strip() == "Browsers signed out: 2."
    assert not is_signed_in(here)
    assert not is_signed_in(there)


def test_words_that_wait_in_a_tab_keep_their_owner(alice: Person, change: Change) -> None:
    def owner() -> str:
        found = re.search(r'data-owner="(\w{24})"', alice.client.get(reverse("home")).text)
        assert found
        return found[1]

    before = owner()
    change()

    assert owner() == before


def test_sessions_whose_key_is_gone_are_not_counted(known: Person, change: Change) -> None:  # noqa: F811
    sign_in(known)
    change(keeps_old=False)

    assert rows(people("count"))["Browsers signed in now"] == "0"


def test_a_mailed_code_that_is_out_still_works(by_code_alone: Person, change: Change) -> None:  # noqa: F811
    post(by_code_alone.client, "account-still-you-mail")
    code = mailed_code()
    change()

    wrong = post(by_code_alone.client, "account-still-you-code", code="AAAA-AAAA")
    right = post(by_code_alone.client, "account-still-you-code", code=code)
    assert (wrong.status_code, right.status_code) == (400, 302)


def test_an_account_is_found_by_what_was_logged_before(known: Person, change: Change) -> None:  # noqa: F811
    before = pseudonym(known.user.pk)
    change()

    now = pseudonym(known.user.pk)
    assert now != before
    assert rows(people("find", known.user.email))["In the log"] == f"{now}, {before}"
    assert people("named", before).strip() == people("named", now).strip() == known.user.email
    with pytest.raises(CommandError, match="No account has this pseudonym"):
        people("named", "0" * 16)
