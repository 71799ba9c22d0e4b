"""Why a proposal or a yes was refused, as the page that is shown again needs it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from django.utils.functional import Promise

from boundaries.agreements import outcome_fields
from boundaries.agreements.forms import AssentForm, DigestForm, WordsForm
from boundaries.agreements.rules import TickMissing, TooManyProposals
from boundaries.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing was done. The page is shown again with it."""

    status: HTTPStatus
    changed: bool = False  # there are other words now
    tick: str = ""  # the digest of words whose tick is missing
    message: str | Promise = ""

    @classmethod
    def of(cls, error: DomainError) -> Self:
        """Map what a rule of agreements raised. All views use this."""
        match error:
            case TickMissing():
                return cls(status=HTTPStatus.BAD_REQUEST, tick=error.digest)
            case TooManyProposals():
                return cls(status=HTTPStatus.CONFLICT, message=outcome_fields.ENOUGH)
        return cls(status=HTTPStatus.CONFLICT, changed=True)

    @classmethod
    def of_form(cls, form: WordsForm | AssentForm | DigestForm) -> Self:
        """Map a form that is not valid."""
        status = HTTPStatus.CONFLICT if form.changed else HTTPStatus.BAD_REQUEST
        return cls(status=status, changed=form.changed)


NONE = Refusal(status=HTTPStatus.OK)
