"""Looks after people's accounts, without a way to what they wrote or to whom they are connected."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts import operators
from boundaries.leaving import rules as leaving
from boundaries.pairing import admission
from boundaries.pairing import rules as pairing
from boundaries.seats import rules as seats

if TYPE_CHECKING:
    from accounts.models import User

ACTIVE_WITHIN = 30  # days
RESET = (
    "This removes their passkeys, their app's codes and their recovery codes, signs them out\n"
    "everywhere, and mails them. From then on, whoever reads their mail can sign in as them.\n"
    "Be sure that it is they who asked."
)
CLOSE = (
    "This deletes the account and everything in it for good, as if they had done it themselves.\n"
    "If they are connected to somebody, that ends. Be sure that it is they who asked."
)


class Command(BaseCommand):
    """Each act on an account is logged by the account's pseudonym."""

    help = "Count, find, sign out, reset or close accounts. docs/people.md says more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        count = acts.add_parser("count", help="how many people and couples there are")
        count.add_argument("--days", type=int, default=ACTIVE_WITHIN, help="what counts as active")
        for act, help in (
            ("find", "whether there is an account, and how it signs in"),
            ("end-sessions", "sign somebody out everywhere"),
            ("reset-second-step", "remove somebody's passkeys and second step"),
            ("close", "delete somebody's account for good"),
        ):
            one = acts.add_parser(act, help=help)
            one.add_argument("email", help="the address that they sign in with")
            if act in {"reset-second-step", "close"}:
                one.add_argument("--yes", action="store_true", help="do it without asking")
            if act == "close":
                one.add_argument("--no-mail", action="store_true", help="if others read their mail")

        named = acts.add_parser("named", help="whose account the log names by a pseudonym")
        named.add_argument("pseudonym", help="what a line of the log has under account")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "count":
            self._count(options["days"])
            return
        if act == "named":
            self._name(options["pseudonym"])
            return
        try:
            user = operators.find(options["email"])
        except operators.NoSuchAccount:
            raise CommandError("No account has this address. Nothing was done.") from None
        try:
            match act:
                case "find":
                    self._find(user)
                case "end-sessions":
                    self.stdout.write(f"Browsers signed out: {operators.end_sessions(user)}.")
                case "reset-second-step":
                    self._reset_second_step(user, sure=options["yes"])
                case "close":
                    self._close(user, sure=options["yes"], mail=not options["no_mail"])
        except OperationalError as error:
            raise CommandError("The account is in use right now. Please run this again.") from error

    def _count(self, days: int) -> None:
        accounts = operators.counts(timedelta(days=days))
        invitations = pairing.count_invitations()
        self._write(
            {
                "Accounts": accounts.total,
                "  with a confirmed address": accounts.confirmed,
                "  with a passkey or second step": accounts.with_second_step,
                f"  signed in within {days} days": accounts.active,
                "Couples": seats.count_couples(),
                "Invitations": invitations.open,
                "  waiting to be confirmed": invitations.joined,
                "Links for new couples": admission.count_open(),
                "Browsers signed in now": accounts.sessions,
            }
        )

    def _name(self, pseudonym: str) -> None:
        try:
            user = operators.named(pseudonym)
        except operators.NoSuchAccount:
            raise CommandError("No account has this pseudonym. See docs/keys.md.") from None
        operators.record("named", user)
        self.stdout.write(user.email)

    def _find(self, user: User) -> None:
        facts = operators.facts(user)
        operators.record("find", user)
        self._write(
            {
                "In the log": ", ".join(facts.pseudonyms),
                "Address": "confirmed" if facts.is_confirmed else "not confirmed",
                "Created": facts.created_on,
                "Last signed in": facts.last_signed_in_on or "never",
                "Second step": ", ".join(facts.second_steps) or "none",
            }
        )

    def _reset_second_step(self, user: User, *, sure: bool) -> None:
        self._confirm(RESET, sure=sure)
        if not operators.reset_second_step(user):
            raise CommandError("This account has no passkey and no second step. Nothing was done.")
        self.stdout.write("Their passkeys and second step are removed, and they are mailed.")

    def _close(self, user: User, *, sure: bool, mail: bool) -> None:
        self._confirm(CLOSE, sure=sure)
        leaving.delete(user)
        operators.record("close", user)
        if mail:
            operators.mail(user, "account_closed")
        self.stdout.write(
            "The account is deleted" + (", and they are mailed." if mail else ". No mail was sent.")
        )

    def _confirm(self, what: str, *, sure: bool) -> None:
        """Raises CommandError unless the answer is yes."""
        if sure:
            return
        self.stdout.write(what)
        try:
            answer = input("Type yes to do it: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            raise CommandError("Nothing was done. Type yes, or add --yes.")

    def _write(self, values: dict[str, object]) -> None:
        width = max(map(len, values))
        for name, value in values.items():
            self.stdout.write(f"{name:<{width}}  {value}")
