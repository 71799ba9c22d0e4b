"""All URLs of the site."""

from allauth.account.urls import urlpatterns as allauth_urlpatterns
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views import View

from accounts.entrance_views import BeginView, RequestCodeView, SignInView
from accounts.views import leave, set_language_of_browser
from config import indexing, views

# allauth stores this code in the session as it is; accounts/reauthentication.py stores a digest.
REPLACED = ("account_request_reauthentication_code", "account_confirm_reauthentication_code")
OPENED_AGAIN: dict[str, type[View]] = {
    "account_login": SignInView,
    "account_request_login_code": RequestCodeView,
    "account_signup": BeginView,
}


def _ours(pattern: URLPattern) -> URLPattern:
    """allauth's address of a page, with our view where there is one."""
    view = OPENED_AGAIN.get(str(pattern.name))
    return path(str(pattern.pattern), view.as_view(), name=pattern.name) if view else pattern


urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("healthz", views.readyz, name="healthz"),  # its name until 0.2.0
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("robots.txt", indexing.robots_txt, name="robots-txt"),
    path("sitemap.xml", indexing.sitemap, name="sitemap"),
    path("leave/", leave, name="leave"),
    path("language/", set_language_of_browser, name="language"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("account/", include("accounts.urls")),
    path(
        "account/",
        include(
            [_ours(pattern) for pattern in allauth_urlpatterns if pattern.name not in REPLACED]
        ),
    ),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include("boundaries.urls")),
]

handler400 = "config.views.bad_request"
handler500 = "config.views.server_error"

if settings.DEBUG:
    from config import development, mailbox

    urlpatterns += [
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("styleguide/", development.styleguide, name="styleguide"),
    ]
if settings.DEMO:
    from config import demo_urls

    urlpatterns += demo_urls.urlpatterns
