from django.urls import path

from boundaries.reminders import views

urlpatterns = [
    path("reminders/", views.show, name="reminders"),
    path("reminders/save/", views.save, name="reminders-save"),
    path("reminders/later/", views.put_off, name="reminders-later"),
    path("reminders/done/", views.cancel, name="reminders-done"),
    path("reminders/off/<uuid:link>/", views.switch_off, name="reminders-off"),
]
