from __future__ import annotations

import pytest

from tests.conftest import Person


@pytest.fixture
def couple(alice: Person, bob: Person) -> tuple[Person, Person]:
    return alice, bob
