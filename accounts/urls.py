"""Addresses about one's own account; signing in and up come from allauth."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.show, name="account"),
    path("name/", views.rename, name="account-name"),
]
