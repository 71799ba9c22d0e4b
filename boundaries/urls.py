"""The URLs of what two people do together. None contains a word of the catalogue."""

from django.urls import include, path, register_converter

from boundaries.web.converters import BehaviourConverter, DeckConverter

register_converter(BehaviourConverter, "behaviour")
register_converter(DeckConverter, "deck")

urlpatterns = [
    path("", include("boundaries.home.urls")),
    path("", include("boundaries.consent.urls")),
    path("", include("boundaries.reminders.urls")),
    path("", include("boundaries.pairing.urls")),
    path("", include("boundaries.questions.urls")),
    path("", include("boundaries.answers.urls")),
    path("", include("boundaries.comparison.urls")),
    path("", include("boundaries.talks.urls")),
    path("", include("boundaries.agreements.urls")),
    path("", include("boundaries.repair.urls")),
    path("", include("boundaries.therapist_sheet.urls")),
    path("", include("boundaries.journal.urls")),
    path("", include("boundaries.check_ins.urls")),
    path("", include("boundaries.leaving.urls")),
    path("", include("boundaries.privacy_notice.urls")),
    path("", include("boundaries.demo.urls")),
]
