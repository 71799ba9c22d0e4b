from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    name = "boundaries"

    def ready(self) -> None:
        from boundaries.catalogue import checks  # noqa: F401  the import registers them
        from boundaries.help import checks as help_checks  # noqa: F401
