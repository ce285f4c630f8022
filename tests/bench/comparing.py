"""Two ways to do one thing, timed in turns, and how they are told of."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Measured(NamedTuple):
    """Two ways to do one thing: the seconds of each turn."""

    what: str
    plain: str
    plain_seconds: list[float]
    careful: str
    careful_seconds: list[float]

    def ratio(self) -> float:
        """Return how many times longer the careful way takes."""
        return statistics.median(self.careful_seconds) / statistics.median(self.plain_seconds)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def show(result: Measured) -> None:
    """Print one comparison."""
    print(f"\n{result.what}")
    for name, times in (
        (result.plain, result.plain_seconds),
        (result.careful, result.careful_seconds),
    ):
        print(f"  {statistics.median(times) * 1000:9.1f} ms   {name}")
    print(f"  {result.ratio():9.2f} to 1 {len(result.plain_seconds)} turns, ratio of the medians")
