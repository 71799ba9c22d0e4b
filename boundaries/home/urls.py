from django.urls import path

from boundaries.home import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("how-it-works/", views.show_how_it_works, name="how-it-works"),
    path("help/", views.show_help, name="help"),
    path("help/counsellor/", views.show_counsellor, name="help-counsellor"),
    path("help/wellbeing/", views.show_wellbeing, name="help-wellbeing"),
    path("home/", views.home, name="home"),
    path("yes/", views.show_consent, name="consent"),
    path("yes/say/", views.agree_to_consent, name="consent-agree"),
]
