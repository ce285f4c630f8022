"""Lint the extension as it is installed: each browser's build, by Mozilla's linter.

A warning of `web-ext lint` is an error. Chromium has no linter of its own, so the same one reads
the Chromium build; what it says there about the needs of Firefox is let pass, by name, below.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEB_EXT = ROOT / "node_modules" / ".bin" / "web-ext"

# What the linter says that is known and meant: a message of that code about the manifest, with
# those words in it. Nothing else is let pass.
MEANT = {
    "firefox": {
        # Handrail is not offered for Android: there is no sidebar there, and no local service.
        "KEY_FIREFOX_ANDROID_UNSUPPORTED_BY_MIN_VERSION": "Firefox for Android",
    },
    "chromium": {
        # A Chromium build is none for Firefox.
        "ADDON_ID_REQUIRED": "",
        "BACKGROUND_SERVICE_WORKER_NOFALLBACK": "",
        "MANIFEST_PERMISSIONS": '"sidePanel"',
        "MISSING_DATA_COLLECTION_PERMISSIONS": "",
    },
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


def is_meant(browser: str, said: dict[str, Any]) -> bool:
    """Tell whether a message is one of those that are known and meant."""
    words = MEANT[browser].get(said["code"])
    return words is not None and words in said["message"] and said["file"] == "manifest.json"


def main() -> int:
    """Lint both builds and say what is wrong with each."""
    wrong = 0
    for browser in MEANT:
        for said in lint(browser):
            if is_meant(browser, said):
                continue
            wrong += 1
            place = f"build/{browser}/{said.get('file', '')}:{said.get('line') or 1}"
            print(f"{place}: {said['code']}: {said['message']}", file=sys.stderr)
    if not wrong:
        print("Extension builds: nothing to say about either.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
