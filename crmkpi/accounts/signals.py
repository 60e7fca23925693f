"""News from people and settings for the apps above.

Each is sent inside the transaction of the change, so that a receiver's rows stand or
fall with it.
"""

from django.dispatch import Signal

# People or teams moved. Arguments: agent_ids and team_ids (sets of the people whose
# team, and of the teams whose place in the tree, may have changed), from_day and
# until_day (half-open local days within which they did), now.
teams_changed = Signal()

# Zone, calendar, business hours or holidays changed: stored days and durations no
# longer follow from the rows. Arguments: fields (set of names), before (what the
# fields that changed were), now.
calendar_changed = Signal()

# A question: are there amounts in the organisation's currency? Receivers return a bool.
currency_in_use = Signal()

# Somebody asked for all figures anew: a worker has to be woken. No arguments.
recalculation_asked = Signal()

# Somebody stopped a recalculation: what it asked for need not be done. No arguments.
recalculation_stopped = Signal()

# All figures follow the settings again. Arguments: now.
recalculated = Signal()
