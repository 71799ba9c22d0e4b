"""What is used of allauth's private modules. No other module of ours imports them.

tests/accounts/test_allauth_internals.py compares names and signatures with the installed version,
so an upgrade that changes one of them fails there first.
"""

from __future__ import annotations

from allauth.account import models
from allauth.account.internal import stagekit
from allauth.account.internal.flows import (
    code_verification,
    login,
    password_reset_by_code,
)
from allauth.account.internal.flows import reauthentication as reauthentication_flow
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import get_cache_key, parse_rates
from allauth.mfa.totp.internal import auth as totp

from accounts import clock

__all__ = [
    "EMAIL_VERIFICATION_CODE_SESSION_KEY",
    "LOGIN_SESSION_KEY",
    "PASSWORD_RESET_VERIFICATION_SESSION_KEY",
    "clear_login",
    "filter_users_by_email",
    "get_cache_key",
    "parse_rates",
    "record_authentication",
    "use_clock",
]

# They ask `time.time()`: when a code was mailed, when somebody signed in, which code an app shows.
MODULES_WITH_CLOCK = (
    code_verification,
    login,
    models,
    password_reset_by_code,
    ratelimit,
    reauthentication_flow,
    stagekit,
    totp,
)


def use_clock() -> None:
    """Have allauth go by the clock of the database instead of this host's."""
    for module in MODULES_WITH_CLOCK:
        vars(module)["time"] = clock
