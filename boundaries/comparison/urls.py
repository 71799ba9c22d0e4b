from django.urls import path

from boundaries.comparison import views

urlpatterns = [
    path("decks/<deck:deck>/opened/", views.opened, name="comparison-opened"),
    path("decks/<deck:deck>/comparison/", views.show, name="comparison"),
    path("decks/<deck:deck>/comparison/for-me/", views.for_me, name="comparison-for-me"),
]
