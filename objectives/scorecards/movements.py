"""What changed its status within a week, in a sentence each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crmkpi.accounts.templatetags.shell import BADGES
from objectives.lines import ORDER, KeyResultLine
from objectives.models import Evaluation
from objectives.scoring import KrStatus
from objectives.scoring.rollup import WITHOUT_DATA

# From the bottom up; what cannot be judged stands outside.
RANKS = {
    status: place
    for place, status in enumerate(
        (
            KrStatus.OFF_TRACK,
            KrStatus.WATCH,
            KrStatus.ON_TRACK,
            KrStatus.ACHIEVED_SO_FAR,
        )
    )
}


@dataclass(frozen=True)
class Movement:
    """A key result that changed its status."""

    line: KeyResultLine
    words: str  # what follows its title: "fell from watch to off track"


def movements(
    pairs: Iterable[tuple[KeyResultLine, Evaluation | None]],
) -> list[Movement]:
    """Return what moved, given each key result with its evaluation of a week ago.

    Shape: worst first. A key result without one is new.
    """
    found = []
    for line, before in pairs:
        words = _words(line, before)
        if words:
            found.append(Movement(line, words))
    return sorted(found, key=lambda each: ORDER.index(KrStatus(each.line.status)))


def news(lines: Iterable[KeyResultLine], seen: str) -> str:
    """Return what is different from what a page shows, for those who only hear it.

    `seen` is what `states` returned for that page; what it cannot mean is passed over.

    Empty: nothing when no status has changed.
    """
    known = dict(part.split(":", 1) for part in seen.split(",") if ":" in part)
    changed = [
        _("%(title)s: %(now)s") % {"title": line.key_result.title, "now": _word(now)}
        for line in lines
        if (was := known.get(str(line.key_result.pk))) in set(KrStatus)
        and was != (now := KrStatus(line.status))
    ]
    return ". ".join(changed)


def states(lines: Iterable[KeyResultLine]) -> str:
    """Return the status of each key result, for `news`.

    Example: "12:on_track,14:off_track"
    """
    return ",".join(f"{line.key_result.pk}:{line.status}" for line in lines)


def _words(line: KeyResultLine, before: Evaluation | None) -> str:
    if before is None:
        return _("is new") if line.evaluation is not None else ""
    was, now = KrStatus(before.status), KrStatus(line.status)
    if was == now:
        return ""
    if now in WITHOUT_DATA:
        return "" if was in WITHOUT_DATA else _("lost its data")
    if was in WITHOUT_DATA:
        return _("has data again: %(now)s") % {"now": _word(now)}
    if was not in RANKS or now not in RANKS:
        return _("is now %(now)s") % {"now": _word(now)}
    words = {"was": _word(was), "now": _word(now)}
    if RANKS[now] > RANKS[was]:
        return _("rose from %(was)s to %(now)s") % words
    return _("fell from %(was)s to %(now)s") % words


def _word(status: KrStatus) -> str:
    """Return the word of a status as it stands within a sentence."""
    word = str(BADGES[status].word)
    return word[:1].lower() + word[1:]
