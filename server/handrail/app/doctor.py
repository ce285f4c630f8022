"""`handrail doctor`: why does it not connect, and is everything here? Looked at, left as it is.

Nothing is written, nothing is opened with a key, and no name, title, address or secret is said:
only what is needed to help a person over the telephone. It works with the service running and
without. Each finding is one plain sentence of the catalogue; printing is `cli.py`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from .. import resources, system
from ..core.errors import Damaged, HandrailError, Unavailable
from ..core.text import Catalogue
from ..vault import keys as vault_keys
from ..vault.inbox import SUFFIX
from ..web.pairing import BROWSERS_FILE, Browser
from . import control, supervisor
from .browsers import BROWSERS
from .driver import find_chromium
from .firefox import find_firefox

State = Literal["good", "note", "look"]

GIGABYTE = 1_000_000_000
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence. `look` means: this is in the way, and the sentence says what to do."""

    state: State
    key: str
    values: dict[str, Any] = field(default_factory=dict)


async def examine(data: Path) -> tuple[Finding, ...]:
    """Look at everything and return what there is to say, the service first."""
    about = await _about(data)
    return (
        *_service(data, about),
        *_ports(about),
        *_vault(data, about),
        *_browsers_connected(data),
        *_waiting(data),
        *_room(data),
        *_extension(),
        *_browsers_found(),
    )


def lines(findings: tuple[Finding, ...], words: Catalogue) -> Iterator[str]:
    """Write the findings as a table: a word, then a sentence; then what they come to."""
    said = {
        "good": words.t("cli.doctor.good"),
        "note": words.t("cli.doctor.note"),
        "look": words.t("cli.doctor.look"),
    }
    width = max(map(len, said.values()))
    for finding in findings:
        yield f"{said[finding.state]:<{width}}  {words.t(finding.key, **finding.values)}"
    yield ""
    in_the_way = count_in_the_way(findings)
    if in_the_way:
        yield words.t("cli.doctor.in_the_way", count=in_the_way)
    else:
        yield words.t("cli.doctor.all_well")


def count_in_the_way(findings: tuple[Finding, ...]) -> int:
    """Return how many of the findings keep Handrail from working."""
    return sum(finding.state == "look" for finding in findings)


# ── The service and its ports ────────────────────────────────────────────────────────────────


async def _about(data: Path) -> dict[str, Any] | None:
    """Ask the running service about itself. None when none answers."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer: dict[str, Any] = await control.ask(data, "/about")
            return answer
    except (control.NoService, HandrailError, OSError, ValueError):
        return None


def _service(data: Path, about: dict[str, Any] | None) -> Iterator[Finding]:
    if about is not None:
        since = datetime.fromtimestamp(system.owner_only_path(data).stat().st_mtime).astimezone()
        said = since.strftime("%Y-%m-%d %H:%M")
        yield Finding("good", "cli.doctor.running", {"since": said, "port": str(about["port"])})
    elif system.is_locked(data / supervisor.LOCK_FILE):
        yield Finding("look", "cli.doctor.stuck")
    else:
        yield Finding("look", "cli.doctor.not_running")


def _ports(about: dict[str, Any] | None) -> Iterator[Finding]:
    own = None if about is None else int(about["port"])
    taken = [port for port in system.PORTS if port != own and system.is_taken(port)]
    if own is not None and own not in system.PORTS:
        yield Finding("note", "cli.doctor.own_port", {"port": str(own)})
    if not taken:
        yield Finding("good", "cli.doctor.ports_free")
    elif own is None and len(taken) == len(system.PORTS):
        yield Finding("look", "cli.doctor.ports_taken")
    else:
        listed = ", ".join(map(str, taken))
        yield Finding("note", "cli.doctor.port_taken", {"ports": listed})


# ── What was saved ───────────────────────────────────────────────────────────────────────────


def _vault(data: Path, about: dict[str, Any] | None) -> Iterator[Finding]:
    if not vault_keys.exists(data):
        yield Finding("note", "cli.doctor.no_vault")
        return
    try:
        protected = vault_keys.is_protected(data)
    except Damaged:
        yield Finding("look", "cli.doctor.vault_damaged")
        return
    if not protected:
        yield Finding("note", "cli.doctor.vault_open")
    elif about is not None and not about["locked"]:
        yield Finding("good", "cli.doctor.vault_unlocked")
    else:
        yield Finding("good", "cli.doctor.vault_locked")


def _browsers_connected(data: Path) -> Iterator[Finding]:
    try:
        kept = (data / BROWSERS_FILE).read_bytes()
        count = len(msgspec.json.decode(kept, type=tuple[Browser, ...]))
    except FileNotFoundError:
        count = 0
    except (OSError, msgspec.DecodeError):
        yield Finding("look", "cli.doctor.browsers_damaged")
        return
    yield Finding("good" if count else "note", "cli.doctor.connected", {"count": count})


def _waiting(data: Path) -> Iterator[Finding]:
    waiting = sum(1 for _ in (data / "inbox").glob(f"[!.]*{SUFFIX}"))
    aside = sum(1 for _ in (data / "quarantine").glob(f"[!.]*{SUFFIX}"))
    yield Finding("good", "cli.doctor.waiting", {"count": waiting})
    yield Finding("note" if aside else "good", "cli.doctor.aside", {"count": aside})


def _room(data: Path) -> Iterator[Finding]:
    there = next(folder for folder in (data, *data.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(there).free
    values = {"free": f"{free / GIGABYTE:.1f}"}
    if free < system.ROOM_TO_KEEP:
        yield Finding("look", "cli.doctor.no_room", values)
    else:
        yield Finding("good", "cli.doctor.room", values)


# ── The eye ──────────────────────────────────────────────────────────────────────────────────


def _extension() -> Iterator[Finding]:
    if all((resources.extension_folder(one) / "manifest.json").is_file() for one in BROWSERS):
        yield Finding("good", "cli.doctor.extension")
    else:
        yield Finding("look", "cli.doctor.no_extension")


def _browsers_found() -> Iterator[Finding]:
    chromium, firefox = _finds(find_chromium), _finds(find_firefox)
    if chromium and firefox:
        yield Finding("good", "cli.doctor.both_browsers")
    elif chromium:
        yield Finding("good", "cli.doctor.chromium_only")
    elif firefox:
        yield Finding("good", "cli.doctor.firefox_only")
    else:
        yield Finding("look", "cli.doctor.no_browser")


def _finds(find: Callable[[], Path]) -> bool:
    try:
        find()
    except Unavailable:
        return False
    return True
