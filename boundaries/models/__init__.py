# Modules only, no names: `from boundaries.models.answers import Answer` is the
# one spelling, so that the import contracts in pyproject.toml can see it.
from boundaries.models import answers, couples, envelopes, invitations, notes, own  # noqa: F401
