"""The measurements run, and say what they compared."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_short_bench_gives_a_ratio_for_each_comparison(tmp_path: Path) -> None:
    small = ["--turns=2", "--packages=1", "--captures=2", "--size=20000", f"--folder={tmp_path}"]
    small += ["--only", "ingest", "package"]
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench", *small],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    ratios = [float(found) for found in re.findall(r"([\d.]+) to 1", told.stdout)]
    assert len(ratios) == 2
    assert min(ratios) > 0
    assert "zip -0" in told.stdout
    assert list(tmp_path.iterdir()) == []
