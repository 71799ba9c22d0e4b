from django.urls import path

from boundaries.downloads.typesetting import Paper
from boundaries.therapist_sheet import views

urlpatterns = [
    path("understandings/therapist/", views.show, name="therapist-sheet"),
    path("understandings/therapist/make/", views.make, name="therapist-sheet-make"),
    path("understandings/therapist/release/", views.release, name="therapist-sheet-release"),
    path("understandings/therapist/end/", views.end, name="therapist-sheet-end"),
    *(
        path(
            f"understandings/therapist/{paper}.pdf",
            views.pdf,
            {"paper": paper},
            name=f"therapist-sheet-pdf-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("read/", views.enter, name="therapist-sheet-enter"),
    path("read/sheet/", views.read, name="therapist-sheet-read"),
    path("read/paper/", views.read_on_paper, name="therapist-sheet-read-on-paper"),
    path("read/<path:rest>", views.enter, name="therapist-sheet-enter-from-link"),
]
