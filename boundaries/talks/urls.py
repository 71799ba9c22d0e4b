from django.urls import path

from boundaries.talks import views
from boundaries.vocabulary import Move

urlpatterns = [
    path("talks/", views.agenda, name="talks"),
    path("talks/about/<behaviour:behaviour>/", views.about, name="talks-about"),
    path("talks/about/<behaviour:behaviour>/open/", views.open, name="talks-open"),
    path("talks/about/<behaviour:behaviour>/drop/", views.drop_draft, name="talks-drop-draft"),
    path("talks/<uuid:talk>/", views.show, name="talks-talk"),
    path("talks/<uuid:talk>/state/", views.state, name="talks-state"),
    path("talks/<uuid:talk>/draft/", views.draft, name="talks-draft"),
    path("talks/<uuid:talk>/throw-away/", views.throw_away, name="talks-throw-away"),
    path("talks/<uuid:talk>/stuck/", views.stuck, name="talks-stuck"),
    path("talks/<uuid:talk>/both/", views.both, name="talks-both"),
    path("talks/<uuid:talk>/pause/", views.pause, name="talks-pause"),
    path("talks/<uuid:talk>/come-back/", views.come_back, name="talks-come-back"),
    path("talks/<uuid:talk>/switch/", views.switch, name="talks-switch"),
    path("talks/<uuid:talk>/advice/", views.advice, name="talks-advice"),
    *(
        path(
            f"talks/<uuid:talk>/turn/{move}/",
            views.turn,
            {"move": move},
            name=f"talks-turn-{move}",
        )
        for move in Move
    ),
]
