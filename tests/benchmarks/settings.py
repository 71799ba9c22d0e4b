"""The site's own settings, and one page more: the floor that the others are measured against."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "tests.benchmarks.urls"
TEMPLATES[0]["DIRS"].append(  # type: ignore[attr-defined]
    BASE_DIR / "tests" / "benchmarks" / "templates"
)
