"""Builds of the extension that look for Handrail on ports of this process's own, and nowhere else.

So tests of two processes never meet, and neither do tests and a Handrail that somebody uses here.
"""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

from handrail import system

ROOT = Path(__file__).resolve().parents[1]
EXTENSION = ROOT / "extension"


def load_build() -> Any:
    """Return extension/build.py, which is a program and no package."""
    sys.path.insert(0, str(EXTENSION))
    try:
        spec = importlib.util.spec_from_file_location("handrail_build", EXTENSION / "build.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(EXTENSION))


def quiet_port(low: int = 20_000, high: int = 28_000) -> int:
    """Return a free port below those that systems hand out for calls.

    Among those, a call of any other program may take the port while the service is killed.
    """
    while True:
        port = random.randrange(low, high)
        if not system.is_taken(port):
            return port


OWN_PORTS = tuple(quiet_port(28_500, 32_700) for _ in system.PORTS)
"""Where the builds of this process look for Handrail, in this order."""


def build_both(out: Path) -> Path:
    """Make both builds below `out`, and let them look on our own ports only."""
    assert load_build().main(["--out", str(out)]) == 0
    for browser in ("chromium", "firefox"):
        look_only_at(OWN_PORTS, out / browser)
    return out


def look_only_at(ports: tuple[int, ...], build: Path) -> None:
    """Change on which ports a build looks for Handrail, whatever they were."""
    module = build / "browser/service.js"
    before, begin, rest = module.read_text("utf-8").partition("export const PORTS = ")
    _, end, after = rest.partition(");\n")
    assert begin
    assert end
    module.write_text(f"{before}{begin}/** @type {{const}} */ ({[*ports]}{end}{after}", "utf-8")
