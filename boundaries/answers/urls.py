from django.urls import path

from boundaries.answers import views

urlpatterns = [
    path("decks/<deck:deck>/", views.show, name="answers"),
    path("decks/<deck:deck>/next/", views.next_card, name="answers-next"),
    path("decks/<deck:deck>/last-look/", views.last_look, name="answers-last-look"),
    path("decks/<deck:deck>/seal/", views.seal, name="answers-seal"),
    path("decks/<deck:deck>/sealed/", views.sealed, name="answers-sealed"),
    path("decks/<deck:deck>/unseal/", views.unseal, name="answers-unseal"),
    path("decks/<deck:deck>/again/", views.again, name="answers-again"),
    path("decks/<deck:deck>/history/", views.history, name="answers-history"),
    path("answers/<behaviour:behaviour>/", views.card, name="answers-card"),
    path("answers/<behaviour:behaviour>/save/", views.answer, name="answers-answer"),
    path("answers/<behaviour:behaviour>/skip/", views.skip, name="answers-skip"),
    path("answers/<behaviour:behaviour>/undo/", views.undo, name="answers-undo"),
    path("answers/<behaviour:behaviour>/hide/", views.hide, name="answers-hide"),
    path("answers/<behaviour:behaviour>/show/", views.show_again, name="answers-show"),
]
