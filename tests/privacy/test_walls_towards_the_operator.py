"""Whoever runs the site sees that something is done, and not one word or value of it.

Not in a log line of whatever level and format, not in a mail, and not in what the database is told
and may write to a log of its own. Only what the two say differs here: they do the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from accounts.encryption import BLOCKS
from tests.conftest import Person
from tests.privacy.comparing import first_difference
from tests.privacy.steps import NOBODY, OPERATOR, THE_SHEET, History, Probe, Watch, act, say
from tests.privacy.test_walls import SEAL
from tests.privacy.test_walls_of_a_talk import FIRST, draft, turn
from tests.privacy.test_walls_of_an_agreement import ON, propose
from tests.privacy.test_walls_towards_others import ALL_THEY_DO, RELEASED, THERAPIST, with_code
from tests.privacy.worlds import live
from tests.support.depth import one_day_in

pytestmark = pytest.mark.django_db


def saying(words: str, **values: str) -> History:
    """The same acts, one of each kind, with these words and values wherever some are sent."""
    answers = {"note": words, "self_note": words, "in_other_words": words, **values}
    return [
        (
            say("bob", "a1", **answers),
            say("bob", "a2", **answers, private="on" if values["mine"] == "unsure" else ""),
            say("bob", "a3", **{"from": "list"}, mine=values["mine"]),
            say("bob", "a3", mine="bogus", note=words),  # refused
            say("bob", "nothing", note=words),
            say("alice", "a1", mine="acceptable", partners="acceptable"),
            act("bob", "/own/put-forward/", text=words, noted=words),
        ),
        (act("bob", SEAL), act("alice", SEAL)),
        (
            act("alice", FIRST, mode="apart", begins="me"),
            turn("bob", "ready"),
            *(turn(who, "agree") for who in ("alice", "bob")),
            *(turn(who, "appreciate", words=words) for who in ("alice", "bob")),
            draft("bob", "reflect-1-1", words),
            turn("alice", "speak", words=words),
            turn("bob", "reflect", words=words),
            turn("bob", "reflect", nothing=words),  # refused
        ),
        (
            propose("bob", words),
            act("alice", "/understandings/yes/"),
            act("alice", f"{ON}propose/", alike="no", words_left=words),
            *RELEASED,
            with_code(NOBODY, THE_SHEET, "/read/sheet/"),
            act("bob", f"{THERAPIST}end/"),
        ),
    ]


# Of one block in either world: how many of those a text takes is all that its length tells.
ONE = saying(
    "no, and never again, please",
    mine="acceptable",
    partners="unsure",
    weight="a-lot",
    guess="unsure",
)
OTHER = saying(
    "a secret, in ünïcode 🫶",
    mine="unsure", partners="conditions", conditions="not-late", to_keep_the_peace="on", live="on",
)  # fmt: skip


@one_day_in(4, 0)
def test_no_log_no_mail_and_no_statement_tells_what_was_said() -> None:
    looks: History = [Watch(), Probe()]

    worlds = [live([*secret, *looks], observer=OPERATOR) for secret in (ONE, OTHER)]

    assert first_difference(*worlds) == ""


@pytest.mark.once
def test_what_must_not_show_in_a_log_is_said_and_something_is_logged() -> None:
    world = live(OTHER, observer=OPERATOR)
    acts = [seen for seen in world.seen if seen[1] == "own act"]
    refused = [act for act in acts if act[5]]

    assert any("INSERT" in sql for act in acts for sql, _ in act[4])
    assert {act[3] for act in refused} >= {"/answers/a3/save/", "/answers/nothing/save/"}


# What words, a yes, an understanding, and a sheet's answers and notes are padded to.
SIZES = {*BLOCKS, 64, 512, 2048, 8192, 1_900, 7_900, 32 * 1024}


@one_day_in(2, 1)
def test_what_is_left_out_of_a_statement_is_ciphertext_and_nothing_else() -> None:
    world = live([ALL_THEY_DO], observer=OPERATOR)
    parameters = [values for seen in world.seen if len(seen) > 3 for _, values in seen[4]]
    lengths = {value for params in parameters for value in flat(params) if isinstance(value, int)}

    assert lengths
    assert {length - (1 + 12 + 16) for length in lengths} <= SIZES  # format, nonce, tag


def flat(value: object) -> list[object]:
    return [it for item in value for it in flat(item)] if isinstance(value, list) else [value]


@pytest.mark.postgresql
def test_not_even_a_failing_statement_puts_words_into_the_log_of_the_database(
    alice: Person, bob: Person
) -> None:
    bob.client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        log = Path(cursor.fetchone()[0]).parent / "log"
        cursor.execute("ALTER TABLE boundaries_answers DROP COLUMN content")

    answer = bob.client.post("/answers/a1/save/", {"note": "a secret of his", "mine": "unsure"})

    assert answer.status_code == 503  # as after a migration: the connection is not used again
    logged = log.read_text()
    assert "INSERT INTO" in logged
    assert "boundaries_answers" in logged
    assert "a secret of his" not in logged
