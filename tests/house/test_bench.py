"""The measurements run, say what they compared, and are written where people look."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.table import BEGIN, END, Row, keep

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def conversation(kind: str, browser: str, **other: Any) -> Row:
    """Return the row of a conversation that was saved as it should be."""
    measured: dict[str, Any] = {
        "kind": kind, "browser": browser, "messages": 500, "found": 500, "in_order": 500,
        "twice": 0, "gaps": 0, "unsaid_gaps": 0, "counted": 500, "green": 0, "tiles": 90,
        "seconds": 52.0, "limit": 50.0, "ratio": 1.04, "aim": 1.25, "beside": None, "holds": True,
    }  # fmt: skip
    day = other.pop("day", "2026-01-01")
    return Row("conversations", f"{kind}, {browser}", day, "2 cores", measured | other)


def in_firefox(kind: str, **other: Any) -> Row:
    """Return such a row of Firefox, whose time is compared with that of Chromium."""
    return conversation(kind, "firefox", ratio=20.0, aim=1.0, beside="chromium", **other)


def table(folder: Path) -> list[dict[str, str]]:
    """Return the first table of the page, a row by its titles."""
    lines = (folder / "bench.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    titles, _, *rows = cells
    return [dict(zip(titles, one, strict=True)) for one in rows]


def test_a_short_bench_gives_a_ratio_for_each_comparison(tmp_path: Path) -> None:
    work, docs = tmp_path / "work", tmp_path / "docs"
    work.mkdir()
    small = ["--turns=2", "--packages=1", "--captures=2", "--size=20000", f"--folder={work}"]
    small += ["--only", "ingest", "package", "--into", str(docs)]
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench", *small],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    ratios = re.findall(r"Ratio: ([\d.]+)", told.stdout)
    assert len(ratios) == 2
    assert min(map(float, ratios)) > 0
    assert "zip -0" in told.stdout
    assert sorted(one["Ratio"] for one in table(docs)) == sorted(ratios)
    assert list(work.iterdir()) == []


def test_a_trial_writes_no_table(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    subprocess.run(
        [
            sys.executable, "-m", "tests.bench", "--turns=1", "--size=2000", "--only", "ingest",
            "--print", "--into", docs, "--folder", tmp_path,
        ],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_measured_again_leaves_the_other_rows_with_their_day(tmp_path: Path) -> None:
    keep(tmp_path, [conversation("windowed", "chromium"), conversation("reversed", "chromium")])
    keep(tmp_path, [conversation("reversed", "chromium", day="2026-02-02", found=499)])
    rows = {one["List"]: (one["Found"], one["Measured on"]) for one in table(tmp_path)}
    assert rows == {"windowed": ("500", "2026-01-01"), "reversed": ("499", "2026-02-02")}


def test_what_is_written_by_hand_stays(tmp_path: Path) -> None:
    page = tmp_path / "bench.md"
    page.write_text(f"above\n\n{BEGIN}\nold\n{END}\n\nbelow\n", "utf-8")
    keep(tmp_path, [conversation("windowed", "chromium")])
    keep(tmp_path, [conversation("windowed", "chromium")])
    written = page.read_text("utf-8")
    assert written.startswith(f"above\n\n{BEGIN}\n\n### Conversations\n")
    assert written.endswith(f"\n{END}\n\nbelow\n")
    assert "old" not in written
    assert written.count("windowed") == 1


@pytest.mark.parametrize("text", ["no markers", f"only {BEGIN}", f"only {END}"])
def test_a_page_without_its_markers_is_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / "bench.md").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="markers"):
        keep(tmp_path, [conversation("windowed", "chromium")])
    assert [one.name for one in tmp_path.iterdir()] == ["bench.md"]
    assert (tmp_path / "bench.md").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("other", "met"),
    [
        ({}, "yes"),
        ({"ratio": 1.25}, "yes"),
        ({"ratio": 1.26}, "**no**: time"),
        ({"holds": False}, "**no**: messages"),
    ],
)
def test_an_aim_is_met_by_the_time_and_by_the_messages(
    tmp_path: Path, other: dict[str, Any], met: str
) -> None:
    keep(tmp_path, [conversation("windowed", "chromium", **other)])
    assert [one["Met"] for one in table(tmp_path)] == [met]


def test_firefox_is_compared_with_chromium_on_the_same_list(tmp_path: Path) -> None:
    keep(tmp_path, [in_firefox("measured", seconds=26.0)])
    assert [(one["Ratio"], one["Met"]) for one in table(tmp_path)] == [("—", "—")]
    keep(tmp_path, [conversation("measured", "chromium"), conversation("windowed", "chromium")])
    keep(tmp_path, [in_firefox("windowed", seconds=53.0)])
    told = {one["List"]: one for one in table(tmp_path) if one["Browser"] == "firefox"}
    assert (told["measured"]["Ratio"], told["measured"]["Met"]) == ("0.50", "yes")
    assert (told["windowed"]["Ratio"], told["windowed"]["Met"]) == ("1.02", "**no**: time")
    assert told["windowed"]["Aim"] == "≤ 1.0 of Chromium's time"


def test_the_page_shows_the_data_that_lie_beside_it(tmp_path: Path) -> None:
    for name in ("bench.md", "bench.json"):
        shutil.copy(DOCS / name, tmp_path)
    keep(tmp_path, [])
    assert (tmp_path / "bench.md").read_text("utf-8") == (DOCS / "bench.md").read_text("utf-8")
    assert json.loads((DOCS / "bench.json").read_text("utf-8"))
