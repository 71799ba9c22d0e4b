"""An upgrade of allauth that changes what we use of its private parts fails here first."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import BaseSignupForm, RequestLoginCodeForm, SignupForm
from allauth.account.mixins import RedirectAuthenticatedUserMixin
from allauth.account.views import RequestLoginCodeView
from allauth.usersessions.apps import UserSessionsConfig

from accounts import allauth_internals

ROOT = Path(__file__).parent.parent.parent
GATE = ROOT / "accounts" / "allauth_internals.py"
SIGNATURES: dict[Any, list[str]] = {
    allauth_internals.clear_login: ["request"],
    allauth_internals.filter_users_by_email: [
        *("email", "*is_active", "*prefer_verified", "*for_login"),
    ],
    allauth_internals.get_cache_key: ["request", "*app", "*action", "*rate", "*key", "*user"],
    allauth_internals.parse_rates: ["rates"],
    allauth_internals.record_authentication: ["request", "user", "method", "**extra_data"],
    # Overridden or called in accounts.entrance and accounts.auth_forms.
    AuthenticationBackend._authenticate_by_email: ["self", "email", "password"],
    AuthenticationBackend._check_password: ["self", "user", "password"],
    RequestLoginCodeForm.clean_email: ["self"],
    SignupForm.try_save: ["self", "request"],
    # Overridden in accounts.entrance_views.
    RedirectAuthenticatedUserMixin._redirect_to_pending_stage: ["self", "request", "stage"],
    # Replaced in accounts.usersessions.
    UserSessionsConfig.ready: ["self"],
}


def parameters(function: Any) -> list[str]:
    """Names in their order; a keyword-only one with a star before it."""
    stars: dict[Any, str] = {
        inspect.Parameter.KEYWORD_ONLY: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    found = inspect.signature(function).parameters.values()
    return [stars.get(parameter.kind, "") + parameter.name for parameter in found]


@pytest.mark.once
def test_private_functions_have_the_signatures_that_we_rely_on() -> None:
    found = {function.__qualname__: parameters(function) for function in SIGNATURES}

    assert found == {function.__qualname__: names for function, names in SIGNATURES.items()}


@pytest.mark.once
def test_private_session_keys_are_those_of_sessions_that_are_open_now() -> None:
    assert allauth_internals.LOGIN_SESSION_KEY == "account_login"
    assert (
        allauth_internals.EMAIL_VERIFICATION_CODE_SESSION_KEY == "account_email_verification_code"
    )
    assert (
        allauth_internals.PASSWORD_RESET_VERIFICATION_SESSION_KEY
        == "account_password_reset_verification"
    )


@pytest.mark.once
def test_private_attributes_that_we_set_are_those_that_allauth_reads() -> None:
    assert "form._user" in inspect.getsource(RequestLoginCodeView)
    assert "self.account_already_exists" in inspect.getsource(BaseSignupForm)


def private_imports(source: str) -> list[str]:
    """Modules or names of allauth that are imported although they are private."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [name for name in names if name.startswith("allauth.") and is_private(name)]


def is_private(name: str) -> bool:
    return any(part == "internal" or part.startswith("_") for part in name.split("."))


@pytest.mark.once
def test_one_module_imports_them() -> None:
    modules = [
        path
        for package in ("accounts", "boundaries", "config")
        for path in (ROOT / package).rglob("*.py")
    ]

    assert [path for path in modules if private_imports(path.read_text())] == [GATE]


@pytest.mark.once
@pytest.mark.parametrize(
    "line",
    [
        "from allauth.account.internal import flows",
        "from allauth.account import internal",
        "import allauth.core.internal.ratelimit",
        "from allauth.account.forms import _base_signup_form_class",
    ],
)
def test_a_private_import_is_noticed(line: str) -> None:
    assert private_imports(line)
    assert not private_imports("from allauth.account.forms import SignupForm")
