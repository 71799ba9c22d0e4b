from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    name = "boundaries"

    def ready(self) -> None:
        from accounts import upkeep
        from boundaries import exporting, releasing
        from boundaries.catalogue import checks  # noqa: F401  the import registers them
        from boundaries.help import checks as help_checks  # noqa: F401
        from boundaries.keeping import checks as keeping_checks  # noqa: F401
        from boundaries.models import checks as key_checks  # noqa: F401

        upkeep.duties += [releasing.clear_away, exporting.clear_away]
