"""Fail when a committed file tells where a package was fetched from, or where one machine keeps it.

Lock files hold names, versions and digests. An address in one would send every later install to
that address; a path of one machine means nothing on another.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# In lock files and in the settings of package tools: no address of any kind, no choice of index.
LOCKS = re.compile(r"^(requirements/.+|\.npmrc|package\.json|pyproject\.toml)$")
IN_LOCKS = re.compile(r"[a-z+]+://|--(?:extra-)?index-url|--find-links|^\s*registry\s*=")
IN_NPM_LOCK = re.compile(r'"resolved"\s*:')
# In every file: the host of a package index, and the folders of one machine.
ANYWHERE = re.compile(
    r"\b(?:registry|pypi|files|deb|proxy)\.(?:[a-z0-9-]+\.)?(?:org|com|io|net|dev)\b"
    r"|(?<![\w.~$}/-])/(?:work|root|home/[a-z][\w-]*)/"
)


def committed_files(root: Path) -> list[str]:
    """Return the names of the files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def find_addresses(name: str, text: str) -> Iterator[str]:
    """Yield one sentence for each line of a file that says what it must not."""
    for number, line in enumerate(text.splitlines(), start=1):
        if ANYWHERE.search(line):
            yield f"{name}:{number}: names a package index or a folder of one machine"
        elif LOCKS.match(name) and IN_LOCKS.search(line):
            yield f"{name}:{number}: a lock file or a setting holds an address"
        elif name == "package-lock.json" and IN_NPM_LOCK.search(line):
            yield f"{name}:{number}: the lock file says where a package was fetched from"


def main() -> int:
    """Look through every text file that git knows."""
    found: list[str] = []
    names = committed_files(ROOT)
    for name in names:
        place = ROOT / name
        if not place.is_file():
            continue  # removed here and not yet committed
        data = place.read_bytes()
        if b"\0" not in data[:8192]:
            found += find_addresses(name, data.decode("utf-8", errors="replace"))
    print(*found, sep="\n", file=sys.stderr) if found else print(
        f"Addresses: none in {len(names)} files."
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
