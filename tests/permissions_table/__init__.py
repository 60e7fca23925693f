"""What every address answers to whom, one table for each app.

A new address must be put into the table of its app. Principals, from tests/world.py:
anonymous      nobody signed in
agent          Alice of Support Berlin
lead           Lee of Support Berlin
manager        Ana of Support EMEA, above Support Berlin
analyst        Nora of the whole company
administrator  Adam, who holds no role in any team
stranger       Carl, lead of Sales North: what belongs to Support is 404 to him
key            a system with a key that reads metrics of Support EMEA
"""

from tests.permissions_table import (
    accounts,
    crm,
    frame,
    metrics,
    objectives,
    surveys,
)
from tests.permissions_table.rules import PRINCIPALS, Rule

__all__ = ["PRINCIPALS", "TABLE", "Rule"]

APPS = (frame, accounts, crm, metrics, surveys, objectives)
TABLE: dict[str, Rule] = {
    name: rule for app in APPS for name, rule in app.TABLE.items()
}
