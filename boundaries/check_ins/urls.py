from django.urls import path

from boundaries.check_ins import views

urlpatterns = [
    path("check-ins/", views.show, name="check-ins-show"),
    path("check-ins/now/", views.now, name="check-ins-now"),
    path("check-ins/seal/", views.seal, name="check-ins-seal"),
    path("check-ins/take-back/", views.take_back, name="check-ins-take-back"),
    path("check-ins/pass-on/", views.pass_on, name="check-ins-pass-on"),
    path("check-ins/passed-on/", views.passed_on, name="check-ins-passed-on"),
    path("check-ins/other/", views.other, name="check-ins-other"),
    path("check-ins/other/finish/", views.finish, name="check-ins-finish"),
    path("check-ins/rhythm/", views.rhythm, name="check-ins-rhythm"),
    path("check-ins/rhythm/set/", views.set_rhythm, name="check-ins-rhythm-set"),
    path("check-ins/rhythm/end/", views.end_rhythm, name="check-ins-rhythm-end"),
    path("check-ins/rhythm/mute/", views.mute, name="check-ins-mute"),
    path("check-ins/rhythm/unmute/", views.unmute, name="check-ins-unmute"),
    path("check-ins/rhythm/calendar.ics", views.calendar, name="check-ins-calendar"),
    path("check-ins/closeness/", views.show_closeness, name="check-ins-closeness"),
    path("check-ins/closeness/want/", views.want_closeness, name="check-ins-closeness-want"),
    path("check-ins/closeness/stop/", views.stop_closeness, name="check-ins-closeness-stop"),
    path("check-ins/<uuid:check_in>/", views.finished, name="check-ins-finished"),
    path("check-ins/<uuid:check_in>/delete/", views.delete, name="check-ins-delete"),
]
