"""allauth's pages for signing in and up, which can be opened again while a code is pending.

allauth itself would redirect to the page for the code, so that a mistyped address could not be
mended. A code that was mailed keeps working until it is used, replaced or cancelled.
"""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, RequestLoginCodeView, SignupView
from django.http import HttpRequest

from accounts import sign_up


class OpensAgainMixin:
    """Shows the page, whatever sign-in or sign-up is half-way in this browser."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: object) -> None:
        return None


class SignInView(OpensAgainMixin, LoginView):  # type: ignore[misc]
    pass


class RequestCodeView(OpensAgainMixin, RequestLoginCodeView):  # type: ignore[misc]
    pass


class BeginView(OpensAgainMixin, SignupView):  # type: ignore[misc]
    """Signing up. Whoever comes back to mend their address need not type the rest again."""

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        return initial | sign_up.typed_before(self.request)
