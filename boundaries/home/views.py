"""The landing page, how it works, the home page, help, and consent."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import passkey_offer, reauthentication
from boundaries.answers import sheets
from boundaries.answers.pages import Card, direction
from boundaries.comparison import seen
from boundaries.consent import rules as consent
from boundaries.consent.forms import ConsentForm
from boundaries.content import catalogue, help
from boundaries.demo import couple
from boundaries.demo.excerpts import excerpts
from boundaries.home import rules
from boundaries.pairing import offered
from boundaries.pairing.rules import Stage
from boundaries.questions import rules as questions
from boundaries.vocabulary import Condition, Stance
from boundaries.web.seated import SeatedRequest, seated

if TYPE_CHECKING:
    from accounts.models import User

TO_TRY = "a2"  # the behaviour on the landing page's card
AN_EVENING = timedelta(hours=3)
CONDITIONS_TO_TRY = (Condition.TOLD_FIRST, Condition.IN_A_GROUP, Condition.WITHIN_A_LIMIT)


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("home")
    context = {
        "text": catalogue.every()[TO_TRY].text,
        "stances": Stance.choices,
        "conditions": [condition.in_words for condition in CONDITIONS_TO_TRY],
        "invited": offered.looked_at(request),
    }
    return render(request, "boundaries/home/landing.html", context)


@require_safe
@login_not_required
def show_how_it_works(request: HttpRequest) -> HttpResponse:
    """An evening with it, in pieces of the invented couple's pages."""
    parts = excerpts()
    context = {
        "card": Card.kept(parts.row),
        "direction": direction(couple.partner()),
        "lines": parts.lines,
        "names": {str(side): name for side, name in couple.names().items()},
        "talk": parts.talk,
        "understanding": parts.understanding,
    }
    return render(request, "boundaries/home/how_it_works.html", context)


@require_safe
@reauthentication.after_idling
@seated
def home(request: SeatedRequest) -> HttpResponse:
    home = rules.home(request.seat)
    offers_passkey = home.offers_passkey and passkey_offer.is_offered(request)
    context = {
        "home": home,
        "steps": rules.NextStep.__members__,
        "invited": offered.looked_at(request),
        "seen": home.new is not None and seen.has_seen(request, home.new.deck),
        "back": _has_come_back(request.user),
        "offers_passkey": offers_passkey,
    }
    context |= _following(home)
    response = render(request, "boundaries/home/home.html", context)
    if offers_passkey:
        passkey_offer.remember(response)
    return response


def _following(home: rules.Home) -> dict[str, str]:
    """Where the page of somebody who waits asks whether it has changed, and where it then goes."""
    if home.step == rules.NextStep.SEALED:
        deck = home.first.deck
        return {
            "asks": reverse("answers-sealed", args=[deck]),
            "then": reverse("comparison-opened", args=[deck]),
        }
    if home.stage in (Stage.INVITED, Stage.AWAITING):
        asks = reverse("pairing-state", query={"stage": home.stage})
        return {"asks": asks, "then": reverse("home")}
    return {}


@require_safe
@login_not_required
def show_help(request: HttpRequest) -> HttpResponse:
    """All countries, with the chosen one first. Nothing guesses where somebody is."""
    id = request.GET.get("country", "")
    countries = help.countries()
    if id and id not in countries:
        raise Http404
    context = {"countries": countries.values(), "chosen": countries.get(id)}
    return render(request, "boundaries/home/help/show.html", context)


@require_safe
@login_not_required
def show_counsellor(request: HttpRequest) -> HttpResponse:
    """How to find a counsellor: in general, and for the countries that we know something of."""
    known = [country for country in help.countries().values() if country.counsellors]
    return render(request, "boundaries/home/help/counsellor.html", {"countries": known})


@require_safe
@login_not_required
def show_wellbeing(request: HttpRequest) -> HttpResponse:
    """Bad sleep, worry, a low mood: when to see a doctor. It diagnoses and scores nothing."""
    known = [country for country in help.countries().values() if country.mind]
    return render(request, "boundaries/home/help/wellbeing.html", {"countries": known})


@require_safe
@seated
def show_consent(request: SeatedRequest) -> HttpResponse:
    return _consent_page(request)


@require_POST
@seated
def agree_to_consent(request: SeatedRequest) -> HttpResponse:
    form = ConsentForm(request.POST)
    again = consent.agreed(request.seat)
    if not form.is_valid():
        return _consent_page(request, HTTPStatus.CONFLICT)
    try:
        consent.agree(request.seat, form.cleaned_data["version"])
    except consent.ConsentTextChanged:
        return _consent_page(request, HTTPStatus.CONFLICT)
    if form.cleaned_data["join"]:
        return redirect("joining-join", preserve_request=True)
    return _after_consent(request, again)


def _has_come_back(user: User) -> bool:
    """Whether this person has signed in again since they made their account."""
    return bool(user.last_login and user.last_login - user.date_joined > AN_EVENING)


def _consent_page(request: SeatedRequest, status: int = HTTPStatus.OK) -> HttpResponse:
    seat = request.seat
    context = {
        "version": consent.VERSION,
        "agreed_at": seat.agreed_at if consent.up_to_date(seat) else None,
        "changed": consent.asked_again(seat) or status == HTTPStatus.CONFLICT,
        "asked_again": consent.asked_again(seat),
        "offer": offered.still_offered(request),
        "next": get_next_redirect_url(request),
    }
    return render(request, "boundaries/consent/show.html", context, status=status)


def _after_consent(request: SeatedRequest, again: bool) -> HttpResponse:
    """Continue to the page that asked for consent, or to the first question."""
    if wanted := get_next_redirect_url(request):
        return HttpResponseRedirect(wanted)  # redirect() might take it for the name of a view
    first, *_ = sheets.own_sheets(request.seat, questions.decks(request.seat))
    if again or not first.next:
        return redirect("home")
    return redirect("answers-card", first.next.behaviour)
