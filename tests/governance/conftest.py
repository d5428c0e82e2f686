"""A company that can sign."""

import pytest

from tests.governance.factories import Company


@pytest.fixture
def company(db: None) -> Company:
    return Company()
