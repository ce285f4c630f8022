"""Lint the extension as it is installed: each browser's build, by that browser's own rules.

Firefox: Mozilla's linter (`web-ext lint`), where a warning is an error. Chromium has no linter of
its own, so the same one reads the Chromium build and only what is said there about Firefox's own
needs is let pass, by name, below.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEB_EXT = ROOT / "node_modules" / ".bin" / "web-ext"

# What Mozilla's linter says about a Chromium build because it is not a Firefox one. Nothing else.
NOT_FOR_CHROMIUM = {
    "ADDON_ID_REQUIRED": "",
    "BACKGROUND_SERVICE_WORKER_NOFALLBACK": "",
    "MANIFEST_PERMISSIONS": '"sidePanel"',
    "MISSING_DATA_COLLECTION_PERMISSIONS": "",
}


def lint(browser: str) -> list[dict[str, Any]]:
    """Return what the linter has to say about one build, errors and warnings alike."""
    told = subprocess.run(
        [
            WEB_EXT,
            "lint",
            "--no-config-discovery",
            "--output=json",
            "--source-dir",
            ROOT / "build" / browser,
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    if not told.stdout.startswith("{"):
        raise SystemExit(told.stdout + told.stderr)
    report = json.loads(told.stdout)
    return [*report["errors"], *report["warnings"]]


def is_about_firefox(said: dict[str, Any]) -> bool:
    """Tell whether a message only says that a Chromium build is none for Firefox."""
    words = NOT_FOR_CHROMIUM.get(said["code"])
    return words is not None and words in said["message"] and said["file"] == "manifest.json"


def main() -> int:
    """Lint both builds and say what is wrong with each."""
    wrong = 0
    for browser in ("firefox", "chromium"):
        for said in lint(browser):
            if browser == "chromium" and is_about_firefox(said):
                continue
            wrong += 1
            place = f"build/{browser}/{said.get('file', '')}:{said.get('line') or 1}"
            print(f"{place}: {said['code']}: {said['message']}", file=sys.stderr)
    if not wrong:
        print("Extension builds: nothing to say about either.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
