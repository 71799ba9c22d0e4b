from django.urls import path

from boundaries.questions import views

urlpatterns = [
    path("intimate/", views.intimate, name="questions-intimate"),
    path("intimate/yes/", views.opt_in, name="questions-opt-in"),
    path("intimate/take-back/", views.opt_out, name="questions-opt-out"),
    path("own/", views.own, name="questions-own"),
    path("own/put-forward/", views.put_forward, name="questions-put-forward"),
    path("own/take-back/", views.take_back, name="questions-take-back"),
    path("own/accept/", views.accept, name="questions-accept"),
    path("own/set-aside/", views.set_aside, name="questions-set-aside"),
]
