from django.urls import path

from boundaries.consent import views

urlpatterns = [
    path("four-questions/", views.show, name="safety-questions"),
]
