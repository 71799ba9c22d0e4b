"""`python -m tests.content.control`: how often the note on control is right."""

from boundaries.content.control import LANGUAGES
from tests.content.control.measuring import behaviours, measure

for language in LANGUAGES:
    lines = behaviours(language)
    found, mistakes = measure(lines)
    print(
        f"{language}: {len(lines)} behaviours, precision {found.precision:.3f},"
        f" recall {found.recall:.3f}"
    )
    print(*(f"    {mistake}" for mistake in mistakes), sep="\n")
