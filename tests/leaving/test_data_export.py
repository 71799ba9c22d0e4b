"""Everything of one person, as data and to read: all of theirs, nothing of the other's, once."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2
import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings as site
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from jsonschema import Draft202012Validator, FormatChecker

from accounts import maintenance
from boundaries.agreements import history
from boundaries.answers import rules as answers
from boundaries.content import catalogue
from boundaries.content.catalogue import Deck
from boundaries.downloads import typesetting
from boundaries.leaving import data_export, export_pages
from boundaries.leaving.data_export import ExportState
from boundaries.leaving.models import Export, Part
from boundaries.questions import rules as questions
from boundaries.seats import rules as seats
from boundaries.talks import drafts
from boundaries.vocabulary import Move, Side, Stance, Step
from tests.conftest import (
    PROPOSED,
    Person,
    do,
    fill_in,
    opened_together,
    person,
    talk,
    talked_up_to,
    write,
)
from tests.questions.test_rules import put_forward
from tests.support.lives import AGREED, all_private, at_home, lived, sure_of, words

pytestmark = pytest.mark.django_db

BY_THE_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SCHEMA = json.loads((site.BASE_DIR / "static" / "my-data.schema.json").read_text())
TAKE, MAKE, PAGE = map(reverse, ("leaving-export-take", "leaving-export-make", "leaving-export"))


@pytest.fixture
def full(settings: Any) -> tuple[Person, Person]:
    settings.TASKS = BY_THE_WORKER
    one, other = person("Alizq"), person("Boris")
    lived(one, other, person("Erin"))
    return one, other


@pytest.fixture
def alice(alice: Person) -> Person:
    """Who has just shown that it is her."""
    sure_of(alice)
    return alice


def fetched(who: Person) -> dict[str, bytes]:
    """The files of a copy that is ready."""
    with ZipFile(BytesIO(data_export.take(who.seat))) as file:
        return {name: file.read(name) for name in file.namelist()}


def read(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def errors(data: Any) -> list[str]:
    checked = Draft202012Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(data)
    return [f"{error.json_path}: {error.message}" for error in checked]


def state(who: Person) -> ExportState:
    return data_export.standing(who.seat).state


def test_the_data_is_laid_out_as_the_schema_says(full: tuple[Person, Person]) -> None:
    one, _ = full
    at_home(one)

    assert errors(data_export.data(one.seat)) == []
    assert errors(data_export.data(person("New").seat)) == []
    assert errors({**data_export.data(one.seat), "more": 1}) != []  # it allows nothing besides


def test_all_that_is_theirs_is_in_it_and_nothing_that_is_the_others(
    full: tuple[Person, Person],
) -> None:
    for who, partner in (full, reversed(full)):
        data_export.ask(who.seat)
        files = fetched(who)
        content = str(files.pop("my-data.json"), "utf-8")
        paper = "".join(map(read, files.values())).replace("\r\n", "")

        mine = all_private(who) - {words(who, "typed-elsewhere")}
        assert {text for text in mine if text not in content} == set()
        assert {text for text in all_private(partner) if text in content + paper} == set()
        for writer in (who, partner):  # what both have said yes to is both's
            assert words(writer, AGREED) in content
        in_the_data_alone = {words(who, "earlier")}  # what stood there before the last change
        assert {text for text in mine if text not in paper} == in_the_data_alone


def test_words_that_one_typed_for_the_other_are_the_others(full: tuple[Person, Person]) -> None:
    one, other = full
    mine, theirs = words(one, "typed-elsewhere"), words(other, "typed-elsewhere")

    # Each has typed something for the other on a shared screen, and it lies in that account.
    for who in full:
        content = json.dumps(data_export.data(who.seat))
        assert mine not in content
        assert theirs not in content


def test_what_one_proposes_on_the_others_behaviour_is_without_its_words(
    alice: Person, bob: Person
) -> None:
    put_forward(bob, alice, "zq-his")
    own = questions.deck(alice.seat, catalogue.OWN)
    (behaviour,) = own.behaviours
    opened_together(alice, bob, own)
    proposal = PROPOSED | {"text": [behaviour.text, "zq-hers"]}
    talk(alice, behaviour.id)
    talked_up_to(Step.OUTCOME, alice, bob)
    do(alice, Move.PROPOSE, proposal)

    exported = data_export.data(alice.seat)
    paper = str([*export_pages.pages(exported)])

    assert exported["talks"][0]["handed_over"][-1]["words"]["text"] == ["zq-hers"]
    assert exported["understandings"]["proposed"][0]["text"] == ["", "zq-hers"]
    assert "zq-his" not in json.dumps(exported) + paper
    assert paper.count("zq-hers") == 2
    assert errors(exported) == []

    do(bob, Move.ASSENT, {"digest": digest_of(alice), "acknowledged": []})
    assert data_export.data(alice.seat)["understandings"]["agreed"][0]["text"][0] == "zq-his"


def digest_of(who: Person) -> str:
    """Of the newest words that lie between them."""
    return history.agreement(who.seat).entries[0].newest.digest


def test_the_paper_shows_an_unsent_proposal_without_machine_values(
    alice: Person, bob: Person, deck: Deck
) -> None:
    opened_together(alice, bob, deck)
    conversation = talk(alice)
    words = {"alike": "yes", "outcome_both": "conditions", "conditions_both": ["told-first"]}
    words |= {"words_both": "the chats end by nine", "on_both": "2026-12-24"}
    drafts.save(alice.seat, conversation, "propose-2-1", words, version="", side=Side.LEFT)

    paper = str([*export_pages.pages(data_export.data(alice.seat))])

    unsent = paper.partition("Not sent: ")[2].partition("'")[0]
    assert sorted(unsent.split("\\n")) == [
        "24 December 2026",
        "Fine, if …",
        "We tell each other first",
        "the chats end by nine",
    ]


def test_sealed_answers_are_in_their_writers_copy_only(
    alice: Person, bob: Person, deck: Deck
) -> None:
    fill_in(alice, deck, Stance.ACCEPTABLE, note="hers", private=True)
    before = data_export.data(alice.seat) | {"made_at": None}

    fill_in(bob, deck, Stance.UNACCEPTABLE, note="his")
    answers.seal(bob.seat, deck)

    assert data_export.data(alice.seat) | {"made_at": None} == before
    assert before["sheets"][0]["answers"][0]["note"] == "hers"


def test_a_copy_is_fetched_once_and_later_the_page_says_so(alice: Person) -> None:
    alice.client.post(MAKE)
    assert "Your copy is ready" in alice.client.get(PAGE).text

    answer = alice.client.post(TAKE)
    again = alice.client.post(TAKE)

    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert answer.content.startswith(b"PK")
    assert again.status_code == 410
    assert "fetched once" in again.text
    assert "Make another one" in again.text
    assert not Part.objects.exists()


def test_looking_fetches_nothing(alice: Person) -> None:
    data_export.ask(alice.seat)

    for _ in range(3):
        alice.client.get(PAGE)
        alice.client.get(TAKE)

    assert state(alice) == ExportState.READY


def test_a_copy_is_there_for_a_day(alice: Person) -> None:
    data_export.ask(alice.seat)
    Export.unscoped.update(
        asked_at=F("asked_at") - timedelta(hours=24, seconds=1),
        made_at=F("made_at") - timedelta(hours=24, seconds=1),
    )

    assert state(alice) == ExportState.NONE
    with pytest.raises(data_export.NoExport):
        data_export.take(alice.seat)

    maintenance.run_round("worker")

    assert not Export.unscoped.exists()
    assert not Part.objects.exists()


def test_maintenance_leaves_what_can_still_be_fetched(alice: Person) -> None:
    data_export.ask(alice.seat)

    maintenance.run_round("worker")

    assert state(alice) == ExportState.READY


def test_there_is_one_at_a_time(alice: Person) -> None:
    data_export.ask(alice.seat)

    with pytest.raises(data_export.ExportExists):
        data_export.ask(alice.seat)

    data_export.take(alice.seat)
    data_export.ask(alice.seat)
    assert Export.unscoped.count() == 1


def test_somebody_elses_copy_is_none(alice: Person, bob: Person) -> None:
    data_export.ask(alice.seat)

    assert state(bob) == ExportState.NONE
    with pytest.raises(data_export.NoExport):
        data_export.take(bob.seat)
    assert state(alice) == ExportState.READY


def test_the_worker_makes_a_large_one_from_its_id_alone(
    alice: Person, deck: Deck, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = BY_THE_WORKER
    fill_in(alice, deck, Stance.ACCEPTABLE, note="a note that is long enough")
    monkeypatch.setattr(export_pages, "MAX_LENGTH", 1000)

    alice.client.post(MAKE)

    assert "is being made" in alice.client.get(PAGE).text
    task = DBTaskResult.objects.get()
    export = Export.owned_by(alice.seat).get()
    assert task.args_kwargs == {"args": [str(export.pk)], "kwargs": {}}

    data_export.make.call(*task.args_kwargs["args"])
    data_export.make.call(*task.args_kwargs["args"])  # a task may run twice

    files = fetched(alice)
    assert len(files) > 2
    texts = [read(file) for name, file in files.items() if name.endswith(".pdf")]
    assert sum(text.count("long enough") for text in texts) == len(deck.behaviours)


def test_the_worker_makes_it_while_another_page_is_being_typeset(
    alice: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = BY_THE_WORKER
    true, tries = typesetting.typeset, iter([True, True, False])
    monkeypatch.setattr(data_export, "RETRY_DELAY", 0)

    def busy_at_first(*args: Any) -> bytes:
        if next(tries):
            raise typesetting.Busy
        return true(*args)

    monkeypatch.setattr(typesetting, "typeset", busy_at_first)

    data_export.ask(alice.seat)
    assert state(alice) == ExportState.BEING_MADE
    data_export.make.call(*DBTaskResult.objects.get().args_kwargs["args"])

    assert state(alice) == ExportState.READY


def test_one_that_cannot_be_made_says_so_and_leaves_no_trace(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> bytes:
        raise ValueError("canary")

    monkeypatch.setattr(typesetting, "typeset", fails)
    with caplog.at_level(logging.DEBUG):
        alice.client.post(MAKE)

    assert state(alice) == ExportState.FAILED
    assert "didn’t work this time" in alice.client.get(PAGE).text
    assert "canary" not in caplog.text
    assert not Part.objects.exists()
    monkeypatch.undo()
    data_export.ask(alice.seat)
    assert state(alice) == ExportState.READY


def test_one_that_no_worker_makes_can_be_asked_for_again(
    alice: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TASKS = BY_THE_WORKER
    monkeypatch.setattr(export_pages, "MAX_LENGTH", 10)
    data_export.ask(alice.seat)
    Export.unscoped.update(asked_at=F("asked_at") - data_export.GIVEN_UP_AFTER)

    data_export.ask(alice.seat)
    first, second = (task.args_kwargs["args"] for task in DBTaskResult.objects.all())
    for args in (first, second):  # the one that is not wanted any more is dropped
        data_export.make.call(*args)

    assert first != second
    assert state(alice) == ExportState.READY


def test_asking_is_limited(alice: Person) -> None:
    tried = 0
    while alice.client.post(MAKE).status_code != 429 and tried < 20:
        alice.client.post(TAKE)
        tried += 1

    assert tried == 6


@pytest.mark.read_committed("count what one try does")
def test_it_is_the_same_number_of_queries_whatever_there_is(
    alice: Person, bob: Person, deck: Deck
) -> None:
    counts = []
    for behaviours in (deck.behaviours[:1], deck.behaviours[:3], deck.behaviours):
        for behaviour in behaviours:
            write(alice, behaviour, Stance.ACCEPTABLE, note=f"n {len(behaviours)}")
        with CaptureQueriesContext(connection) as of_data:
            data_export.data(alice.seat)
        queries = len(of_data)
        alice.client.get(PAGE)
        with CaptureQueriesContext(connection) as of_page:
            alice.client.get(PAGE)
        counts.append((queries, len(of_page)))

    assert len(set(counts)) == 1
    assert counts[0][1] <= 8


def test_a_page_asks_who_it_is_before_any_of_it(alice: Person) -> None:
    session = alice.client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = []
    session.save()

    for method, path in (("get", PAGE), ("post", MAKE), ("post", TAKE)):
        assert getattr(alice.client, method)(path).status_code == 302
    assert state(alice) == ExportState.NONE


def test_no_secret_for_signing_in_is_in_it(full: tuple[Person, Person]) -> None:
    one, _ = full
    at_home(one)
    content = json.dumps(data_export.data(one.seat))

    assert one.user.password not in content
    assert str(one.client.session.session_key) not in content
    assert seats.seat_of(one.user).pk.hex not in content.replace("-", "")


def test_the_schema_is_where_the_page_leads(alice: Person) -> None:
    assert "/static/my-data.schema.json" in alice.client.get(PAGE).text
    assert Path(site.BASE_DIR / "static" / "my-data.schema.json").exists()
