from django.urls import path

from boundaries.journal import views

urlpatterns = [
    path("journal/", views.show, name="journal"),
    path("journal/new/", views.begin, name="journal-new"),
    path("journal/delete/", views.delete_all, name="journal-delete-all"),
    path("journal/<uuid:page>/", views.entry, name="journal-entry"),
    path("journal/<uuid:page>/save/", views.save, name="journal-save"),
    path("journal/<uuid:page>/delete/", views.delete, name="journal-delete"),
    path("journal/<uuid:page>/talk/", views.to_talk, name="journal-to-talk"),
    path("journal/<uuid:page>/talk/keep/", views.keep_for_talk, name="journal-keep-for-talk"),
]
