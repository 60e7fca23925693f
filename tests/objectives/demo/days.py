"""The days on which these tests play."""

from datetime import date

from crmkpi.lib.periods import to_day

FRIDAY = to_day(date(2026, 2, 13))
LATER = to_day(date(2026, 2, 27))  # of the same month, so the same story
NEXT_QUARTER = to_day(date(2026, 4, 9))
