"""What the tests of customer relations share."""

import pytest

from crmkpi.crm.signals import facts_changed
from tests.crm.rows import Heard


@pytest.fixture
def heard():
    """Everything that is told of facts from here on."""
    ears = Heard()
    facts_changed.connect(ears.listen)
    yield ears
    facts_changed.disconnect(ears.listen)
