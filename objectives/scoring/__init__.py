"""Progress, pace, status and forecast of objectives: numbers in, numbers out.

Pages, API, jobs and exports all call this package, so that one key result has
one answer. Nothing here reads the database or the clock. Days are integers:
days since 1970-01-01 in the organisation's zone; periods are half-open, and
`closed_to` is the first day that has not closed yet.
"""

from objectives.scoring.expected import (
    expected_business,
    expected_calendar,
    expected_last_year,
    expected_milestones,
    expected_none_until,
    expected_points,
    expected_share,
    expected_steps,
    expected_value,
    joiner_target,
    weekday_profile,
    weighted_days,
)
from objectives.scoring.explain import (
    MissBudget,
    MixPart,
    MixRate,
    miss_budget,
    mix_and_rate,
    shrunk_rate,
)
from objectives.scoring.forecast import (
    Forecast,
    forecast_flow,
    forecast_level,
    forecast_ratio,
    needed_per_day,
)
from objectives.scoring.progress import (
    Milestone,
    clamp,
    milestone_progress,
    progress,
    ratio_value,
    trailing,
)
from objectives.scoring.rollup import NoScore, Part, Pips, Rollup, roll_up
from objectives.scoring.status import KrStatus, judged_pace, pace, status
from objectives.scoring.targets import (
    Curve,
    Direction,
    NoJourney,
    Number,
    ScoringError,
    Target,
    TargetError,
    as_hold,
    in_force,
    is_paced,
)

__all__ = [
    "Curve",
    "Direction",
    "Forecast",
    "KrStatus",
    "Milestone",
    "MissBudget",
    "MixPart",
    "MixRate",
    "NoJourney",
    "NoScore",
    "Number",
    "Part",
    "Pips",
    "Rollup",
    "ScoringError",
    "Target",
    "TargetError",
    "as_hold",
    "clamp",
    "expected_business",
    "expected_calendar",
    "expected_last_year",
    "expected_milestones",
    "expected_none_until",
    "expected_points",
    "expected_share",
    "expected_steps",
    "expected_value",
    "forecast_flow",
    "forecast_level",
    "forecast_ratio",
    "in_force",
    "is_paced",
    "joiner_target",
    "judged_pace",
    "milestone_progress",
    "miss_budget",
    "mix_and_rate",
    "needed_per_day",
    "pace",
    "progress",
    "ratio_value",
    "roll_up",
    "shrunk_rate",
    "status",
    "trailing",
    "weekday_profile",
    "weighted_days",
]
