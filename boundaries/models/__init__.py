# Modules only, no names: `from boundaries.models.answers import Answers` is the
# one spelling, so that the import contracts in pyproject.toml can see it.
from boundaries.models import (  # noqa: F401
    agreements,
    answers,
    ciphertexts,
    conversations,
    couples,
    envelopes,
    exports,
    invitations,
    keys,
    notes,
    own,
    releases,
)
