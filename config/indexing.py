"""Which pages search engines may list, and what they and link previews say about each.

Only pages that are the same for everybody may be listed. All others send `noindex`. No page is kept
out by robots.txt: a crawler that may not fetch a page never sees that it must not list it.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django import template
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.http import Http404, HttpRequest, HttpResponse
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.utils.functional import Promise

LISTED, NOT_LISTED = "all", "noindex, nofollow"  # values of X-Robots-Tag
PICTURE = "img/preview.png"
PICTURE_SIZE = (1200, 630)  # pixels; previews crop any other shape

register = template.Library()


@dataclass(frozen=True, slots=True)
class Listing:
    """What a search result or a link preview says about a page."""

    title: str | Promise
    description: str | Promise


# By the name of the route.
LISTINGS = {
    "landing": Listing(
        _("Draw your lines together"),
        _(
            "For two partners: each privately says what is fine and what isn’t. Nothing is shown"
            " until both are ready. Then you open it together and talk."
        ),
    ),
    "how-it-works": Listing(
        _("How it works"),
        _(
            "An evening with Common Ground: answer on your own, seal, open together, see where you"
            " agree and differ, talk, and keep what you both said yes to."
        ),
    ),
    "help": Listing(
        _("Help, if you need it"),
        _(
            "Help lines by country for anybody who is hurt, controlled or afraid, and for hard"
            " moments between two people. You need no account to read this."
        ),
    ),
    "demo": Listing(
        _("An example couple"),
        _(
            "Look through it without an account: the answers, the comparison, a talk and the"
            " understandings of two invented people."
        ),
    ),
    "demo-comparison": Listing(
        _("An example of what opens"),
        _(
            "What two invented partners see after both have sealed: where they agree, where they"
            " differ, and three things worth a talk. No score, and nobody is right."
        ),
    ),
}


def listing_of(request: HttpRequest) -> Listing | None:
    """What may be listed of this page, or None if it may not be.

    Crawlers keep no cookies. A page with a session may differ, so it is never listed.
    """
    match = request.resolver_match
    if not settings.INDEXED or match is None or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    return LISTINGS.get(match.view_name)


def robots_tag(request: HttpRequest, status: int) -> str:
    """The value of the header X-Robots-Tag."""
    return LISTED if status == HTTPStatus.OK and listing_of(request) else NOT_LISTED


@register.inclusion_tag("listing.html", takes_context=True)
def listing(context: Context) -> dict[str, object]:
    """The tags in the head for crawlers and link previews: `noindex` for most pages."""
    request = context["request"]
    width, height = PICTURE_SIZE
    return {
        "listing": listing_of(request),
        "address": urljoin(settings.SITE_URL, request.path),
        "picture": urljoin(settings.SITE_URL, static(PICTURE)),
        "width": width,
        "height": height,
    }


@require_safe
@login_not_required
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Let crawlers fetch everything, and name the sitemap if there is one."""
    lines = ["User-agent: *", "Disallow:"]
    if settings.INDEXED:
        lines.append(f"Sitemap: {urljoin(settings.SITE_URL, reverse('sitemap'))}")
    text = "".join(f"{line}\n" for line in lines)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages that may be listed. Raises Http404 if none may be."""
    if not settings.INDEXED:
        raise Http404
    return sitemap_views.sitemap(request, {"pages": ListedPages})


class ListedPages(Sitemap[str]):
    """Every page of LISTINGS, at the site's own address whatever host was asked for."""

    def items(self) -> list[str]:
        return list(LISTINGS)

    def location(self, item: str) -> str:
        return reverse(item)

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc
