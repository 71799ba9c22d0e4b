"""Twin worlds: one history replayed twice, with two different secrets, and everything compared.

Non-interference by self-composition: what one person can observe must be equal as data in both
worlds. Time stands still within a step and randomness is drawn from the number of each step, so
that nothing has to be blanked out before comparing, but for the names of savepoints.

- steps.py: what a history is made of; ways.py: how an address can be asked for
- histories.py: the histories that Hypothesis draws
- moments.py: time, luck and the order of rows
- observing.py and listening.py: what is noticed of a request
- comparing.py: how two worlds are compared
"""

from __future__ import annotations

import gc
import random
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.tasks import task_backends
from django.test import Client, override_settings

from accounts.models import User
from boundaries.agreements.models import Copy
from boundaries.leaving import data_export, export_pages
from boundaries.questions import rules as questions
from boundaries.repair.models import Repair
from boundaries.sealing import rules as sealing
from boundaries.sealing.models import Envelope
from boundaries.talks.models import Conversation
from tests.conftest import Person, pair, person
from tests.privacy import observing
from tests.privacy.hidden_fields import GROUPS, filled_in, note_codes, placed
from tests.privacy.listening import Listener, listening, undisturbed
from tests.privacy.moments import disorder, moment, shuffle
from tests.privacy.observing import Seen, observe, send, undone
from tests.privacy.steps import (
    ADDRESSES,
    HERS_OWN,
    NOBODY,
    OFFERED,
    OPERATOR,
    OURS,
    OWN,
    SAFE,
    UNSAFE,
    Do,
    History,
    Meanwhile,
    Probe,
    Step,
    Watch,
    fits,
    taken,
)
from tests.privacy.ways import BY_HEADERS, ways_to
from tests.support import routes
from tests.support.lives import sure_of

# What the observer's own probes send. It is the same in both worlds.
PROBE = (
    "mine=unsure&partners=conditions&note=probe&code=ZZZZZZZZZZZZ&first_name=Probe"
    "&crossed=me&move=heard&stay=yes&words=probe&keep=probe&purpose=speak-1-1&outcome_both=fine&on=2026-02-02&mode=apart&minutes=20"
)
# The observer asks for the same page in each of many ways, and allauth counts each HEAD as if it
# were a POST. Limits are tried in test_limits_of_each.
BY_USER = ("typeset", "reauthenticate", "change_password", "manage_email")
BY_IP = ("login", "signup", "reset_password", "reset_password_from_key", "request_login_code")
TIRELESS = dict.fromkeys(BY_USER, "9999/h/user") | dict.fromkeys(BY_IP, "9999/h/ip")
# Nobody is signed out, or asked who they are, for the time that lies between steps.
AWAKE = {
    "SIGNED_OUT_WHEN_IDLE_FOR": timedelta(days=2),
    "ASKED_AGAIN_WHEN_IDLE_FOR": timedelta(days=2),
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": 172_800,  # as far as they have shown who they are
    "SESSION_COOKIE_AGE": 172_800,
    "MFA_RATE_LIMITS": {"webauthn_login": "9999/h/ip"},
    "MAILERS": {
        "default": {"BACKEND": "accounts.outbox.LetterBackend"},
        "post": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
    },
}


@dataclass
class World:
    """The cast, and what the observer has seen."""

    observer: str
    listener: Listener
    count_work: bool = False
    disorder: bool = False  # whether rows come in another order
    cast: dict[str, Person] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of the links there ever were, by whose
    own_behaviours: dict[str, str] = field(default_factory=dict)  # their ids, by what they are
    seen: list[tuple[Any, ...]] = field(default_factory=list)
    visited: set[tuple[str, str]] = field(default_factory=set)
    visited_ways: set[tuple[str, str, str]] = field(default_factory=set)
    own: set[str] = field(default_factory=set)  # whose keys are the observer's: a seat, couples
    trespassed: set[str] = field(default_factory=set)  # whose keys were used and were not theirs
    written: list[Any] = field(default_factory=list)  # mails of this step, as they are handed over
    letters: list[Any] = field(default_factory=list)
    enqueued: list[Any] = field(default_factory=list)  # tasks, with what they are given
    remembered: dict[Any, Any] = field(default_factory=dict)  # tags and dates of addresses
    looks: dict[str, None] = field(default_factory=dict)  # of the pages of a talk that were seen

    @property
    def answers(self) -> list[Seen]:
        return [seen for seen in self.seen if isinstance(seen, Seen)]

    @property
    def who(self) -> str:
        """In whose browser the observer is. The operator looks on while Bob does."""
        return "bob" if self.observer == OPERATOR else self.observer


def live(
    history: History,
    *,
    observer: str = "alice",
    count_work: bool = False,
    later: Collection[int] = (),
    hours: bool = False,
    disorder: bool = False,
    real_pdf: bool = False,
    limits: dict[str, str] | None = None,
) -> World:
    """Replay a history in a world of its own, which is gone afterwards.

    The steps that are named come later than they would, and before the next. Minutes lie between
    two steps, or hours. Rows may come in another order where no order is asked for.
    Work is counted on SQLite alone: how often a driver wakes while it waits for a server is chance.
    """
    count_work = count_work and connection.vendor == "sqlite"
    with ExitStack() as stack:
        world = World(observer, stack.enter_context(listening()), count_work, disorder)
        stack.enter_context(transaction.atomic())
        stack.callback(transaction.set_rollback, True)
        limited = {"ACCOUNT_RATE_LIMITS": settings.ACCOUNT_RATE_LIMITS | (limits or TIRELESS)}
        stack.enter_context(override_settings(**AWAKE, **limited))
        for name in dir(settings):
            getattr(settings, name, None)  # looked up once and kept, so that nobody does it first
        stack.enter_context(one_talk())
        typeset = observing.typesetting_for_real if real_pdf else observing.typesetting_once
        stack.enter_context(typeset())
        stack.enter_context(observing.posting(world))
        stack.enter_context(_tasks(world))
        if count_work:
            stack.enter_context(undisturbed())
        spread = len(history) if hours else None
        with moment(0):
            _populate(world)
        for number, step in enumerate(history, start=1):
            with moment(number, spread_over=spread, later=number in later):
                _note_whose_keys(world)
                _live_through(world, number, step)
                observing.after_the_commit()
                world.seen.append((number, "mail", observing.mails(world)))
            if count_work:
                gc.collect()
    return world


def sure(world: World) -> None:
    """Everybody has just shown who they are."""
    for name, who in world.cast.items():
        if name != NOBODY:
            sure_of(who)


@contextmanager
def one_talk() -> Iterator[None]:
    """The first talk, and the first repair, has the id that stands in the addresses."""

    def drawn() -> uuid.UUID:
        return uuid.uuid4() if Conversation.objects.filter(pk=routes.TALK).exists() else routes.TALK

    def drawn_for_a_repair() -> uuid.UUID:
        there = Repair.objects.filter(pk=routes.REPAIR).exists()
        return uuid.uuid4() if there else routes.REPAIR

    with (
        mock.patch.object(Conversation._meta.pk, "_get_default", drawn),
        mock.patch.object(Repair._meta.pk, "_get_default", drawn_for_a_repair),
    ):
        yield


@contextmanager
def _tasks(world: World) -> Iterator[None]:
    """Each task that is enqueued is noted, with all it is given, and then done."""
    backend = task_backends["default"]
    enqueue = backend.enqueue

    def noted(task: Any, args: Any, kwargs: Any) -> Any:
        when = (task.priority, task.queue_name, task.run_after)
        world.enqueued.append((task.module_path, list(args), dict(kwargs), when))
        return enqueue(task, args, kwargs)

    with mock.patch.object(backend, "enqueue", noted):
        yield


def _populate(world: World) -> None:
    mail.outbox.clear()
    cache.clear()
    cast = world.cast
    for name in ("Alice", "Bob", "Charlie", "Dana", "Erin"):
        cast[name.lower()] = person(name)
    cast[NOBODY] = Person(User(), Client())
    for member in cast.values():
        member.client.raise_request_exception = False  # an error shows, too
    pair(cast["erin"], cast["bob"])
    cast["erin"].client.post("/partner/part/")
    pair(cast["alice"], cast["bob"])
    pair(cast["charlie"], cast["dana"])
    # Their first check-in has the id that stands in the addresses.
    first = Envelope.objects.filter(couple=cast["alice"].seat.couple_id, deck=sealing.CHECK_IN)
    first.update(id=routes.CHECK_IN)
    questions.put_forward(cast["alice"].seat, "Something they both accepted")
    questions.accept(cast["bob"].seat, questions.ours(cast["bob"].seat).theirs[0].id)
    questions.put_forward(cast["alice"].seat, HERS_OWN)
    ours = questions.ours(cast["alice"].seat)
    world.own_behaviours = {OWN: ours.accepted[0].id.hex, OFFERED: ours.mine[0].id.hex}
    connection.run_on_commit.clear()
    observing.mails(replace(world, observer=OPERATOR))
    world.enqueued.clear()


def _note_whose_keys(world: World) -> None:
    """A person's own, those of the copies they keep, and those of the couples they are in.

    The past ones' are gone.
    """
    if world.observer in {NOBODY, OPERATOR}:
        return
    seat = world.cast[world.observer].seat
    world.own |= {str(seat.pk), str(seat.couple_id)}
    world.own |= {str(copy.pk) for copy in Copy.owned_by(seat)}


def _live_through(world: World, number: int, step: Step) -> None:
    match step:
        case Watch():
            if world.disorder:
                shuffle(number)
            with disorder(world.disorder):
                _watch(world, number, step)
        case Probe():
            with disorder(world.disorder):
                _probe(world, number, step)
        case Meanwhile(what=what):
            what(world)
        case _:
            for act in step:
                act = filled_in(world, act)
                if world.observer in {act.who, OPERATOR}:
                    observe(world, number, "own act", act)
                else:
                    send(world.cast[act.who].client, act)
                note_codes(world, act)


def _watch(world: World, number: int, watch: Watch) -> None:
    begun = len(world.seen)
    for name, path in ADDRESSES:
        if not fits(path, watch.at) or not taken(name, "GET"):
            continue
        if not watch.everything and name not in OURS:
            continue
        look = undone if name == routes.LEAVE else observe
        do = Do(world.who, "GET", placed(world, path))
        for method in SAFE if watch.everything else ("GET",):
            look(world, number, name, replace(do, method=method))
        for way in _chosen(ways_to(name), watch.ways, f"{watch.luck} {name} {path}"):
            look(world, number, name, replace(do, way=way))
            if watch.everything:
                look(world, number, name, replace(do, method="HEAD", way=way))
        for way in observing.polled(world) if name == "talks-state" else []:
            look(world, number, name, replace(do, way=way))
    if watch.ways:
        for name, path, way in observing.links(world, begun):
            observe(world, number, name, Do(world.who, "GET", path, way=way))
    if world.observer not in {NOBODY, OPERATOR}:
        seat = world.cast[world.observer].seat
        mine = data_export.data(seat)
        world.seen.append((number, "taken along", mine, _to_read(mine)))


def _to_read(mine: dict[str, Any]) -> list[str]:
    """The same for a person to read: as it would be set in type."""
    try:
        return [repr(asdict(page)) for page in export_pages.pages(mine)]
    except LookupError as error:
        return [repr(error)]


def _probe(world: World, number: int, probe: Probe) -> None:
    for name, paths in groupby(ADDRESSES, key=itemgetter(0)):
        if name == probe.but:
            continue
        first, *others = [path for _, path in paths if fits(path, probe.at)] or [""]
        if not probe.everything:
            others = _chosen(others, 1, f"{probe.luck} {name}")
        for method in [unsafe for unsafe in UNSAFE if first and taken(name, unsafe)]:
            plain = Do(world.who, method, first, PROBE)
            asked = [plain, *_variants(name, plain)]
            asked += [replace(plain, url=path) for path in others]
            ways = _chosen(BY_HEADERS, probe.ways, f"{probe.luck} {name} {method}")
            asked += [replace(plain, way=way) for way in ways]
            for act in asked:
                undone(world, number, name, filled_in(world, act))


def _variants(name: str, plain: Do) -> list[Do]:
    """The same from a page that is stale, and on behaviours of one's own of each kind."""
    if name in {"questions-take-back", "questions-accept", "questions-set-aside"}:
        return [replace(plain, group=group) for group in GROUPS]
    if name == "questions-put-forward":  # the same words once more, after the note on them
        return [replace(plain, data=urlencode({"text": HERS_OWN, "noted": HERS_OWN}))]
    repairs = ("repair-send", "repair-draft")
    if name.startswith(("answers-", "talks-turn", "talks-draft", "agreements-", *repairs)):
        return [replace(plain, stale=True)]
    return []


def _chosen[T](there: Sequence[T], many: int, luck: str) -> list[T]:
    """So many of what there is, by lot; or all."""
    if many < 0:
        return list(there)
    return random.Random(luck).sample(there, min(many, len(there)))  # noqa: S311
