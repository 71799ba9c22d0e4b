"""`python -m tests.content.phrasing`: how often the notes on wording are right.

Sentences that go wrong are printed for the open half alone.
"""

from boundaries.content.phrasing.lists import LANGUAGES
from tests.content.phrasing.measuring import (
    HELD_BACK,
    OPEN,
    Found,
    Measured,
    in_script,
    measure,
    sentences,
)


def line(name: str, found: Found) -> str:
    return f"  {name:<16}{found.precision:>10.3f}{found.recall:>10.3f}{found.right:>7}"


def table(title: str, count: int, measured: Measured) -> str:
    rows = [line("all kinds", measured.everything)]
    rows += [line(kind, found) for kind, found in measured.kinds.items()]
    heading = f"{title}: {count} sentences\n  {'':<16} precision    recall  right"
    return "\n".join((heading, *rows))


for language in LANGUAGES:
    for half in (OPEN, HELD_BACK):
        lines = sentences(language, half)
        measured = measure(lines)
        print(table(f"{language}, {half.replace('_', ' ')}", len(lines), measured))
        if language == "hi":
            for devanagari, script in ((True, "Devanagari"), (False, "Latin letters")):
                part = in_script(lines, devanagari=devanagari)
                print(line(f"in {script}"[:15], measure(part).everything))
        if half == OPEN:
            print(*(f"    {mistake}" for mistake in measured.mistakes), sep="\n")
