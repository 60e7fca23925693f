"""Work off what waits, or read everything again: without a worker, or to watch."""

import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any, ClassVar

from django.core.management.base import BaseCommand
from django.utils import timezone

from crmkpi.lib.progress import bar, left_in_words, time_left
from metrics import recalculating
from metrics.engine import rebuild
from metrics.measures import AXES


class Command(BaseCommand):
    help = "Compute cells and snapshots from what changed, or everything afresh."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="read all rows again, change or not"
        )
        parser.add_argument("--axis", choices=sorted(AXES), help="only this axis")

    def handle(self, *args: Any, **options: Any) -> None:
        recalculating.begin(now=timezone.now())
        if options["rebuild"]:
            rebuild.request_rebuild(options["axis"])
        line = _Line(self)
        try:
            drained = recalculating.drain(clock=timezone.now, progress=line.show)
        except KeyboardInterrupt:
            line.end()
            self.stderr.write("Stopped. What is left waits for a worker.")
            sys.exit(130)
        line.end()
        self.stdout.write(
            f"{drained.claims} batches of cells and {drained.pairs} pairs of "
            f"snapshots done; {'nothing' if drained.is_empty else 'more'} is waiting."
        )


class _Line:
    """A bar for each step that fills in place; nothing where nobody watches."""

    STEPS: ClassVar = {"cells": "Adding up the rows", "snapshots": "Storing the values"}

    def __init__(self, command: BaseCommand) -> None:
        self._out = command.stderr
        self._is_watched = bool(self._out.isatty())
        self._step, self._begun = "", time.monotonic()

    def show(self, step: str, done: int, of: int) -> None:
        if not self._is_watched:
            return
        if step != self._step:
            self.end()
            self._step = step
        share = done / of if of else 1.0
        left = time_left(timedelta(seconds=time.monotonic() - self._begun), share)
        words = f", {left_in_words(left)}" if left and done < of else ""
        text = f"{self.STEPS[step]:18}  {bar(share)} {share:4.0%}  {done:,} of {of:,}"
        self._out.write(f"\r{text}{words}\x1b[K", str, ending="")
        self._out.flush()

    def end(self) -> None:
        """Leave the line as it is; the next step begins another."""
        if self._step:
            self._out.write("")
        self._step, self._begun = "", time.monotonic()
