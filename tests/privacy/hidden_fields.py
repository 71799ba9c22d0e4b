"""What the hidden fields of a form hold, so that an act is sent as from the page itself.

From a page of now they hold what the site would put there. From a stale page they hold what it
might have put there once, and no longer does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from boundaries.agreements import history
from boundaries.answers import rules as answers
from boundaries.answers import sheets
from boundaries.check_ins import rhythms
from boundaries.check_ins import rules as check_ins
from boundaries.pairing import rules as pairing
from boundaries.pairing.offered import OFFERED as JOINING
from boundaries.questions import rules as questions
from boundaries.repair import drafts as repair_drafts
from boundaries.repair import reading as repairs
from boundaries.seats import rules as seats
from boundaries.talks import drafts, reading
from boundaries.therapist_sheet import rules as therapist_sheet
from boundaries.therapist_sheet.contents import NoSuchSheet
from tests.privacy.steps import CODE_OF, NOBODY, OFFERED, OWN, THE_SHEET, Do
from tests.support import routes

if TYPE_CHECKING:
    from boundaries.seats.models import Seat
    from tests.privacy.worlds import World

GROUPS = ("mine", "theirs", "set_aside", "accepted")
STALE = "0123456789abcdef01234567"
TALK = re.compile(rf"/talks/{routes.TALK}/(turn/.*|draft|throw-away)/")
REPAIR = re.compile(rf"/repair/{routes.REPAIR}/(send|draft|throw-away)/")
UNDERSTANDING = re.compile(r"/understandings/(?:on/(\w+)/(?:propose|withdraw|set-aside)|yes)/")
SEALING = re.compile(r"/decks/(\w+)/seal/")
CARD = re.compile(r"/answers/(\w+)/(save|skip|hide|show|undo)/")


def filled_in(world: World, act: Do) -> Do:
    """The same act with the hidden fields of its form."""
    act = replace(act, url=placed(world, act.url))
    if act.data.startswith(CODE_OF):
        return replace(act, data=f"code={world.codes.get(act.data.removeprefix(CODE_OF), '')}")
    if act.who == NOBODY or act.method == "GET":
        return act
    fields = _fields(world, act)
    if act.stale:
        fields = dict.fromkeys(fields, STALE)
    return replace(act, data="&".join(filter(None, [act.data, urlencode(fields)])))


def placed(world: World, url: str) -> str:
    """An address with the ids of this world's own behaviours in it."""
    for mark in (OWN, OFFERED):
        url = url.replace(f"/{mark}/", f"/{world.own_behaviours.get(mark, mark)}/")
    return url


def note_codes(world: World, act: Do) -> None:
    """Whoever is handed a link has its code, also once it is dead."""
    if act.url == "/partner/invite/" and (made := pairing.standing(world.cast[act.who].seat)):
        world.codes[act.who] = made.code
    if act.url == "/understandings/therapist/release/":
        issue = therapist_sheet.issue(world.cast[act.who].seat)
        world.codes[THE_SHEET] = issue.code if issue else ""


def _fields(world: World, act: Do) -> dict[str, str]:
    seat = world.cast[act.who].seat
    if act.url == "/join/accept/":
        offered = world.cast[act.who].client.session.get(JOINING, "")
        return {"join": offered, "questions": "read"}
    if act.url == "/partner/invite/":
        return {} if pairing.standing(seat) else {"questions": "read"}
    if act.url == "/partner/confirm/":
        standing = pairing.standing(seat)
        return {"joining": str(standing.joiner.joining if standing and standing.joiner else "")}
    if act.url == "/partner/part/" and act.stale:
        return {"together": ""}
    if act.url.startswith("/understandings/therapist/"):
        return _of_the_sheet(seat)
    if act.url in {"/own/put-forward/", "/intimate/yes/"}:
        return {"together": seats.couple_token(seat)}
    if act.url.startswith("/check-ins/"):
        return _of_a_check_in(seat)
    if TALK.fullmatch(act.url):
        return _of_the_talk(seat, parse_qs(act.data).get("purpose", [""])[0])
    if REPAIR.fullmatch(act.url):
        return _of_the_repair(seat, parse_qs(act.data).get("purpose", [""])[0])
    if act.url == "/repair/begin/":
        return {"together": seats.couple_token(seat)}
    if on := UNDERSTANDING.fullmatch(act.url):
        return _of_the_understanding(seat, on[1] or "a1")
    if act.url.startswith("/own/"):
        return _of_an_own_behaviour(seat, act.group)
    if sealing := SEALING.fullmatch(act.url):
        return _of_the_last_look(seat, sealing[1])
    if card := CARD.fullmatch(act.url):
        return _of_the_card(seat, card[1])
    return {}


def _of_an_own_behaviour(seat: Seat, group: str) -> dict[str, str]:
    """Which behaviour it is: the first one of a group, or of any that this person can act on."""
    ours = questions.ours(seat)
    groups = [group] if group else ["theirs", "set_aside", "accepted"]
    ids = [own.id for name in groups for own in getattr(ours, name)]
    return {"own": str(ids[0])} if ids else {}


def _of_the_last_look(seat: Seat, deck: str) -> dict[str, str]:
    try:
        page = sheets.own_sheet(seat, questions.deck(seat, deck))
    except questions.NotAsked:
        return {}
    return {"seen": answers.sheet_version(seat, page)}


def _of_the_card(seat: Seat, behaviour: str) -> dict[str, str]:
    try:
        deck, found = questions.placed(seat, behaviour)
    except questions.NotAsked:
        return {}
    return {"seen": sheets.own_sheet(seat, deck).row(found).version}


def _of_the_talk(seat: Seat, purpose: str) -> dict[str, str]:
    try:
        talk = reading.talk(seat, routes.TALK)
    except reading.NoSuchTalk:
        return {}
    kept = drafts.written(seat, talk, talk.me).get(purpose)
    version = kept.version if kept else drafts.UNWRITTEN
    return {"look": talk.version, "seen": version}


def _of_the_repair(seat: Seat, purpose: str) -> dict[str, str]:
    try:
        repair = repairs.repair(seat, routes.REPAIR)
    except repairs.NoSuchRepair:
        return {}
    kept = repair_drafts.written(seat, repair.id).get(purpose)
    return {"look": repair.version, "seen": kept.version if kept else drafts.UNWRITTEN}


def _of_the_understanding(seat: Seat, behaviour: str) -> dict[str, str]:
    fields = {"together": seats.couple_token(seat), "seen": "0"}
    try:
        newest = history.entry(seat, behaviour).newest
    except history.NoSuchAgreement:
        return fields
    return fields | {
        "seen": str(newest.number),
        "digest": newest.digest,
        "digests": newest.digest,
    }


def _of_a_check_in(seat: Seat) -> dict[str, str]:
    found = rhythms.rhythm(seat)
    return {
        "together": seats.couple_token(seat),
        "seen": check_ins.own_half(seat).seen if seat.couple_id else "",
        "version": found.version if found else "",
    }


def _of_the_sheet(seat: Seat) -> dict[str, str]:
    try:
        issue = therapist_sheet.issue(seat)
    except NoSuchSheet:
        issue = None
    return {"together": seats.couple_token(seat), "digest": issue.digest if issue else ""}
