"""What is read once a process."""

import pytest

from crmkpi.accounts.models import Organisation
from crmkpi.lib import kept

pytestmark = pytest.mark.django_db


@kept.kept
def name_of(pk: int) -> str:
    return Organisation.objects.values_list("name", flat=True).get(pk=pk)


def test_what_is_there_is_read_once(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert name_of(1) == name_of(1) == "Northwind"


def test_what_is_not_there_is_asked_for_again(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        for _ in range(2):
            with pytest.raises(Organisation.DoesNotExist):
                name_of(2)


def test_forgotten_it_is_read_anew(world):
    assert name_of(1) == "Northwind"
    Organisation.objects.update(name="Southwind")
    kept.forget()

    assert name_of(1) == "Southwind"
