"""A sentence for every table and every column; `manage.py check` fails where one is missing.

Whether a column is encrypted, which deletions cascade to a row and who may see it are read from the
models: see boundaries/privacy_notice/rules.py. This module holds the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import maintenance, outbox
from boundaries.leaving import data_export
from boundaries.pairing import rules as pairing
from boundaries.therapist_sheet import rules as therapist_sheet

type Words = str | Promise


class TableGroup(Enum):
    """The headings on the page."""

    ANSWERS = _("What you write for yourself, and seal")
    TWO = _("What you two share")
    ACCOUNT = _("Your account, and how you sign in")
    SITE = _("What the site needs to work")


class Audience(Enum):
    """Who is shown what a table holds. A check compares it with the models."""

    ALONE = _("Only you.")
    SEALED = _("Only you, until you both have sealed; then your partner too, what you share of it.")
    BOTH = _("You both.")
    YOURS = _("You, on the pages about your account.")
    SITE = _("Nobody. The site needs it to work.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a row of a table is, and what its columns hold."""

    group: TableGroup
    audience: Audience
    what: Words
    columns: Mapping[str, Words] = field(default_factory=dict)  # all but primary and foreign keys
    until: Words = ""  # what deletes a row sooner than the account or couple does
    never: Words = ""  # what the other never sees of it
    nobodys: bool = False  # nothing in it is about anybody


NUMBER = _("a number that puts it in order")
WHEN = _("when that was")
WHICH = _("which behaviour it is about, by a number from the list")
WHOSE = _("whose of you it is")
MACHINES = _("when, how and by which part of the site it is done")
_AFTER_A_DAY = format_lazy(
    ngettext_lazy("Gone after {days} day.", "Gone after {days} days.", data_export.LIFETIME.days),
    days=data_export.LIFETIME.days,
)

_PAIRED = _("That two people are connected.")
_MAILED = _("which of you has had a mail and not come by since; shown to neither")

REGISTRY: dict[str, Table] = {
    # What somebody writes for themselves, and seals.
    "boundaries.Sheet": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("A sheet for each deck that you have begun."),
        columns={"deck": _("which deck"), "number": NUMBER},
        never=_("whether you have begun a deck, how far you are, and when you are here"),
    ),
    "boundaries.Answers": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.SEALED,
        what=_(
            "Your answers. A whole sheet is encrypted as one piece, so even in the database nobody"
            " sees which cards you touched."
        ),
        columns={
            "content": _(
                "your answer in both directions, how much it matters, conditions, the note that"
                " opens with it, and whether you keep it private, skip it or hide it"
            ),
        },
        never=_("answers that you keep private, skip or hide, and which of these it was"),
    ),
    "boundaries.Notes": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you add to your answers for yourself, encrypted in the same way."),
        columns={
            "content": _(
                "your note to yourself, your guess, your flags, and what stood there before your"
                " last change, so that you can undo it"
            ),
        },
        never=_("notes to yourself, guesses, and what you ticked for yourself alone"),
    ),
    "boundaries.Seal": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.SEALED,
        what=_("That you are ready to open a deck."),
        columns={"set_at": WHEN},
        until=_("Gone without a trace when you take it back."),
        never=_("that you have sealed a deck, before your partner has sealed it too"),
    ),
    "boundaries.Draft": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you have written in a talk and not handed over."),
        columns={
            "side": WHOSE,
            "purpose": _("for which step it is"),
            "content": _("the words"),
        },
        until=_("Gone when you hand it over or throw it away."),
        never=_("what you have written in a talk and not handed over"),
    ),
    "boundaries.SetAside": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you leave a proposal for now."),
        never=_("that you leave a proposal for now, or set one of theirs aside"),
    ),
    "boundaries.Seat": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.YOURS,
        what=_("Your place here, alone or beside a partner."),
        columns={
            "side": _("on which side of a comparison you stand"),
            "parted": _("that your partner has left, until you have read it"),
            "agreed_to": _("which text about all this you said yes to"),
            "agreed_at": _("when you said it"),
            "advised": _("whether you want notes on your wording"),
        },
        never=_("whether you have notes on your wording switched on, and what they say"),
    ),
    "boundaries.Copy": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_(
            "From each parting, a plain copy of what you had both said yes to. The other has one of"
            " their own."
        ),
        columns={
            "content": _("the words, without the other’s name"),
            "on": _("the day you parted"),
        },
        until=_("Gone when you throw it away."),
    ),
    "boundaries.Export": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you have asked for everything of yours, to take it along."),
        columns={
            "asked_at": _("when you asked"),
            "made_at": _("when it was made"),
            "taken_at": _("when you fetched it"),
        },
        until=_AFTER_A_DAY,
        never=_("that you have asked for a copy of everything of yours, and what is in it"),
    ),
    "boundaries.Part": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("The files of that copy, until you fetch them."),
        columns={
            "name": _("the name of a file"),
            "content": _("what is in it"),
        },
        until=_AFTER_A_DAY,
    ),
    # What two people share.
    "boundaries.Couple": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_PAIRED,
        columns={"told": _MAILED},
    ),
    "boundaries.Notified": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_PAIRED,
        columns=dict.fromkeys(("side", "subject", "talk"), _MAILED),
    ),
    "boundaries.Envelope": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("An envelope for each deck, there from the start."),
        columns={
            "deck": _("which deck"),
            "round": NUMBER,
            "hidden": _("what either of you had hidden when it opened, and not which of you"),
        },
    ),
    "boundaries.Own": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("Behaviours that you two have written yourselves."),
        columns={
            "text": _("the words"),
            "put_forward_at": _("when they were put forward"),
            "accepted_at": _("when they were accepted"),
            "set_aside": _("that they were set aside, which only who did so can see"),
        },
    ),
    "boundaries.Conversation": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("A talk about one behaviour."),
        columns={
            "deck": _("which deck"),
            "behaviour": WHICH,
            "wording": _("how the behaviour was worded"),
            "first": _("who speaks first"),
            "mode": _("whether you hold it on one screen or apart"),
            "opened_at": _("when it was opened"),
            "over": _("whether it is closed"),
            "paused_at": _("that it rests; not who asked for it"),
            "back_at": _("until when it rests"),
            "back": _("who is back already, until it goes on; shown to them alone"),
            "resumed": _("that it has just gone on"),
            "told": _MAILED,
            "screen": _("whose screen you hold it on, where you hold it on one"),
        },
    ),
    "boundaries.Turn": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_(
            "What each of you has done in a talk. What both do unseen shows once both have done it."
        ),
        columns={
            "number": NUMBER,
            "side": WHOSE,
            "typed_by": _("on whose screen it was written"),
            "move": _("what was done"),
            "turn": NUMBER,
            "content": _("the words that were handed over"),
            "made_from": _("which state of the talk it answered"),
            "at": WHEN,
        },
    ),
    "boundaries.Version": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("What either of you has proposed, word for word, for good."),
        columns={
            "behaviour": WHICH,
            "number": NUMBER,
            "side": _("whose proposal it is"),
            "origin": _("whether it came from a talk, from common ground or from the page"),
            "content": _("the words"),
            "at": WHEN,
        },
    ),
    "boundaries.Assent": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("A yes to exact words."),
        columns={
            "side": _("whose yes it is"),
            "digest": _("a fingerprint of the words"),
            "at": WHEN,
        },
    ),
    "boundaries.Withdrawal": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("That a yes or a proposal was taken back. By whom is written nowhere."),
        columns={"at": WHEN},
    ),
    "boundaries.Issue": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_(
            "A sheet for a therapist. Whoever has its code can read it, once you have both released"
            " it."
        ),
        columns={
            "content": _("what you both chose to show"),
            "days": _("how long its link works"),
            "code_digest": _("a fingerprint of the code, from which it cannot be found out"),
            "made_at": WHEN,
        },
        until=format_lazy(
            _("Gone when either of you ends it or its link has ended, {days} days at the most."),
            days=therapist_sheet.MAX_UNRELEASED.days,
        ),
    ),
    "boundaries.Release": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("That one of you lets a therapist read such a sheet."),
        columns={
            "side": WHOSE,
            "digest": _("a fingerprint of the sheet"),
            "at": WHEN,
        },
    ),
    "boundaries.Invitation": Table(
        group=TableGroup.TWO,
        audience=Audience.YOURS,
        what=_(
            "Your invitation, while it is out. Whoever has its link sees your first name, and you"
            " see who has joined by it."
        ),
        columns={
            "digest": _("a fingerprint of the code, from which it cannot be found out"),
            "expires_at": _("until when it works"),
            "joining": _("a number for this joining, so that you confirm whom you saw"),
        },
        until=format_lazy(
            _("Gone when you are connected or end it, and useless after {days} days."),
            days=pairing.LIFETIME.days,
        ),
    ),
    # Accounts, and signing in.
    "accounts.User": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("Your account."),
        columns={
            "email": _("your e-mail address"),
            "first_name": _(
                "your first name, which your partner sees, and whoever has your invitation"
            ),
            "password": _(
                "a fingerprint of your password, from which it cannot be found out; none if you"
                " sign in by a mailed code"
            ),
            "last_login": _("when you last signed in"),
            "date_joined": _("when you made it"),
            "said_adult_at": _("when you said that you are 18 or older"),
            "takes_mailed_codes": _("whether a code by mail may sign you in"),
            "time_zone": _("your time zone, which only you see, so that days are right for you"),
            "time_zone_since": _("since when days are counted in it"),
            "lock": _(
                "a random number that your browsers must know: another one signs them all out"
            ),
            "is_active": _("whether it is open"),
            "is_staff": _("whether you help to run the site"),
            "is_superuser": _("whether you run the site"),
        },
    ),
    "account.EmailAddress": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("Your e-mail address, once more, for signing in."),
        columns={
            "email": _("the address"),
            "verified": _("whether you have shown that it is yours"),
            "primary": _("whether mails go there"),
        },
    ),
    "account.EmailConfirmation": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("A link to confirm an address. This site uses codes, so there are none."),
        columns={
            "created": WHEN,
            "sent": WHEN,
            "key": _("what the link would hold"),
        },
    ),
    "mfa.Authenticator": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("A passkey, an app for codes, or recovery codes, if you have set one up."),
        columns={
            "type": _("which of these"),
            "data": _(
                "of a passkey its name and its public half; of the others the secret, encrypted"
            ),
            "created_at": _("when you set it up"),
            "last_used_at": _("when you last used it"),
        },
    ),
    "usersessions.UserSession": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("Where you are signed in, so that you can see it and end it."),
        columns={
            "created_at": _("since when"),
            "last_seen_at": _("the same moment again"),
            "ip": _("nothing: it would be the address on the network, which is not kept"),
            "user_agent": _("which kind of browser and device it is"),
            "session_key": _("a number for this signing in"),
            "data": _("nothing"),
        },
        until=_("Gone when you sign out there, or have been away for long."),
    ),
    "sessions.Session": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.SITE,
        what=_("That a browser is signed in, is about to, or has looked at an invitation."),
        columns={
            "session_data": _(
                "who is signed in and how, when the browser was last here, which invitation it has"
                " looked at, and, while you sign up or in, the address and the name you typed and"
                " what the mailed code must be"
            ),
            "expire_date": _("until when"),
        },
        until=format_lazy(
            _("Gone when you sign out, and after {hours} hours at the most."),
            hours=settings.SESSION_COOKIE_AGE // 3600,
        ),
    ),
    # What the site needs to work.
    "boundaries.Key": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "The key to what you have written, to what you two share, or to a copy from a parting."
            " It is locked with a key that is not in the database."
        ),
        columns={
            "epoch": _("which key it is locked with"),
            "wrapped": _("the locked key"),
        },
        until=_(
            "Each goes with what it opens: yours with your account, that of you both with your"
            " parting, that of a copy with the copy."
        ),
    ),
    "accounts.Letter": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "A mail that is on its way: that something waits, or a code. It holds no word of yours."
        ),
        columns={
            "sender": _("the site’s address"),
            "recipient": _("your address"),
            "subject": _("its subject"),
            "body": _("its text"),
            "written_at": _("when it was written"),
            "tried_at": _("when the mail server was last asked to take it"),
        },
        until=format_lazy(
            _("Gone when it is posted, and after {days} days at the most."),
            days=outbox.MAX_AGE.days,
        ),
    ),
    "django_tasks_database.DBTaskResult": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_("Work that is done in the background, such as posting a mail."),
        columns={
            "args_kwargs": _("the random number of what it is about, and no words"),
            "return_value": _("nothing"),
            "exception_class_path": _("what went wrong, if something did"),
            "traceback": _("that it failed, and no words"),
            **dict.fromkeys(
                (
                    *("status", "enqueued_at", "started_at", "finished_at", "priority"),
                    *("task_path", "worker_ids", "queue_name", "backend_name", "run_after"),
                ),
                MACHINES,
            ),
        },
        until=format_lazy(
            ngettext_lazy(
                "Gone {days} day after it is done.",
                "Gone {days} days after it is done.",
                maintenance.FINISHED_KEPT_FOR.days,
            ),
            days=maintenance.FINISHED_KEPT_FOR.days,
        ),
    ),
    "accounts.Tombstone": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "That an account was deleted or two have parted, and not which, so that no copy of the"
            " database from before can undo it."
        ),
        columns={"on": _("on which day")},
        until=_(
            "It is written into a list apart from the database if there is one, and stays there."
            " Nothing leads from it to anybody."
        ),
        nobodys=True,
    ),
    "accounts.Heartbeat": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_("That the part of the site which posts mails is alive. Nothing about anybody."),
        columns={"at": _("when it last said so")},
        until=_("Gone when it stops."),
        nobodys=True,
    ),
    **{
        label: Table(
            group=TableGroup.SITE,
            audience=Audience.SITE,
            what=_("Names of rights, for whoever runs a site. Nothing about anybody."),
            columns=dict.fromkeys(columns, _("a name")),
            until=_("There as long as the site is."),
            nobodys=True,
        )
        for label, columns in {
            "auth.Group": ("name",),
            "auth.Permission": ("name", "codename"),
            "auth.Group_permissions": (),
            "contenttypes.ContentType": ("app_label", "model"),
        }.items()
    },
    **{
        label: Table(
            group=TableGroup.SITE,
            audience=Audience.YOURS,
            what=_("Rights of somebody who runs the site. Nobody else has any."),
        )
        for label in ("accounts.User_groups", "accounts.User_user_permissions")
    },
}
