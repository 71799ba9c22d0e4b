from django.urls import path

from boundaries.privacy_notice import views

urlpatterns = [
    path("kept/", views.show, name="privacy-notice"),
    path("seen/", views.show_visibility, name="visibility"),
]
