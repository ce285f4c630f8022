"""Two ways to do one thing, timed in turns, and the row that says what came out."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.bench.table import Row, row


class Measured(NamedTuple):
    """Two ways to do one thing: the seconds of each turn. The aim is for the ratio."""

    what: str
    plain: str
    plain_seconds: list[float]
    careful: str
    careful_seconds: list[float]
    browser: str | None = None
    aim: float | None = None

    def ratio(self) -> float:
        """Return how many times longer the careful way takes."""
        return statistics.median(self.careful_seconds) / statistics.median(self.plain_seconds)

    def row(self) -> Row:
        """Return what came out: the medians and their ratio."""
        what = ", ".join(filter(None, (self.what, self.browser)))
        return row("ways", what, self.browser, {
            "what": self.what, "browser": self.browser,
            "plain": self.plain, "plain_ms": statistics.median(self.plain_seconds) * 1000,
            "careful": self.careful, "careful_ms": statistics.median(self.careful_seconds) * 1000,
            "turns": len(self.plain_seconds), "ratio": self.ratio(), "aim": self.aim,
        })  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Return how long one piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
