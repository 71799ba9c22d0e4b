from django.urls import include, path
from notes.views import note

urlpatterns = [path("note/", note), path("account/", include("allauth.urls"))]
