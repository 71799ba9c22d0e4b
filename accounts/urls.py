"""Addresses about one's own account; signing in and up come from allauth."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.show, name="account"),
    path("name/", views.rename, name="account-name"),
    path("still-you/", views.ask_by_code, name="account-still-you"),
    path("still-you/mail/", views.mail_code, name="account-still-you-mail"),
    path("still-you/code/", views.take_code, name="account-still-you-code"),
]
