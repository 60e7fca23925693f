"""Members of open dimensions: made when a row first names them."""

from collections.abc import Iterable

from crmkpi.crm.models import Member

# Only some organisations have these: pages offer them once there is a member.
RARE = frozenset({Member.Dimension.CLIENT.value})


def folded(name: str) -> str:
    """Return a name as names are compared: case and extra blanks do not matter."""
    return " ".join(name.split()).casefold()


def known_members(dimension: str) -> dict[str, int]:
    """Return the members of a dimension by folded name. Queries: 1."""
    members = Member.objects.filter(dimension=dimension).order_by("-pk")
    return {folded(name): pk for pk, name in members.values_list("pk", "name")}


def is_in_use(dimension: str) -> bool:
    """Tell whether pages offer a dimension. Queries: 1 for a rare one, else none."""
    if dimension not in RARE:
        return True
    return Member.objects.filter(dimension=dimension).exists()


def ensure_members(dimension: str, names: Iterable[str]) -> dict[str, int]:
    """Return the members of a dimension by folded name, those named among them.

    Queries: 1, and up to 3 for each name that is new.
    """
    known = known_members(dimension)
    for name in names:
        if folded(name) not in known:
            member, _new = Member.objects.get_or_create(
                dimension=dimension, name=" ".join(name.split())
            )
            known[folded(name)] = member.pk
    return known
