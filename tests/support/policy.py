"""Who may do what, for a person to read: one row a route, and nothing is allowed that is not here.

A row says what comes of a request: a status, or the name of the route that one is sent to.
Exceptions name the actor. What a row does not name is refused (405). Who is not signed in is sent
to sign in, whatever the method, except on the routes in PUBLIC.

There is no row for "somebody else's": sheets, links, seals and partners have no id in an address,
each person reaches their own and no other. The one id there is, a passkey's, is looked for among
one's own (404). Forms of allauth are sent empty here: 400 says that the form was reached.
"""

from __future__ import annotations

from enum import StrEnum

from boundaries.vocabulary import Move

SIGN_IN = "account_login"
ONCE_MORE = "account_reauthenticate"  # "is it still you?", before anything that locks people out
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class Actor(StrEnum):
    """Everybody there is. All but the first are signed in, each as a person of their own."""

    ANONYMOUS = "nobody who is signed in"
    NEW = "has signed up, and not said yes to anything being kept"
    ALONE = "a stranger, without link or partner"
    SURE = "a stranger who has just shown once more that it is them"
    INVITING = "their link is out, nobody has joined"
    ASKED = "somebody has joined by their link"
    JOINED = "has joined, and is not confirmed"
    UNSEALED = "a partner; the other has sealed"
    SEALED = "a partner who has sealed; the other has not"
    OPENED = "a partner; both have sealed"
    FORMER = "was a partner once"
    STAFF = "staff and superuser, otherwise a stranger"


PAIRED = (Actor.UNSEALED, Actor.SEALED, Actor.OPENED)

type Outcomes = dict[Actor, str]
type Row = dict[str, Outcomes]


def everybody(outcome: str, **exceptions: str) -> Outcomes:
    """One outcome for all, but for the actors named."""
    named = {Actor[name]: other for name, other in exceptions.items()}
    return {actor: named.get(actor, outcome) for actor in Actor}


def get(outcome: str = "200", **exceptions: str) -> Row:
    """A page to look at. Looking changes nothing."""
    return dict.fromkeys(("GET", "HEAD"), everybody(outcome, **exceptions))


def post(outcome: str, **exceptions: str) -> Row:
    """Something to do, in one way only."""
    return {"POST": everybody(outcome, **exceptions)}


# allauth's class-based views add three habits: they tell what they offer (OPTIONS), they take PUT
# for POST (and find it empty, since a form is read from a POST alone), and some send people
# elsewhere before they look at the method.


def page(outcome: str = "200", **exceptions: str) -> Row:
    return get(outcome, **exceptions) | {"OPTIONS": everybody("200")}


def form(outcome: str = "400", put: str = "200") -> Row:
    return page() | post(outcome) | {"PUT": everybody(put)}


def always(outcome: str, **exceptions: str) -> Row:
    return {method: everybody(outcome, **exceptions) for method in METHODS}


def way_in(row: Row) -> Row:
    """Only for who is not signed in; all others go home."""
    return {
        method: everybody("home", ANONYMOUS=row.get(method, everybody("405"))[Actor.ANONYMOUS])
        for method in METHODS
    }


def if_sure(row: Row) -> Row:
    """Only for who has just shown once more that it is them; all others are asked to."""
    return {
        method: everybody(ONCE_MORE, SURE=row.get(method, everybody("405"))[Actor.SURE])
        for method in METHODS
    }


def just_now(row: Row) -> Row:
    """The same for what is taken at all: who has not just shown that it is them is asked to."""
    return {
        method: dict.fromkeys(Actor, ONCE_MORE) | {Actor.SURE: row[method][Actor.SURE]}
        for method in row
    }


def in_a_couple(outcome: str) -> dict[str, str]:
    return {actor.name: outcome for actor in PAIRED}


PUBLIC = frozenset(
    {
        "healthz",
        "livez",
        "readyz",
        "security-txt",
        "robots-txt",
        "sitemap",
        "landing",
        "how-it-works",
        # The invented couple.
        "demo",
        "demo-sheet",
        "demo-comparison",
        "demo-talk",
        "demo-talked",
        "demo-understandings",
        "demo-understanding",
        "demo-check-in",
        "demo-repair",
        # Help, and the way out, are for everybody at any time.
        "help",
        "help-counsellor",
        "help-wellbeing",
        "safety-questions",
        "privacy-notice",
        "leave",
        # Whoever has no account yet reads in the language that they choose.
        "language",
        "manifest",
        # Whoever has the link of a mail may stop the reminders.
        "reminders-off",
        # An invitation is looked at, and declined, before there is an account.
        "joining",
        "joining-from-link",
        "joining-enter",
        "joining-offer",
        "joining-decline",
        # A sheet is read by whoever holds its code.
        "therapist-sheet-enter",
        "therapist-sheet-enter-from-link",
        "therapist-sheet-read",
        "therapist-sheet-read-on-paper",
        # The ways in.
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_email_verification_sent",
        "account_inactive",
        "account_logout",
        "account_reset_password",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)

POLICY: dict[str, Row] = {
    "healthz": get(),
    "livez": get(),
    "readyz": get(),
    "security-txt": get(),
    "robots-txt": get(),
    "sitemap": get(),
    "landing": get("home", ANONYMOUS="200"),
    "how-it-works": get(),
    "home": get(),
    "demo": get(),
    "demo-sheet": get(),
    "demo-comparison": get(),
    "demo-talk": get(),
    "demo-talked": get(),
    "demo-understandings": get(),
    "demo-understanding": get(),
    "demo-check-in": get(),
    "demo-repair": get(),
    "help": get(),
    "help-counsellor": get(),
    "help-wellbeing": get(),
    "safety-questions": get("203"),  # so that no browser keeps it as it was
    "manifest": get(),
    "language": post("account-language", ANONYMOUS="400"),
    "leave": {"GET": everybody("elsewhere")},
    "privacy-notice": get(),
    "visibility": get(),
    # Consenting: before the first answer and before pairing; nothing that leads away asks for it.
    "consent": get(),
    "consent-agree": post("home", NEW="answers-card"),
    # Pairing: each act is on one's own link, joining or couple, or does nothing.
    "pairing": get(),
    "pairing-state": get(),  # and 204 once the address names the stage: see test_waiting
    # The four questions come before a first link, and before joining.
    "pairing-questions": get(
        "203", NEW="consent", INVITING="pairing", ASKED="pairing", **in_a_couple("pairing")
    ),
    "pairing-invite": post("pairing", NEW="consent"),
    "pairing-revoke": post("pairing"),
    "pairing-confirm": post("409", ASKED="home"),
    "pairing-refuse": post("pairing"),
    "pairing-part": post("home", **in_a_couple("leaving-copies")),
    "pairing-parted": post("home"),
    # Leaving: nobody's leave is asked, and of what is made for one person others have none.
    "leaving": get(),
    "leaving-part": get("leaving", **in_a_couple("200")),
    "leaving-copies": get(),
    **dict.fromkeys(
        ("leaving-copy-a4", "leaving-copy-letter", "leaving-copy-data"), get("404", FORMER="200")
    ),
    "leaving-throw-away": post("404", FORMER="leaving-copies"),
    "leaving-export": just_now(get()),
    "leaving-export-make": just_now(post("leaving-export")),
    "leaving-export-take": just_now(post("410")),
    "leaving-delete": get(),
    "leaving-delete-sure": just_now(get()),
    "leaving-delete-now": just_now(post("200")),
    # Joining: every browser here has looked at the live link of somebody else.
    "joining": get(),
    "joining-from-link": get(),
    "joining-enter": post("joining-offer"),
    "joining-offer": get(),
    "joining-questions": get("203", NEW="consent", **in_a_couple("joining-offer")),
    "joining-join": post("pairing", NEW="consent"),
    "joining-decline": post("200"),
    "joining-withdraw": post("home"),
    # Answering: under one's own seal nothing changes; whether the other has sealed never shows.
    "answers": get(NEW="consent"),
    "answers-next": get("answers-card", SEALED="answers", OPENED="answers"),
    "answers-last-look": get(),
    "answers-card": get(NEW="consent"),
    **{
        f"answers-{act}": post(onward, NEW="consent", SEALED="409", OPENED="409")
        for act, onward in (
            ("answer", "answers-card"),
            ("skip", "answers-card"),
            ("undo", "answers-card"),
            ("hide", "answers"),
            ("show", "answers-card"),
        )
    },
    "answers-again": post("answers"),
    "answers-history": get(),
    "answers-seal": post(
        "pairing", UNSEALED="comparison-opened", SEALED="answers", OPENED="comparison-opened"
    ),
    "answers-sealed": get("204", OPENED="200"),
    "answers-unseal": post("pairing", UNSEALED="answers", SEALED="answers", OPENED="comparison"),
    # Comparing: no page at all before two seals, whoever has sealed.
    "comparison-opened": get("404", OPENED="200"),
    "comparison": get("404", OPENED="200"),
    "comparison-for-me": get("404", OPENED="200"),
    # Asking: whether the other wants to be asked never shows; an offer is for its two people alone.
    "questions-intimate": get(),
    "questions-opt-in": post("pairing", **in_a_couple("questions-intimate")),
    "questions-opt-out": post("pairing", **in_a_couple("questions-intimate")),
    "questions-own": get(),
    "questions-put-forward": post("400"),
    "questions-take-back": post("404"),
    "questions-accept": post("404"),
    "questions-set-aside": post("404"),
    # Conversing: a talk is for its two people alone. Everybody else's is the same 404 as none.
    "talks": get(),
    "talks-about": get("404", OPENED="200"),
    "talks-drop-draft": post("talks"),  # one's own, if there is any
    "talks-open": post("404", OPENED="talks-talk"),
    "talks-talk": get("404", OPENED="200"),
    "talks-state": get("404", OPENED="200"),
    "talks-stuck": get("404", OPENED="200"),
    **{
        f"talks-{act}": post("404", OPENED="talks-talk")
        for act in ("draft", "throw-away", "pause", "come-back", "switch", "advice")
    },
    "talks-both": post("404", OPENED="409"),  # nobody shares a screen here
    # One's own turn is taken; what is not one's turn is refused. Here it is to say if now is good.
    **{
        f"talks-turn-{move}": post("404", OPENED="talks-talk" if now else "409")
        for move in Move
        for now in [move in (Move.READY, Move.LATER, Move.STOP)]
    },
    # Repairing: a repair is for its two people alone. Here the other has said what they did.
    "repair": get(),
    "repair-about": get("404"),  # they have agreed on nothing
    "repair-about-other": get("404", **in_a_couple("200")),
    "repair-begin": post("404", **in_a_couple("repair-show")),
    "repair-show": get("404", OPENED="200"),
    "repair-closing": get("404", OPENED="200"),
    **{
        f"repair-{act}": post("404", OPENED=outcome)
        for act, outcome in (
            ("send", "repair-show"),
            ("draft", "repair-show"),
            ("throw-away", "repair-show"),
            ("discard", "409"),  # it was sent
            ("close", "repair-show"),
            ("keep", "409"),  # it is not closed
        )
    },
    # Agreeing: one's own page, and what was put to one. Here the other has proposed something.
    "agreements": get(),
    **dict.fromkeys(
        ("agreements-pdf-a4", "agreements-pdf-letter", "agreements-calendar", "agreements-data"),
        get("404", **in_a_couple("200")),
    ),
    # Releasing: a sheet is read by nobody before both have released it. Here there is none yet.
    "therapist-sheet": get(),
    "therapist-sheet-make": post("404", UNSEALED="400", SEALED="400", OPENED="therapist-sheet"),
    "therapist-sheet-release": post("404", **in_a_couple("409")),
    "therapist-sheet-end": post("404", **in_a_couple("therapist-sheet")),
    "therapist-sheet-pdf-a4": get("404"),
    "therapist-sheet-pdf-letter": get("404"),
    "therapist-sheet-enter": get(),
    "therapist-sheet-enter-from-link": get(),
    "therapist-sheet-read": post("400"),
    "therapist-sheet-read-on-paper": post("400"),
    "agreements-assent": post("404", UNSEALED="409", SEALED="409", OPENED="agreements"),
    "agreements-common-ground": get("404", OPENED="200"),
    "agreements-keep": post("404", OPENED="agreements"),
    "agreements-entry": get("404", OPENED="200"),
    "agreements-change": get("404", OPENED="200"),
    "agreements-read-out": post("404", OPENED="200"),
    "agreements-propose": post("404", OPENED="agreements-entry"),
    "agreements-withdraw": post("404", OPENED="409"),  # it is not theirs to take back
    "agreements-set-aside": post("404", OPENED="agreements"),
    # Reminders: what to do with one that is not there changes nothing.
    "reminders": get(),
    "reminders-save": post("reminders"),
    "reminders-later": post("home"),
    "reminders-done": post("home"),
    "reminders-off": get() | post("200"),
    # The journal: nobody has written an entry, so there is none; one is saved from its own page.
    "journal": just_now(get()),
    "journal-new": just_now(get()),
    "journal-entry": just_now(get("404")),
    "journal-save": post("journal", NEW="consent"),
    "journal-delete": just_now(post("404")),
    "journal-delete-all": just_now(post("journal")),
    "journal-to-talk": just_now(get("404")),
    "journal-keep-for-talk": just_now(post("404")),
    # Checking in: each writes their own half, and what both finish is theirs. Here is none yet.
    **dict.fromkeys(
        ("check-ins-show", "check-ins-now", "check-ins-rhythm", "check-ins-closeness"),
        get("pairing", **in_a_couple("200")),
    ),
    "check-ins-passed-on": get("pairing", **in_a_couple("check-ins-show")),
    "check-ins-other": get("pairing", **in_a_couple("check-ins-show")),
    **dict.fromkeys(
        ("check-ins-seal", "check-ins-pass-on", "check-ins-finish"),
        post("404", **in_a_couple("400")),
    ),
    "check-ins-take-back": post("pairing", **in_a_couple("check-ins-now")),
    "check-ins-finished": get("pairing", **in_a_couple("404")),
    "check-ins-delete": post("404"),
    "check-ins-rhythm-set": post("pairing", **in_a_couple("400")),
    "check-ins-rhythm-end": post("pairing", **in_a_couple("check-ins-show")),
    "check-ins-mute": post("pairing", **in_a_couple("check-ins-rhythm")),
    "check-ins-unmute": post("pairing", **in_a_couple("check-ins-rhythm")),
    "check-ins-calendar": get("404"),
    "check-ins-closeness-want": post("pairing", **in_a_couple("check-ins-closeness")),
    "check-ins-closeness-stop": post("pairing", **in_a_couple("check-ins-closeness")),
    # The ways in.
    "account_login": way_in(form()),
    "account_signup": way_in(form()),
    "account_request_login_code": way_in(form()),
    "account_confirm_login_code": way_in(always("account_request_login_code")),
    "account_email_verification_sent": always("account_email", ANONYMOUS=SIGN_IN),
    "account_inactive": page(),
    "account_logout": page("200", ANONYMOUS="landing") | post("landing"),
    "account_reset_password": form(),
    "account_confirm_password_reset_code": always(SIGN_IN),
    "account_complete_password_reset": always("account_reset_password"),
    "account_password_reset_completed": page(),
    "mfa_authenticate": always("home", ANONYMOUS=SIGN_IN),
    "mfa_login_webauthn": way_in(page(SIGN_IN) | post(SIGN_IN) | {"PUT": everybody(SIGN_IN)}),
    # One's own account.
    "account": get(),
    "account-name": post("400"),
    "account-language": get(),
    "account-language-set": post("400"),
    "account-time-zone": get(),
    "account-time-zone-set": post("400"),
    "account-time-zone-browser": post("204"),
    "account-still-you": get(),
    "account-still-you-mail": post("account-still-you"),
    "account-still-you-code": post("400"),
    "account-sessions": get(),
    "account-sessions-end": post("account-sessions"),
    "account-mailbox": get(),
    "account-codes": get(ONCE_MORE, SURE="200"),
    "account-codes-off": post(ONCE_MORE, SURE="409"),  # there is no other way in
    "account-codes-on": post(ONCE_MORE, SURE="account-codes"),
    "account_email": if_sure(always("account-still-you")),  # a code from the old mailbox first
    "account_change_password": if_sure(form()),
    "account_set_password": if_sure(always("account_change_password")),  # there is one already
    "account_reauthenticate": form(),
    # The second step. Nobody here has one; the passkey in the address is somebody else's.
    "mfa_index": page(),
    "mfa_reauthenticate": always(ONCE_MORE),
    "mfa_reauthenticate_webauthn": always(ONCE_MORE),
    "mfa_activate_totp": if_sure(form()),
    "mfa_deactivate_totp": always("404"),
    "mfa_view_recovery_codes": page("404"),
    "mfa_generate_recovery_codes": if_sure(form()),
    "mfa_download_recovery_codes": always("404"),
    "mfa_list_webauthn": page(),
    "mfa_add_webauthn": if_sure(form()),
    "mfa_edit_webauthn": if_sure(page("404") | post("404") | {"PUT": everybody("404")}),
    "mfa_remove_webauthn": if_sure(page("404") | post("404") | {"DELETE": everybody("404")}),
}


class Unattended(StrEnum):
    """What a page does on a phone that nobody has used for ten minutes."""

    ASKS = "it asks who it is, since only its owner has seen what is on it, or would do"
    SOONER = "it asks after five minutes already, or is no page for anybody here"
    SHARED = "it is open: both have seen it, or nobody has written it"
    ACCOUNT = "it is open: it says how one signs in, and where"
    PRESSED = "it is a press that shows nothing by itself, and goes on, rests, ends or takes back"


SPEAKING = (
    *(Move.APPRECIATE, Move.SPEAK, Move.REFLECT, Move.PARTLY, Move.NOT_YET, Move.MAKES_SENSE),
    *(Move.FLEX, Move.PROPOSE, Move.ASSENT, Move.CLOSE),
)

# Every route that is not public has its word here, a new one too.
UNATTENDED: dict[str, Unattended] = {
    **dict.fromkeys(
        (
            "home",  # how far one is, and whether one has sealed
            "visibility",
            "pairing",  # the live code, and who has joined
            "pairing-confirm",
            *(
                f"answers{suffix}"
                for suffix in ("", "-next", "-last-look", "-card", "-again", "-history")
            ),
            *(f"answers-{act}" for act in ("answer", "skip", "undo", "hide", "show", "seal")),
            "comparison-for-me",
            *("questions-intimate", "questions-opt-in"),
            *("questions-own", "questions-put-forward", "questions-accept"),
            "talks",  # whose turn it is, by what one has done unseen
            *("talks-talk", "talks-draft", "talks-throw-away", "talks-drop-draft"),
            "journal-save",
            *(f"talks-turn-{move}" for move in SPEAKING),
            *("repair", "repair-show", "repair-send", "repair-draft", "repair-throw-away"),
            "repair-keep",
            *("agreements-propose", "agreements-keep", "agreements-assent"),
            *("therapist-sheet", "therapist-sheet-make", "therapist-sheet-release"),
            *("leaving-copies", "leaving-copy-a4", "leaving-copy-letter", "leaving-copy-data"),
            "leaving-throw-away",
            *("check-ins-show", "check-ins-now", "check-ins-seal", "check-ins-finished"),
            *("check-ins-pass-on", "check-ins-passed-on", "check-ins-other", "check-ins-finish"),
            *("check-ins-delete", "check-ins-rhythm", "check-ins-rhythm-set"),
            *("check-ins-closeness", "check-ins-closeness-want"),
        ),
        Unattended.ASKS,
    ),
    **dict.fromkeys(
        (
            *("journal", "journal-new", "journal-entry", "journal-delete", "journal-delete-all"),
            *("journal-to-talk", "journal-keep-for-talk"),
            *("leaving-export", "leaving-export-make", "leaving-export-take"),
            *("leaving-delete-sure", "leaving-delete-now"),
            *("account-codes", "account-codes-off", "account-codes-on"),
            *("account_email", "account_change_password", "account_set_password"),
            *("mfa_activate_totp", "mfa_deactivate_totp"),
            *("mfa_generate_recovery_codes", "mfa_view_recovery_codes"),
            *("mfa_download_recovery_codes", "mfa_add_webauthn"),
            *("mfa_edit_webauthn", "mfa_remove_webauthn"),
        ),
        Unattended.SOONER,
    ),
    **dict.fromkeys(
        (
            "consent",
            *("answers-sealed", "pairing-state", "comparison-opened", "comparison"),
            *("talks-about", "talks-state", "talks-stuck"),
            *("repair-about", "repair-about-other", "repair-closing"),
            *("agreements", "agreements-entry", "agreements-change", "agreements-common-ground"),
            "agreements-read-out",
            *(
                "agreements-pdf-a4",
                "agreements-pdf-letter",
                "agreements-calendar",
                "agreements-data",
            ),
            *("therapist-sheet-pdf-a4", "therapist-sheet-pdf-letter"),
            *("pairing-questions", "joining-questions"),
            *("leaving", "leaving-part", "leaving-delete"),
            "check-ins-calendar",
        ),
        Unattended.SHARED,
    ),
    **dict.fromkeys(
        (
            *("account", "account-name", "account-sessions", "account-mailbox"),
            *("account-time-zone", "account-time-zone-set", "account-time-zone-browser"),
            *("account-language", "account-language-set"),
            *("reminders", "reminders-save"),
            *("account-still-you", "account-still-you-mail", "account-still-you-code"),
            *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
            *("mfa_index", "mfa_list_webauthn"),
        ),
        Unattended.ACCOUNT,
    ),
    **dict.fromkeys(
        (
            "account-sessions-end",
            "consent-agree",
            *("pairing-invite", "pairing-revoke", "pairing-refuse"),
            "pairing-part",  # it asks in its own way, and parts all the same
            "pairing-parted",
            *("joining-join", "joining-withdraw"),
            "answers-unseal",
            *("questions-opt-out", "questions-take-back", "questions-set-aside"),
            "talks-open",
            *("repair-begin", "repair-discard", "repair-close"),
            *(f"talks-{act}" for act in ("both", "pause", "come-back", "switch", "advice")),
            *(f"talks-turn-{move}" for move in Move if move not in SPEAKING),
            *("agreements-withdraw", "agreements-set-aside", "therapist-sheet-end"),
            *("reminders-later", "reminders-done"),
            *("check-ins-take-back", "check-ins-closeness-stop", "check-ins-rhythm-end"),
            *("check-ins-mute", "check-ins-unmute"),
        ),
        Unattended.PRESSED,
    ),
}


def expected(route: str, method: str, actor: Actor) -> str:
    """What must come of one request."""
    assert route in POLICY, f"{route} has no row in POLICY: tests/support/policy.py"
    if actor is Actor.ANONYMOUS and route not in PUBLIC:
        return SIGN_IN
    return POLICY[route].get(method, everybody("405"))[actor]
