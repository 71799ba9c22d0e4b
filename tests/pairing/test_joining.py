"""The invited person's pages: an offer, a graceful no, and dead links that all look alike."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import localdate

from accounts.codes import grouped
from boundaries.pairing import rules as pairing
from boundaries.pairing.invitation_card import InvitationCard
from boundaries.pairing.models import Invitation
from boundaries.pairing.offered import OFFERED
from boundaries.seats import rules as seats
from tests.accounts.test_codes import LINKS
from tests.conftest import Person, person
from tests.pairing.test_rules import code_of, everything_stored, invite, join

UNTYPED = re.compile(r'value="[^"]*"')


def test_an_offer_shows_the_name_the_inviter_chose_and_how_to_say_no(alice: Person) -> None:
    client = Client()

    shown = client.post("/join/code/", {"code": invite(alice)}, follow=True)

    assert shown.redirect_chain == [("/join/offer/", 302)]
    assert "Alice would like to do this with you." in shown.text
    assert "No, thank you" in shown.text
    assert alice.user.email not in shown.text


def test_the_way_to_say_no_is_not_beside_the_button(alice: Person, charlie: Person) -> None:
    client = Client()
    offer = client.post("/join/code/", {"code": invite(alice)}, follow=True).text
    join(charlie, invite(alice))
    joined = charlie.client.get("/partner/").text

    for page, no, yes in (
        (offer, "No, thank you", "Yes, and join"),
        (joined, "I don’t want to join", "Start my answers"),
    ):
        above, _, below = page.partition('<div class="foot-bar">')
        bar = below.partition("</div>")[0]
        assert no in page
        assert yes in bar
        assert no not in bar
    # Somebody who has just joined reads first what is next, and has to unfold the way out.
    assert no not in above
    assert no in below.partition("<details")[2].partition("</details>")[0]


def test_the_session_does_not_hold_the_code(alice: Person) -> None:
    client, code = Client(), invite(alice)

    client.post("/join/code/", {"code": code})

    assert code not in str(dict(client.session.items()))


def test_the_offer_survives_signing_in(alice: Person, charlie: Person) -> None:
    client = Client()
    client.post("/join/code/", {"code": invite(alice)})

    client.force_login(charlie.user)

    assert "See the invitation" in client.get("/home/").text
    client.post("/join/accept/", {"join": client.session[OFFERED], "questions": "read"})
    assert pairing.waiting_for(charlie.seat) == seats.Partner("Alice")


def test_the_front_page_leads_back_to_the_invitation_until_it_is_declined(alice: Person) -> None:
    client = Client()
    client.post("/join/code/", {"code": invite(alice)})

    assert 'href="/join/offer/"' in client.get("/").text
    client.post("/join/decline/")
    assert 'href="/join/offer/"' not in client.get("/").text


@pytest.mark.parametrize("signed_in", [False, True])
def test_all_dead_links_look_alike(alice: Person, charlie: Person, *, signed_in: bool) -> None:
    dana = person("Dana")
    client = dana.client if signed_in else Client()

    def shown(code: str) -> tuple[int, str]:
        response = client.post("/join/code/", {"code": code})
        return response.status_code, UNTYPED.sub("", response.text)

    unknown = shown("ZZZZ-ZZZZ-ZZZZ")
    malformed = shown("\u202e?")
    old, revoked = invite(alice), invite(alice)
    replaced = shown(old)
    pairing.revoke(alice.seat)
    used = invite(alice)
    join(charlie, used)
    lapsed = invite(dana) if not signed_in else invite(charlie)
    Invitation.objects.filter(joiner=None).update(expires_at=Now() - timedelta(days=1))

    assert unknown[0] == 404
    assert {unknown, malformed, replaced, shown(revoked), shown(used), shown(lapsed)} == {unknown}


@pytest.mark.parametrize("where", ["/join/code/", "/read/sheet/"])
@pytest.mark.parametrize("typed", ["", "  "])
@pytest.mark.django_db
def test_whoever_typed_nothing_is_asked_to_type_it(client: Client, where: str, typed: str) -> None:
    page = client.post(where, {"code": typed})

    assert page.status_code == 400
    assert re.search(
        r'<p class="error" id="code-error">Please type or paste your code.</p>', page.text
    )
    assert re.search(
        r'name="code"[^>]*aria-invalid="true" aria-describedby="code-error"', page.text
    )
    assert "Please check:" in page.text.partition("</title>")[0]
    assert "This code doesn’t work" not in page.text


def test_only_the_maker_of_a_link_learns_that_it_is_theirs(alice: Person, charlie: Person) -> None:
    code = invite(alice)

    own = alice.client.post("/join/code/", {"code": code}, follow=True)

    assert own.redirect_chain == [("/partner/", 302)]
    assert "This is your own invitation." in own.text
    others = charlie.client.post("/join/code/", {"code": code}, follow=True)
    assert others.redirect_chain == [("/join/offer/", 302)]
    pairing.revoke(alice.seat)
    assert alice.client.post("/join/code/", {"code": code}).status_code == 404


def test_a_whole_link_may_be_pasted_for_the_code(alice: Person) -> None:
    link = f"  https://example.org/join/#{invite(alice)} "

    assert Client().post("/join/code/", {"code": link}).status_code == 302


def test_an_offer_that_ended_since_it_was_shown_is_a_dead_link(alice: Person) -> None:
    client = Client()
    client.post("/join/code/", {"code": invite(alice)})
    pairing.revoke(alice.seat)

    assert client.get("/join/offer/").status_code == 404


def test_declining_is_silent_and_ends_nothing(alice: Person) -> None:
    client, code = Client(), invite(alice)
    client.post("/join/code/", {"code": code})

    shown = client.post("/join/decline/")

    assert "Nobody is told that you looked" in shown.text
    assert client.get("/join/offer/").status_code == 404
    assert pairing.offer(code).first_name == "Alice"


def test_the_invitation_page_has_the_link_the_code_a_picture_and_three_messages(
    alice: Person,
) -> None:
    code = invite(alice)
    spaced = f"{code[:4]}-{code[4:8]}-{code[8:]}"

    shown = alice.client.get("/partner/").text

    assert f"http://localhost/join/#{spaced}" in shown
    assert shown.count("<textarea") == 3
    assert shown.count(f"type {spaced}") == 3
    assert "<svg" in shown
    assert code_of(alice) == code


def test_trying_many_codes_is_slowed_down(alice: Person) -> None:
    client = Client()

    statuses = [client.post("/join/code/", {"code": "wrong"}).status_code for _ in range(35)]

    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_confirming_somebody_who_has_withdrawn_shows_a_calm_page(
    alice: Person, charlie: Person
) -> None:
    join(charlie, invite(alice))
    standing = pairing.standing(alice.seat)
    assert standing
    assert standing.joiner
    pairing.withdraw(charlie.seat)

    shown = alice.client.post("/partner/confirm/", {"joining": str(standing.joiner.joining)})

    assert shown.status_code == 409
    assert "Nothing was shared" in shown.text


def test_the_one_who_was_left_reads_it_once(alice: Person, bob: Person) -> None:
    bob.client.post("/partner/part/")

    assert "You’re no longer connected" in alice.client.get("/home/").text
    alice.client.post("/partner/parted/")
    assert "You’re no longer connected" not in alice.client.get("/home/").text


def test_the_whole_message_may_be_pasted_as_it_arrived(alice: Person) -> None:
    card = InvitationCard.of(invite(alice))
    dead = {}
    for how, wrap in LINKS.items():
        for message in card.messages:
            text = message.text.replace(card.link, wrap(card.link))
            answer = Client(REMOTE_ADDR="203.0.113.9").post("/join/code/", {"code": text})
            cache.clear()
            if answer.status_code != 302:
                dead[how] = text

    assert not dead


def test_of_an_old_and_a_new_invitation_in_one_message_the_new_one_counts(
    alice: Person, charlie: Person
) -> None:
    revoked, old = invite(charlie), invite(alice)
    pairing.revoke(charlie.seat)
    Invitation.objects.update(expires_at=F("expires_at") - timedelta(days=1))
    new = invite(charlie)
    both = f"> {grouped(revoked)}\n> {grouped(old)}\n\nSorry, this one: {grouped(new)}"

    assert pairing.offer(both).first_name == "Charlie"
    assert pairing.offer(both.replace(grouped(new), "…")).first_name == "Alice"


def test_ones_own_invitation_below_somebody_elses_does_not_hide_it(
    alice: Person, charlie: Person
) -> None:
    text = f"{grouped(invite(charlie))}\n\n> {grouped(invite(alice))}"

    answer = alice.client.post("/join/code/", {"code": text}, follow=True)

    assert answer.redirect_chain == [("/join/offer/", 302)]


@pytest.mark.parametrize(
    "path",
    [
        "/join/%23{code}",
        "/join/%2523{code}",
        "/join/{code}",
        "/join/{code}/",
        "/join/%23{code}?utm_source=mail&utm_id=120208123456",
        "/join/?code={code}",
        "/join/?fbclid=IwAR0_abc%23{code}",
        "/join/x/y/%23{code}&sa=D",
    ],
)
def test_a_link_that_was_changed_leads_to_the_form_with_its_code(alice: Person, path: str) -> None:
    code = grouped(invite(alice))
    before = everything_stored()

    page = Client().get(path.format(code=code))

    assert page.status_code == 200
    assert f'value="{code}"' in page.text
    assert "data-code-found" in page.text
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies.get("sessionid")
    assert everything_stored() == before


@pytest.mark.parametrize(
    "path",
    ["/join/", "/join/?fbclid=IwAR2abcDEF", "/join/?utm_id=1202081234AB", "/join/nothing/here"],
)
def test_a_link_without_a_code_leads_to_the_empty_form(db: None, path: str) -> None:
    page = Client().get(path)

    assert page.status_code == 200
    assert 'value=""' in page.text
    assert "data-code-found" not in page.text


def test_a_wrong_code_is_not_sent_again_by_the_browser(db: None) -> None:
    page = Client().post("/join/code/", {"code": "ZZZZ-ZZZZ-ZZZ2"})

    assert page.status_code == 404
    assert "data-code-found" not in page.text


def test_a_sheets_link_that_was_changed_leads_to_the_form_with_its_code(db: None) -> None:
    code = "92QP-514X-HCBH-7K2M-0ZZ9"
    for path in (f"/read/%23{code}", f"/read/?x=1%23{code}", f"/read/{code}"):
        page = Client().get(path)
        assert f'value="{code}"' in page.text, path
        assert page["Referrer-Policy"] == "strict-origin", path


def test_making_an_account_says_who_invited(
    alice: Person,
) -> None:
    client = Client()
    code = invite(alice)
    assert "invited you" not in client.get("/account/signup/").text

    client.post("/join/code/", {"code": code})
    assert "Alice invited you" in client.get("/account/signup/").text

    pairing.revoke(alice.seat)
    assert "invited you" not in client.get("/account/signup/").text


def test_an_invitation_names_the_same_last_day_wherever_it_is_shown(alice: Person) -> None:
    invite(alice)
    standing = pairing.standing(alice.seat)
    assert standing
    day = date_format(localdate(standing.expires_at), "j F")

    for path in ("/home/", "/partner/"):
        assert f"until {day}." in alice.client.get(path).text, path
