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

from accounts import maintenance, posting
from boundaries.leaving import data_export
from boundaries.pairing import rules as pairing
from boundaries.repair import rules as repair
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
    SEALED = _(
        "Only you, until you have both sealed. Then your partner sees what you share from it."
    )
    BOTH = _("Both of you.")
    YOURS = _("You, on the pages about your account.")
    SITE = _("Nobody. The site only needs it to work.")


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


NUMBER = _("a number, to keep things in order")
WHEN = _("when that was")
WHICH = _("which behaviour it’s about, by its number in our list")
WHOSE = _("which of you it belongs to")
MACHINES = _("when and how the job runs, and which part of the site does it")
_AFTER_A_DAY = format_lazy(
    ngettext_lazy("After {days} day.", "After {days} days.", data_export.LIFETIME.days),
    days=data_export.LIFETIME.days,
)

_RETURNED = format_lazy(
    ngettext_lazy(
        "{days} day after you part. What you had closed before goes on the day it would have gone"
        " anyway.",
        "{days} days after you part. What you had closed before goes on the day it would have gone"
        " anyway.",
        repair.KEPT_FOR.days,
    ),
    days=repair.KEPT_FOR.days,
)
_CLOSED_REPAIR = format_lazy(
    ngettext_lazy(
        "{days} day after either of you closes it, unless you both want to keep it.",
        "{days} days after either of you closes it, unless you both want to keep it.",
        repair.KEPT_FOR.days,
    ),
    days=repair.KEPT_FOR.days,
)

_PAIRED = _("That two people are connected.")
_MAILED = _("who got a mail from us and hasn’t been back since; it’s shown to neither of you")

REGISTRY: dict[str, Table] = {
    # What somebody writes for themselves, and seals.
    "boundaries.Sheet": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("A sheet for each deck you’ve begun."),
        columns={"deck": _("which deck"), "number": NUMBER},
        never=_("if you’ve begun a deck, how far you’ve got, and when you’re here"),
    ),
    "boundaries.Answers": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.SEALED,
        what=_(
            "Your answers. We encrypt a whole sheet in one piece. So even the database doesn’t show"
            " which cards you touched."
        ),
        columns={
            "content": _(
                "your answers, when you do it and when your partner does; how much it matters; your"
                " conditions; the note that opens with it; and if you keep it private, skip it or"
                " hide it"
            ),
        },
        never=_("answers you keep private, skip or hide, and which of the three you did"),
    ),
    "boundaries.Notes": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you add to your answers just for yourself. We encrypt it in the same way."),
        columns={
            "content": _(
                "your note to yourself, your guess, what you ticked, and what was there before your"
                " last change, so you can undo it"
            ),
        },
        never=_("your notes to yourself, your guesses, and what you ticked just for yourself"),
    ),
    "boundaries.Seal": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.SEALED,
        what=_("That you’re ready to open a deck."),
        columns={"set_at": WHEN},
        until=_("When you take it back, without a trace."),
        never=_("that you’ve sealed a deck, until they have sealed it too"),
    ),
    "boundaries.Draft": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you’ve written in a talk and haven’t handed over."),
        columns={
            "side": WHOSE,
            "purpose": _("which step it’s for"),
            "content": _("the words"),
        },
        until=_("When you hand it over or throw it away."),
        never=_("what you’ve written in a talk and haven’t handed over"),
    ),
    "boundaries.EarlyDraft": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you’ve kept for a talk that isn’t open yet."),
        columns={"behaviour": WHICH, "content": _("the words")},
        until=_("When that talk opens, when you throw it away, or when you part."),
        never=_("what you’ve kept for a talk, and what you marked as going on right now"),
    ),
    "boundaries.Journal": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you’ve written in your journal. It stays yours if you part."),
        until=_("When you delete the whole journal."),
        never=_("if you have a journal, and every word in it"),
    ),
    "boundaries.JournalEntry": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you write in your journal. It has a key of its own."),
        columns={
            "page": _("a random number in its address"),
            "begun_at": _("when you began it"),
            "content": _("the words, and the question you started from"),
        },
        until=_("When you delete it."),
    ),
    "boundaries.CheckInReplies": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.SEALED,
        what=_("What you write in a check-in."),
        columns={
            "content": _(
                "your words, how close you feel, if an understanding is still good, and when you"
                " wrote it"
            ),
        },
        until=_("When either of you deletes a check-in that you’ve both finished."),
        never=_("what you write in a check-in that they don’t finish, and that you did one"),
    ),
    "boundaries.Muted": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you don’t want to be reminded of check-ins."),
        until=_("When you want reminders again, or you part."),
        never=_("if you’ve switched off your reminders of check-ins"),
    ),
    "boundaries.RepairDraft": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("What you’ve written after a line was crossed, and haven’t sent."),
        columns={
            "bound_id": _("a random number that the encryption needs"),
            "purpose": _("which step it’s for"),
            "content": _("the words"),
        },
        until=_("When you send it or throw it away."),
        never=_("what you’ve written after a line was crossed and haven’t sent, or that you have"),
    ),
    "boundaries.WishToKeep": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you’d like to keep what was written after a line was crossed."),
        until=_("When you change your mind."),
        never=_("that you’d like to keep something you closed, until they’d like to as well"),
    ),
    "boundaries.ReturnedWords": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_(
            "Your own words from a line that was crossed, given back to you when you part. They’re"
            " in the copy of your data."
        ),
        columns={
            "content": _("the words"),
            "until": _("when they go"),
        },
        until=_RETURNED,
    ),
    "boundaries.ReturnedDraft": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_(
            "What you hadn’t sent about a line that was crossed, when you parted. Only your own key"
            " opens it. It’s in the copy of your data."
        ),
        columns={
            "bound_id": _("a random number that the encryption needs"),
            "purpose": _("which step it’s for"),
            "content": _("the words"),
            "behaviour": WHICH,
            "i_crossed_it": _("if you crossed the line"),
            "until": _("when they go"),
        },
        until=_RETURNED,
        never=_("what you hadn’t sent about a line that was crossed when you parted"),
    ),
    "boundaries.SetAside": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you’ve left a proposal for now."),
        never=_("that you’ve left a proposal of theirs for now, or set it aside"),
    ),
    "boundaries.Seat": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.YOURS,
        what=_("Your place here, alone or with a partner."),
        columns={
            "side": _("which side of a comparison is yours"),
            "parted": _("that your partner has left, until you’ve read it"),
            "agreed_to": _("which version of this you said yes to"),
            "agreed_at": _("when you said yes"),
            "advised": _("if you want tips on your wording"),
        },
        never=_("if you get tips on your wording, and what they say"),
    ),
    "boundaries.Copy": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_(
            "A plain copy of what you both said yes to, kept when you part. The other has a copy of"
            " their own."
        ),
        columns={
            "content": _("the words, without the other’s name"),
            "on": _("the day you parted"),
        },
        until=_("When you throw it away."),
    ),
    "boundaries.Export": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("That you’ve asked for a copy of everything of yours."),
        columns={
            "asked_at": _("when you asked"),
            "made_at": _("when it was ready"),
            "taken_at": _("when you fetched it"),
        },
        until=_AFTER_A_DAY,
        never=_("that you’ve asked for a copy of everything of yours, and what’s in it"),
    ),
    "boundaries.Part": Table(
        group=TableGroup.ANSWERS,
        audience=Audience.ALONE,
        what=_("The files of that copy, until you fetch them."),
        columns={
            "name": _("the name of a file"),
            "content": _("what’s in it"),
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
    "boundaries.Reminder": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("What to remind you of: a day you both chose, a check-in, or a follow-up."),
        columns={
            "side": WHOSE,
            "kind": _("which of the three"),
            "subject": _("what it’s about, by its number"),
            "due_at": _("when to remind you"),
            "mail_at": _("when to mail you about it, until that is done"),
        },
        never=_("what you put off, and whether you got a mail"),
    ),
    "boundaries.ReminderMails": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.ALONE,
        what=_("Which reminders you don’t want by mail."),
        columns={
            "off": _("the kinds you switched off"),
            "mailed_at": _("when the last one was written, so you get at most one a week"),
            "link": _("the number in the link that stops all of them"),
        },
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
        what=_("An envelope for each deck. It’s there from the start."),
        columns={
            "deck": _("which deck"),
            "round": NUMBER,
            "hidden": _("what was hidden when it opened, but not by which of you"),
        },
    ),
    "boundaries.Own": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("Cards you two have written yourselves."),
        columns={
            "text": _("the words"),
            "put_forward_at": _("when one of you suggested them"),
            "accepted_at": _("when the other said yes"),
            "set_aside": _("that one of you set them aside; only that person can see it"),
        },
    ),
    "boundaries.Conversation": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("A talk about one behaviour."),
        columns={
            "deck": _("which deck"),
            "behaviour": WHICH,
            "wording": _("its words at the time"),
            "first": _("who speaks first"),
            "mode": _("if you talk on one screen or apart"),
            "opened_at": _("when it began"),
            "over": _("if it’s over"),
            "paused_at": _("that you’re taking a break, but not who asked for it"),
            "back_at": _("when the break ends"),
            "back": _(
                "who is back from the break, until you go on; it’s shown to that person only"
            ),
            "resumed": _("that you’ve just gone on"),
            "told": _MAILED,
            "screen": _("whose screen you share, if you share one"),
        },
    ),
    "boundaries.Turn": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_(
            "What each of you does in a talk. Some steps you each do unseen. They show once both of"
            " you are done."
        ),
        columns={
            "number": NUMBER,
            "side": WHOSE,
            "typed_by": _("whose screen it was written on"),
            "move": _("what was done"),
            "turn": NUMBER,
            "content": _("the words you handed over"),
            "made_from": _("where the talk was at that point"),
            "at": WHEN,
        },
    ),
    "boundaries.Repair": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_(
            "That one of you has said a line was crossed. Until something is sent, only the one who"
            " began it can see it."
        ),
        columns={
            "behaviour": WHICH,
            "wording": _("its words at the time"),
            "opened_by": _("which of you began"),
            "crossed": _("which of you crossed it"),
            "opened_at": _("when the first words were sent"),
            "removal_at": _("once it’s closed, when its words go, but not who closed it"),
        },
        until=_CLOSED_REPAIR,
    ),
    "boundaries.RepairTurn": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("What each of you has sent after a line was crossed."),
        columns={
            "number": NUMBER,
            "side": WHOSE,
            "move": _("what was done"),
            "content": _("the words you sent"),
            "made_from": _("where the two of you were at that point"),
            "at": WHEN,
        },
        until=_CLOSED_REPAIR,
    ),
    "boundaries.Version": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("What either of you has proposed, word for word. We keep every version."),
        columns={
            "behaviour": WHICH,
            "number": NUMBER,
            "side": _("whose proposal it is"),
            "origin": _("where it began: in a talk, in your common ground, or on the page"),
            "content": _("the words"),
            "at": WHEN,
        },
    ),
    "boundaries.Assent": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("A yes to those exact words."),
        columns={
            "side": _("whose yes it is"),
            "digest": _("a fingerprint of the words, to tell if they change"),
            "at": WHEN,
        },
    ),
    "boundaries.Withdrawal": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("That a yes or a proposal was taken back. We don’t write down by whom."),
        columns={"at": WHEN},
    ),
    "boundaries.Issue": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_(
            "A sheet for a therapist. Once you’ve both released it, anyone who has its code can"
            " read it."
        ),
        columns={
            "content": _("what you both chose to show"),
            "days": _("how long its link works"),
            "code_digest": _("a fingerprint of the code; nobody can work out the code from it"),
            "made_at": WHEN,
        },
        until=format_lazy(
            ngettext_lazy(
                "When either of you ends it, or when its link ends, after {days} day at most.",
                "When either of you ends it, or when its link ends, after {days} days at most.",
                therapist_sheet.MAX_UNRELEASED.days,
            ),
            days=therapist_sheet.MAX_UNRELEASED.days,
        ),
    ),
    "boundaries.Rhythm": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("When you two check in. It doesn’t say who set it."),
        columns={
            "every": _("how often"),
            "first_on": _("the first day"),
            "at": _("at what time"),
            "zone": _("the time zone it’s counted in; it isn’t shown to the other"),
            "changes": NUMBER,
            "next_at": _("when you’re both reminded next"),
        },
        until=_("When either of you ends it."),
    ),
    "boundaries.SharedCheckIn": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("A check-in that you did together on one phone."),
        columns={
            "side": _("whose phone it was"),
            "content": _("what each of you wrote there"),
            "at": WHEN,
        },
        until=_("When either of you deletes it."),
    ),
    "boundaries.Release": Table(
        group=TableGroup.TWO,
        audience=Audience.BOTH,
        what=_("That one of you lets a therapist read such a sheet."),
        columns={
            "side": WHOSE,
            "digest": _("a fingerprint of the sheet, to tell if it changes"),
            "at": WHEN,
        },
    ),
    "boundaries.Invitation": Table(
        group=TableGroup.TWO,
        audience=Audience.YOURS,
        what=_(
            "Your invitation, until someone has used it. Anyone who has its link sees your first"
            " name. You see who joined with it."
        ),
        columns={
            "digest": _("a fingerprint of the code; nobody can work out the code from it"),
            "expires_at": _("when it stops working"),
            "joining": _("a number for the person who joined, so you say yes to the one you saw"),
            "admitted": _("whether someone has made an account with it; nobody is shown this"),
        },
        until=format_lazy(
            ngettext_lazy(
                "When you’re connected, or when you end it. It stops working after {days} day.",
                "When you’re connected, or when you end it. It stops working after {days} days.",
                pairing.LIFETIME.days,
            ),
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
                "your first name; your partner sees it, and so does anyone with your invitation"
            ),
            "password": _(
                "a fingerprint of your password; nobody can work out the password from it; none if"
                " you sign in with a mailed code"
            ),
            "last_login": _("when you last signed in"),
            "date_joined": _("when you made it"),
            "said_adult_at": _("when you told us that you’re 18 or older"),
            "takes_mailed_codes": _("if a code by mail can sign you in"),
            "time_zone": _("your time zone, so days are right for you; only you see it"),
            "time_zone_since": _("since when we count your days in it"),
            "language": _("the language you read here; only you see it"),
            "lock": _("a random number that your browsers must know; a new one signs them all out"),
            "is_active": _("if it’s open"),
            "is_staff": _("if you help to run the site"),
            "is_superuser": _("if you run the site"),
        },
    ),
    "account.EmailAddress": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("Your e-mail address once more, for signing in."),
        columns={
            "email": _("the address"),
            "verified": _("if you’ve shown that it’s yours"),
            "primary": _("if our mails go there"),
        },
    ),
    "account.EmailConfirmation": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("A link to confirm an address. We use codes instead, so there are none."),
        columns={
            "created": WHEN,
            "sent": WHEN,
            "key": _("what would be in the link"),
        },
    ),
    "mfa.Authenticator": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("A passkey, an app for codes, or recovery codes, if you’ve set them up."),
        columns={
            "type": _("which of these it is"),
            "data": _(
                "for a passkey, its name and its public half; for the others, the secret, encrypted"
            ),
            "created_at": _("when you set it up"),
            "last_used_at": _("when you last used it"),
        },
    ),
    "usersessions.UserSession": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.YOURS,
        what=_("Where you’re signed in, so you can see it and end it."),
        columns={
            "created_at": _("since when"),
            "last_seen_at": _("the same moment again, as we don’t keep when you were last there"),
            "ip": _("nothing; it would be your network address, which we don’t keep"),
            "user_agent": _("what kind of browser and device it is"),
            "session_key": _("a random number for this sign-in"),
            "data": _("nothing"),
        },
        until=_("When you sign out there, or after you’ve been away for long."),
    ),
    "sessions.Session": Table(
        group=TableGroup.ACCOUNT,
        audience=Audience.SITE,
        what=_("That a browser is signed in, is just signing in, or has looked at an invitation."),
        columns={
            "session_data": _(
                "who is signed in and how; when the browser was last here; which invitation it"
                " looked at; and, while you sign up or in, the address and name you typed and how"
                " to check the code we mailed"
            ),
            "expire_date": _("when it ends"),
        },
        until=format_lazy(
            ngettext_lazy(
                "When you sign out, and after {hours} hour at most.",
                "When you sign out, and after {hours} hours at most.",
                settings.SESSION_COOKIE_AGE // 3600,
            ),
            hours=settings.SESSION_COOKIE_AGE // 3600,
        ),
    ),
    # What the site needs to work.
    "boundaries.Key": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "The key to what you wrote, to your journal, to what you two share, or to a copy kept"
            " when you part. It’s locked with another key, which isn’t in the database."
        ),
        columns={
            "epoch": _("which key it’s locked with"),
            "wrapped": _("the locked key"),
        },
        until=_(
            "Each key is deleted with what it opens: yours with your account, the one you share"
            " when you part, and the ones for a copy or a journal with those."
        ),
    ),
    "accounts.Letter": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "A mail on its way: a code, or that something is waiting. None of your words are in it."
        ),
        columns={
            "sender": _("the site’s address"),
            "recipient": _("your address"),
            "subject": _("its subject"),
            "body": _("its text"),
            "written_at": _("when it was written"),
            "tried_at": _("when we last tried to send it"),
            "unsubscribe": _("in a reminder, the link that stops all of them"),
            "by_day_in": _("of a reminder, your time zone, so that it never comes at night"),
            "language": _("the language it’s written in"),
            "urgent": _("that you may be waiting for it, such as for a code"),
            "due_at": _("when we try next to send it"),
            "tries": _("how often we tried"),
            "claimed_by": _("which part of the site is sending it"),
        },
        until=format_lazy(
            ngettext_lazy(
                "When it’s sent, and after {days} day at most.",
                "When it’s sent, and after {days} days at most.",
                posting.MAX_AGE.days,
            ),
            days=posting.MAX_AGE.days,
        ),
    ),
    "accounts.SentLetter": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "When a mail with a code was sent, so that the code works long enough. Not to whom, and"
            " not the code."
        ),
        columns={"at": _("when it was sent")},
        until=_("An hour later."),
        nobodys=True,
    ),
    "accounts.ReadinessCheck": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_("That the database can be written to. Nothing about anybody."),
        columns={"at": _("when that was last tried")},
        until=_("Not while the site runs."),
        nobodys=True,
    ),
    "django_tasks_database.DBTaskResult": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_("Work done in the background, such as sending a mail."),
        columns={
            "args_kwargs": _("the random number of what it’s about, and no words"),
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
                "{days} day after it’s done.",
                "{days} days after it’s done.",
                maintenance.FINISHED_KEPT_FOR.days,
            ),
            days=maintenance.FINISHED_KEPT_FOR.days,
        ),
    ),
    "accounts.Tombstone": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_(
            "That an account was deleted, or that two people parted, but not who. So no older copy"
            " of the database can undo it."
        ),
        columns={"on": _("which day")},
        until=_(
            "It moves to a list outside the database, if there is one, and stays there. Nothing in"
            " it leads to anybody."
        ),
        nobodys=True,
    ),
    "boundaries.SiteInvitation": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_("A link from whoever runs this site, to let someone in. It doesn’t say whom."),
        columns={
            "digest": _("a fingerprint of the code; nobody can work out the code from it"),
            "expires_at": _("when it stops working"),
        },
        until=_("When someone has made an account with it, or when it stops working."),
        nobodys=True,
    ),
    "accounts.Heartbeat": Table(
        group=TableGroup.SITE,
        audience=Audience.SITE,
        what=_("That the part of the site that sends mails is running. Nothing about anybody."),
        columns={
            "at": _("when it last told us so"),
            "no_mail_since": _("since when the mail server takes no mails, if it takes none"),
        },
        until=_("When it stops."),
        nobodys=True,
    ),
    **{
        label: Table(
            group=TableGroup.SITE,
            audience=Audience.SITE,
            what=_("Names of permissions, for whoever runs the site. Nothing about anybody."),
            columns=dict.fromkeys(columns, _("a name")),
            until=_("Not while the site runs."),
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
            what=_("What somebody who runs the site may do. Nobody else has any such rights."),
        )
        for label in ("accounts.User_groups", "accounts.User_user_permissions")
    },
}
