from django.urls import path

from boundaries.agreements import views
from boundaries.downloads.typesetting import Paper

urlpatterns = [
    path("understandings/", views.show, name="agreements"),
    *(
        path(
            f"understandings/{paper}.pdf",
            views.pdf,
            {"paper": paper},
            name=f"agreements-pdf-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("understandings/dates.ics", views.calendar, name="agreements-calendar"),
    path("understandings/page.json", views.data, name="agreements-data"),
    path("understandings/yes/", views.assent, name="agreements-assent"),
    path(
        "understandings/common-ground/<deck:deck>/",
        views.shared_ground,
        name="agreements-common-ground",
    ),
    path(
        "understandings/common-ground/<deck:deck>/keep/",
        views.keep,
        name="agreements-keep",
    ),
    path("understandings/on/<behaviour:behaviour>/", views.entry, name="agreements-entry"),
    path(
        "understandings/on/<behaviour:behaviour>/words/",
        views.change,
        name="agreements-change",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/read-out/",
        views.read_out,
        name="agreements-read-out",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/propose/",
        views.propose,
        name="agreements-propose",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/withdraw/",
        views.withdraw,
        name="agreements-withdraw",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/set-aside/",
        views.set_aside,
        name="agreements-set-aside",
    ),
]
