from django.urls import path

from boundaries.pairing import views

urlpatterns = [
    path("partner/", views.show, name="pairing"),
    path("partner/state/", views.state, name="pairing-state"),
    path("partner/four-questions/", views.show_questions, name="pairing-questions"),
    path("partner/invite/", views.invite, name="pairing-invite"),
    path("partner/revoke/", views.revoke, name="pairing-revoke"),
    path("partner/confirm/", views.confirm, name="pairing-confirm"),
    path("partner/refuse/", views.refuse, name="pairing-refuse"),
    path("join/", views.show_joining, name="joining"),
    path("join/code/", views.enter_code, name="joining-enter"),
    path("join/offer/", views.show_offer, name="joining-offer"),
    path("join/four-questions/", views.show_joining_questions, name="joining-questions"),
    path("join/accept/", views.join, name="joining-join"),
    path("join/decline/", views.decline, name="joining-decline"),
    path("join/withdraw/", views.withdraw, name="joining-withdraw"),
    path("join/<path:rest>", views.show_joining, name="joining-from-link"),
]
