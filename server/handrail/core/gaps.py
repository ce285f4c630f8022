"""Where the gaps of a capture lie, as a person counts: after which message from the top.

A capture without messages has pictures: then it is after which picture, in the order in which they
are listed. `extension/panel/gaps.js` says the same in the panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .records import Completeness


@dataclass(frozen=True, slots=True)
class Gaps:
    """The places of all gaps, each once and from the top; `unit` is what was counted.

    A place of 0 lies before the first message: above it something was seen that is none.
    """

    unit: Literal["message", "picture"]
    places: tuple[int, ...]


def gaps_of(said: Completeness) -> Gaps:
    """Return where the gaps lie that a capture tells of."""
    after = [gap.after_message for gap in said.gaps]
    counted = {place for place in after if place is not None}
    if said.messages and None not in after:
        return Gaps("message", tuple(sorted(counted)))
    return Gaps("picture", tuple(sorted({gap.after_tile for gap in said.gaps})))
