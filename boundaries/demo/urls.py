from django.urls import path

from boundaries.demo import views

urlpatterns = [
    path("demo/", views.show, name="demo"),
    path("demo/sheet/", views.sheet, name="demo-sheet"),
    path("demo/comparison/", views.comparison, name="demo-comparison"),
    path("demo/talk/", views.talk, name="demo-talk"),
    path("demo/talk/closed/", views.closed_talk, name="demo-talked"),
    path("demo/repair/", views.repair, name="demo-repair"),
    path("demo/understandings/", views.understandings, name="demo-understandings"),
    path("demo/understandings/one/", views.understanding, name="demo-understanding"),
    path("demo/check-in/", views.check_in, name="demo-check-in"),
]
