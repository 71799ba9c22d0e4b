from django.urls import path

from boundaries.downloads.typesetting import Paper
from boundaries.leaving import views

urlpatterns = [
    path("partner/part/", views.part, name="pairing-part"),
    path("partner/parted/", views.acknowledge_parting, name="pairing-parted"),
    path("leaving/", views.show, name="leaving"),
    path("leaving/part/", views.parting, name="leaving-part"),
    path("leaving/copies/", views.list_copies, name="leaving-copies"),
    *(
        path(
            f"leaving/copies/<uuid:copy>/{paper}.pdf",
            views.copy_pdf,
            {"paper": paper},
            name=f"leaving-copy-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("leaving/copies/<uuid:copy>/page.json", views.copy_data, name="leaving-copy-data"),
    path(
        "leaving/copies/<uuid:copy>/throw-away/",
        views.throw_away,
        name="leaving-throw-away",
    ),
    path("leaving/export/", views.export, name="leaving-export"),
    path("leaving/export/make/", views.ask, name="leaving-export-make"),
    path("leaving/export/take/", views.take, name="leaving-export-take"),
    path("leaving/delete/", views.deleting, name="leaving-delete"),
    path("leaving/delete/sure/", views.deleting_for_sure, name="leaving-delete-sure"),
    path("leaving/delete/now/", views.delete, name="leaving-delete-now"),
]
