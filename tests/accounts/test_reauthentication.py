"""Reauthentication is asked for before private pages, with the best method people have."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.devices import LAST_USED_AT
from accounts.middleware import MINUTE
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.content.catalogue import Deck
from boundaries.seats import rules as seats
from boundaries.vocabulary import Stance
from tests.accounts.test_signing_in import app_code, mailed_code, post, shown_error
from tests.conftest import PASSWORD, Person, row_of, write

AWHILE = int(settings.ASKED_AGAIN_WHEN_IDLE_FOR.total_seconds())
RECENTLY = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
SECRET = "JBSWY3DPEHPK3PXP"
OWN = ("answers", "answers-card", "answers-last-look", "answers-history")


@pytest.fixture
def known(alice: Person) -> Person:
    """Alice, whose address is confirmed, and who has signed in with her password."""
    EmailAddress.objects.create(
        user=alice.user, email=alice.user.email, verified=True, primary=True
    )
    alice.client.logout()
    post(alice.client, "account_login", login=alice.user.email, password=PASSWORD)
    alice.client.get(reverse("home"))
    return alice


@pytest.fixture
def by_code_alone(known: Person) -> Person:
    """Alice, who has no password and signs in by mailed code."""
    known.client.logout()
    known.user.set_unusable_password()
    known.user.save()
    post(known.client, "account_request_login_code", email=known.user.email)
    post(known.client, "account_confirm_login_code", code=mailed_code())
    known.client.get(reverse("home"))
    return known


def with_an_app(who: Person) -> None:
    TOTP.activate(who.user, SECRET)
    RecoveryCodes.activate(who.user)


def with_a_passkey(who: Person) -> None:
    data = {"name": "my phone", "credential": {"clientExtensionResults": {}}}
    Authenticator.objects.create(user=who.user, type=Authenticator.Type.WEBAUTHN, data=data)
    RecoveryCodes.activate(who.user)


def leave_alone(who: Person, seconds: int) -> None:
    """Let time pass for one session by changing what it has recorded."""
    session = who.client.session
    session[LAST_USED_AT] -= seconds
    for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
        record["at"] -= seconds
    session.save()


def stored() -> str:
    """The contents of all sessions."""
    held = [session.get_decoded() for session in Session.objects.all()]
    assert held
    return str(held)


def own_pages(deck: Deck) -> list[str]:
    behaviour = deck.behaviours[0]
    args = {"answers-card": [behaviour]}
    return [reverse(name, args=args.get(name, [deck])) for name in OWN]


def asked(who: Person, path: str) -> str | None:
    """Where a page redirects to for reauthentication; None if the page is shown."""
    answer = who.client.get(path)
    return answer["Location"] if answer.status_code == HTTPStatus.FOUND else None


def show_it(who: Person, next: str = "") -> str:
    """Alice reauthenticates by password. Returns where that redirects to."""
    answer = post(who.client, "account_reauthenticate", password=PASSWORD, next=next)
    assert answer.status_code == HTTPStatus.FOUND
    return str(answer["Location"])


def test_ones_own_answers_are_not_shown_after_idling(known: Person, deck: Deck) -> None:
    write(known, deck.behaviours[0], Stance.ACCEPTABLE, note="my words")
    card = reverse("answers-card", args=[deck.behaviours[0]])
    assert "my words" in known.client.get(card).text
    leave_alone(known, AWHILE + 2)

    for page in own_pages(deck):
        assert asked(known, page) == f"{reverse('account_reauthenticate')}?next={page}"

    assert show_it(known, card) == card
    assert "my words" in known.client.get(card).text


def test_visiting_another_page_first_does_not_skip_the_question(known: Person, deck: Deck) -> None:
    leave_alone(known, AWHILE + 2)
    known.client.get(reverse("home"))
    known.client.get(reverse("account"), headers={"X-Follows": "1"})

    assert asked(known, reverse("answers", args=[deck]))


def test_nobody_is_asked_while_they_are_here(known: Person, deck: Deck) -> None:
    """Twelve hours of rating are not interrupted once."""
    page = reverse("answers", args=[deck])
    for _ in range(5):
        leave_alone(known, AWHILE - 2 * MINUTE)
        assert asked(known, page) is None


def test_idling_twice_asks_twice(known: Person, deck: Deck) -> None:
    page = reverse("answers", args=[deck])
    with time_machine.travel(timezone.now(), tick=False) as clock:
        known.client.get(page)
        for _ in range(2):
            clock.shift(AWHILE + MINUTE)
            assert asked(known, page)
            show_it(known, page)
            assert asked(known, page) is None


def test_polling_records_idling_once(known: Person) -> None:
    leave_alone(known, AWHILE + 2)
    follows = {"X-Follows": "1"}
    known.client.get(reverse("account"), headers=follows)

    with CaptureQueriesContext(connection) as seen:
        known.client.get(reverse("account"), headers=follows)

    assert not [query["sql"] for query in seen if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_a_save_after_idling_says_so_in_place_and_is_taken_once_asked(
    known: Person, deck: Deck
) -> None:
    behaviour = deck.behaviours[0]
    save = reverse("answers-answer", args=[behaviour])
    sent = {"partners": "acceptable", "note": "my words", "seen": row_of(known, behaviour).version}
    leave_alone(known, AWHILE + 2)

    answer = known.client.post(save, sent, headers={"HX-Request": "true"})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Not saved yet. It’s been a while, so we check it’s you." in answer.text
    assert f'href="{reverse("account_reauthenticate")}"' in answer.text
    assert "<html" not in answer.text
    assert not sheets.own_sheet(known.seat, deck).row(behaviour).answer.answered
    show_it(known)
    assert known.client.post(save, sent, headers={"HX-Request": "true"}).status_code == 200
    assert sheets.own_sheet(known.seat, deck).row(behaviour).answer.note == "my words"


def test_without_scripts_the_page_that_asks_keeps_every_word(known: Person, deck: Deck) -> None:
    behaviour = deck.behaviours[0]
    save = reverse("answers-answer", args=[behaviour])
    words = 'my "words"\r\n<on two lines>'
    sent = {
        "partners": "conditions",
        "conditions": ["told-first", "in-a-group"],
        "note": words,
        "seen": row_of(known, behaviour).version,
    }
    leave_alone(known, AWHILE + 2)

    answer = known.client.post(save, sent)

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    hidden = dict.fromkeys(re.findall(r'<input type="hidden" name="(\w+)"', answer.text))
    assert set(hidden) == {"csrfmiddlewaretoken", *sent}
    assert answer.text.count('name="csrfmiddlewaretoken"') == 2  # and to sign out
    assert html.escape(words) in answer.text
    assert re.findall(r'name="conditions" value="([\w-]+)"', answer.text) == sent["conditions"]
    assert "words" not in stored()
    show_it(known)
    assert known.client.post(save, sent).status_code == HTTPStatus.FOUND
    saved = sheets.own_sheet(known.seat, deck).row(behaviour).answer
    assert saved.note == 'my "words"\n<on two lines>'


def test_withdrawing_needs_no_reauthentication(known: Person, bob: Person, deck: Deck) -> None:
    answers.seal(known.seat, deck)
    leave_alone(known, AWHILE + 2)

    known.client.post(reverse("answers-unseal", args=[deck]))

    assert not sheets.own_sheet(known.seat, deck).sealed


def test_sealing_needs_reauthentication_after_idling(
    known: Person, bob: Person, deck: Deck
) -> None:
    seen = answers.sheet_version(known.seat, sheets.own_sheet(known.seat, deck))
    leave_alone(known, AWHILE + 2)

    answer = known.client.post(reverse("answers-seal", args=[deck]), {"seen": seen})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert not sheets.own_sheet(known.seat, deck).sealed


def test_parting_asks_after_idling_and_prevents_nobody(known: Person, bob: Person) -> None:
    part = reverse("pairing-part")
    leave_alone(known, AWHILE + 2)

    answer = known.client.post(part)

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Part ways now, and sign out" in answer.text
    assert seats.partner_of(known.seat)
    answer = known.client.post(part, {"anyway": ""})
    assert seats.partner_of(known.seat) is None
    assert "you’re signed out here" in known.client.get(answer["Location"]).text
    assert asked(known, reverse("home")) == f"{reverse('account_login')}?next={reverse('home')}"


def test_parting_needs_one_press_during_use(known: Person, bob: Person) -> None:
    leave_alone(known, AWHILE - MINUTE)

    answer = known.client.post(reverse("pairing-part"))

    assert answer["Location"] == reverse("leaving-copies")
    assert seats.partner_of(known.seat) is None


def test_signing_in_counts_as_authentication(known: Person) -> None:
    page = reverse("mfa_activate_totp")

    assert asked(known, page) is None
    with time_machine.travel(timezone.now() + RECENTLY, tick=False):
        assert asked(known, page) == f"{reverse('account_reauthenticate')}?next={page}"


@pytest.mark.django_db
def test_signing_up_counts_as_authentication() -> None:
    client = Client()
    ada = {"first_name": "Ada", "email": "ada@example.org", "adult": "on"}
    post(client, "account_signup", **ada)
    post(client, "account_email_verification_sent", code=mailed_code())

    assert client.get(reverse("mfa_add_webauthn")).status_code == HTTPStatus.OK


def test_without_a_password_a_mailed_code_is_asked_for(by_code_alone: Person) -> None:
    alice, page = by_code_alone, reverse("account_set_password")
    ask = reverse("account-still-you")
    with time_machine.travel(timezone.now() + RECENTLY, tick=False):
        assert asked(alice, page) == f"{ask}?next={page}"
        mail.outbox.clear()
        assert "Send me the code" in alice.client.get(f"{ask}?next={page}").text
        assert mail.outbox == []  # a GET sends nothing

        sent = post(alice.client, "account-still-you-mail", next=page)
        assert sent["Location"] == f"{ask}?next={page.replace('/', '%2F')}"
        form = alice.client.get(sent["Location"]).text
        assert f'<input type="hidden" name="next" value="{page}">' in form
        answer = post(alice.client, "account-still-you-code", code=mailed_code(), next=page)

        assert answer["Location"] == page
        assert asked(alice, page) is None


def test_a_wrong_code_proves_nothing_and_three_end_it(by_code_alone: Person) -> None:
    alice = by_code_alone
    with time_machine.travel(timezone.now() + RECENTLY, tick=False):
        post(alice.client, "account-still-you-mail")
        right = mailed_code()
        for _ in range(3):
            answer = post(alice.client, "account-still-you-code", code="AAAA-AAAA")
            assert answer.status_code == HTTPStatus.BAD_REQUEST
            assert "That code isn’t right" in shown_error(answer.text, "code")

        answer = post(alice.client, "account-still-you-code", code=right)

        assert "has run out" in shown_error(answer.text, "code")
        assert asked(alice, reverse("account_set_password"))


def test_three_wrong_codes_end_it_where_the_shared_count_is_lost(by_code_alone: Person) -> None:
    alice = by_code_alone
    with time_machine.travel(timezone.now() + RECENTLY, tick=False):
        post(alice.client, "account-still-you-mail")
        right = mailed_code()
        for _ in range(3):
            post(alice.client, "account-still-you-code", code="AAAA-AAAA")
            cache.clear()  # as after a restart: the session has its own count

        answer = post(alice.client, "account-still-you-code", code=right)

        assert "has run out" in shown_error(answer.text, "code")


def test_a_code_works_once_and_for_fifteen_minutes(by_code_alone: Person) -> None:
    alice = by_code_alone
    with time_machine.travel(timezone.now() + RECENTLY, tick=False) as clock:
        for later in (0, 901):
            cache.clear()
            post(alice.client, "account-still-you-mail")
            clock.shift(later)
            answer = post(alice.client, "account-still-you-code", code=mailed_code())
            assert (answer.status_code == HTTPStatus.FOUND) is (later == 0)
        again = post(alice.client, "account-still-you-code", code=mailed_code())
        assert again.status_code == HTTPStatus.BAD_REQUEST


def test_a_code_works_only_in_the_browser_that_requested_it(by_code_alone: Person) -> None:
    other = Client()
    other.force_login(by_code_alone.user)
    post(by_code_alone.client, "account-still-you-mail")

    answer = post(other, "account-still-you-code", code=mailed_code())

    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_few_codes_are_mailed_in_a_minute(by_code_alone: Person) -> None:
    mail.outbox.clear()

    came = [post(by_code_alone.client, "account-still-you-mail").status_code for _ in range(4)]

    assert came == [HTTPStatus.FOUND] * 3 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    ("have", "way"),
    [
        (with_an_app, "mfa_reauthenticate"),
        (with_a_passkey, "mfa_reauthenticate_webauthn"),
    ],
)
def test_a_stronger_method_is_asked_for_if_there_is_one(
    known: Person, deck: Deck, have: Callable[[Person], None], way: str
) -> None:
    have(known)
    page = reverse("answers", args=[deck])
    leave_alone(known, AWHILE + 2)

    assert asked(known, page) == f"{reverse(way)}?next={page}"
    answer = post(known.client, "account_reauthenticate", password=PASSWORD)

    assert answer["Location"] == reverse(way)  # a password is not enough, and is not asked for
    assert asked(known, page)
    codes = RecoveryCodes.activate(known.user).get_unused_codes()
    answer = post(known.client, "mfa_reauthenticate", code=codes[0], next=page)
    assert answer["Location"] == page
    assert asked(known, page) is None


@pytest.mark.django_db(transaction=True)  # allauth mails this on commit
def test_setting_up_an_app_counts_as_authentication(known: Person) -> None:
    """Its recovery codes come next, and a code from the app works only once."""
    secret = known.client.get(reverse("mfa_activate_totp")).context["form"].secret

    answer = post(known.client, "mfa_activate_totp", code=app_code(secret))

    assert asked(known, answer["Location"]) is None


def test_nothing_that_was_typed_is_kept_when_allauth_asks(known: Person) -> None:
    with time_machine.travel(timezone.now() + RECENTLY, tick=False):
        answer = known.client.post(
            reverse("mfa_activate_totp"),
            {"code": "the typed words"},
            headers={"Referer": f"http://testserver{reverse('mfa_index')}"},
        )

    ask = reverse("account_reauthenticate")
    assert answer["Location"] == f"{ask}?next={reverse('mfa_index')}"
    assert "typed words" not in stored()
