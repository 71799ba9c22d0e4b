from django.urls import path

from boundaries.repair import views

urlpatterns = [
    path("repair/", views.show_all, name="repair"),
    path("repair/about/", views.about, name="repair-about-other"),
    path("repair/about/<behaviour:behaviour>/", views.about, name="repair-about"),
    path("repair/begin/", views.begin, name="repair-begin"),
    path("repair/<uuid:repair>/", views.show, name="repair-show"),
    path("repair/<uuid:repair>/send/", views.send, name="repair-send"),
    path("repair/<uuid:repair>/draft/", views.draft, name="repair-draft"),
    path("repair/<uuid:repair>/throw-away/", views.throw_away, name="repair-throw-away"),
    path("repair/<uuid:repair>/discard/", views.discard, name="repair-discard"),
    path("repair/<uuid:repair>/closing/", views.closing, name="repair-closing"),
    path("repair/<uuid:repair>/close/", views.close, name="repair-close"),
    path("repair/<uuid:repair>/keep/", views.keep, name="repair-keep"),
]
