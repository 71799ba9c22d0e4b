"""Why a proposal or a yes was refused, for the page that is then shown again."""

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
    """Why a request changed nothing. The page is shown again with this reason."""

    status: HTTPStatus
    changed: bool = False  # the words have changed since the page was loaded
    tick: str = ""  # the digest of words whose tick is missing
    message: str | Promise = ""

    @classmethod
    def of(cls, error: DomainError) -> Self:
        """Convert an error of agreements/rules.py. Any without a case here means changed words."""
        match error:
            case TickMissing():
                return cls(status=HTTPStatus.BAD_REQUEST, tick=error.digest)
            case TooManyProposals():
                return cls(status=HTTPStatus.CONFLICT, message=outcome_fields.ENOUGH)
        return cls(status=HTTPStatus.CONFLICT, changed=True)

    @classmethod
    def of_form(cls, form: WordsForm | AssentForm | DigestForm) -> Self:
        """Convert an invalid form."""
        status = HTTPStatus.CONFLICT if form.changed else HTTPStatus.BAD_REQUEST
        return cls(status=status, changed=form.changed)


NONE = Refusal(status=HTTPStatus.OK)  # the page is shown without a refusal
