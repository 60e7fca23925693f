"""What follows from records takes over columns of theirs: spells and promises."""

from collections.abc import Mapping
from datetime import datetime

from django.db import models

from crmkpi.crm import clocks, spells
from crmkpi.crm.models import Ticket
from crmkpi.crm.stamps import Stamper


def pass_down(
    model: type[models.Model],
    records: Mapping[int, spells.Values],
    stamper: Stamper,
    zone: str,
    *,
    now: datetime,
    cause: str,
) -> None:
    """Have spells and promises of records follow what was written to these.

    `records` are all of one model, with their columns by key. What is equal stays
    untouched. Queries: up to 7.
    """
    if not records:
        return
    for kind in spells.KINDS.values():
        if kind.fact is model:
            cutter = spells.Cutter.load(kind, stamper.directory, zone)
            spells.cut_again(cutter, records, now=now, cause=cause)
    if model is Ticket:
        dues = clocks.dues_of(records.keys())
        clocks.set_clocks(
            {key: (records[key], due) for key, due in dues.items()},
            new=(),
            stamper=stamper,
            zone=zone,
            now=now,
            cause=cause,
        )
