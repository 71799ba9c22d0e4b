"""Addresses about one's own account; signing in and up come from allauth."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.show, name="account"),
    path("name/", views.rename, name="account-name"),
    path("time-zone/", views.time_zone, name="account-time-zone"),
    path("time-zone/set/", views.set_time_zone, name="account-time-zone-set"),
    path("time-zone/browser/", views.note_time_zone, name="account-time-zone-browser"),
    path("language/", views.language, name="account-language"),
    path("language/set/", views.set_language, name="account-language-set"),
    path("sessions/", views.sessions, name="account-sessions"),
    path("sessions/end/", views.end_sessions, name="account-sessions-end"),
    path("codes/", views.codes, name="account-codes"),
    path("codes/off/", views.codes_off, name="account-codes-off"),
    path("codes/on/", views.codes_on, name="account-codes-on"),
    path("mailbox/", views.mailbox, name="account-mailbox"),
    path("still-you/", views.ask_by_code, name="account-still-you"),
    path("still-you/mail/", views.mail_code, name="account-still-you-mail"),
    path("still-you/code/", views.enter_code, name="account-still-you-code"),
]
