"""Views about one of a person's talks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpResponse

from boundaries.talks import reading
from boundaries.talks.reading import Talk
from boundaries.web.seated import SeatedRequest


def with_talk[**P](
    view: Callable[Concatenate[SeatedRequest, Talk, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the talk of an address, if it is one of this person's; else there is none."""

    @wraps(view)
    def wrapper(
        request: SeatedRequest, /, talk: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        return view(request, reading.talk(request.seat, talk), *args, **kwargs)

    return wrapper
