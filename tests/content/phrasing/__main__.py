"""`python -m tests.content.phrasing`: how often the notes on wording are right."""

from tests.content.phrasing.measuring import corpus, measured

for name, sentences in zip(("made with", "held back"), corpus(), strict=True):
    found = measured(sentences)
    print(
        f"{name}: {len(sentences)} sentences, "
        f"precision {found.precision:.3f}, recall {found.recall:.3f}"
    )
    for mistake in found.mistakes:
        print(f"  {mistake}")
