"""Walking through a conversation: where the track cannot be joined to the last tile, it is lost.

The page is a double: it says where it is after each step, and what it cannot find again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

HEIGHT = 500

TRACK = """
import { makeTrack } from "./engine/track.js";
const box = { left: 0, top: 0, width: 800, height: HEIGHT };
const given = GIVEN;
const steps = [], rebased = [];
let [lost, at] = [0, 0];
const placeOf = (moved) => ({
  moved, at, box, length: given.lengths?.at(Math.min(steps.length, given.lengths.length - 1)) ?? 0,
  overlays: 0, busy: false, away: false,
});
const page = {
  async step(share) {
    steps.push(share);
    const next = given.steps[Math.min(steps.length, given.steps.length) - 1];
    at = next === null ? at : next;
    return placeOf(next === null ? null : 1);
  },
  async lookWhere() {
    at = given.regained ?? at;
    return placeOf(1);
  },
  async rebase(direction) {
    rebased.push(direction);
    at += 10_000 * direction;
    return placeOf(0);
  },
};
const track = makeTrack({
  page, patience: { tries: 2, wait: 1, busyTries: 2, unknown: given.unknown ?? 0 },
  goOn: async () => undefined, lost: () => { lost += 1; },
});
"""


@pytest.fixture
def walked(node: Callable[[str], Any]) -> Callable[..., Any]:
    """Give what a script says that is given a track on a page with these steps."""

    def walk(script: str, **given: Any) -> Any:
        before = TRACK.replace("GIVEN", json.dumps(given)).replace("HEIGHT", str(HEIGHT))
        return node(before + script)

    return walk


@pytest.mark.parametrize(("way", "sign"), [("up", -1), ("down", 1)])
def test_a_list_that_stays_too_far_from_the_last_tile_is_a_loss_and_not_joined(
    walked: Callable[..., Any], way: str, sign: int
) -> None:
    """It jumped by two windows, and every step back leaves it there."""
    said = walked(
        f"""const {{ place, edge }} = await track.advance("{way}", {{ ...placeOf(0), shotAt: 0 }});
        answer({{ at: place.at, edge, lost, rebased, steps: steps.length }});""",
        steps=[sign * 2 * HEIGHT],
    )
    assert said["lost"] == 1
    assert said["rebased"] == [sign]
    assert said["at"] == sign * (2 * HEIGHT + 10_000)
    assert said["edge"] is False
    assert said["steps"] < 40, "it tries for a while and not for ever"


def test_a_list_that_jumped_and_can_be_brought_back_is_not_lost(
    walked: Callable[..., Any],
) -> None:
    said = walked(
        """const { place } = await track.advance("up", { ...placeOf(0), shotAt: 0 });
        answer({ at: place.at, lost, steps });""",
        steps=[-1_000, -750, -450],
    )
    assert said["lost"] == 0
    assert said["at"] == -450
    assert [share > 0 for share in said["steps"]] == [False, True, True], "back, towards the tile"


def test_what_was_lost_on_the_way_is_lost_once(walked: Callable[..., Any]) -> None:
    """After a loss the next tile begins anew: there is nothing to come closer to."""
    said = walked(
        """page.lookWhere = async () => placeOf(null);
        const { place } = await track.advance("up", { ...placeOf(0), shotAt: 0 });
        answer({ at: place.at, lost, rebased });""",
        steps=[None],
    )
    assert said == {"at": -10_000, "lost": 1, "rebased": [-1]}


def test_a_place_that_is_found_again_too_far_away_is_a_loss(walked: Callable[..., Any]) -> None:
    said = walked(
        """const place = await track.regain("up", 0);
        answer({ at: place.at, lost, rebased });""",
        steps=[-3 * HEIGHT],
        regained=-3 * HEIGHT,
    )
    assert said == {"at": -3 * HEIGHT - 10_000, "lost": 1, "rebased": [-1]}


@pytest.mark.parametrize(
    ("came", "waits"),
    [([HEIGHT] * 4, 5_000), ([HEIGHT] * 3, 10_000), ([0.4 * HEIGHT] * 4, 10_000)],
    ids=["four times in time", "three times", "four times a little"],
)
def test_a_list_that_was_in_time_four_times_is_waited_for_less(
    walked: Callable[..., Any], came: list[float], waits: int
) -> None:
    """The clock goes on by half a second with each step."""
    said = walked(
        """let now = 0, began = null;
        performance.now = () => now;
        const { step } = page;
        page.step = async (share) => {
          now += 500;
          const before = at, place = await step(share);
          began ??= at === before ? now : null;
          return place;
        };
        const { edge } = await track.advance("up", { ...placeOf(0), shotAt: 0 });
        answer({ edge, waited: now - began });""",
        steps=[-50, -100, -150, -200],
        lengths=[sum(came[:many]) for many in range(len(came) + 1)],
        unknown=10_000,
    )
    assert said["edge"]
    assert waits <= said["waited"] < waits + 1_500
