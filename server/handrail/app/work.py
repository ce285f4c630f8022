"""The work behind `list` and `export`: the same, whether the service or a command does it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..core.advice import steps_for_terminal
from ..core.checkpoint import is_signed_by
from ..core.envelope import file_name
from ..core.errors import NotFound
from ..core.summaries import CaptureSummary
from ..core.text import Catalogue
from ..proof.verify import lines_of, verify_package
from ..vault.vault import Vault
from ..web import advising
from ..web.exports import Job, write_export
from ..web.parts import picture_places


async def list_captures(vault: Vault, case: str | None = None) -> dict[str, Any]:
    """Return what was saved, newest first, and what waits or was put aside."""
    captures = await asyncio.to_thread(vault.captures, case)
    return {
        "case": case or vault.case,
        "captures": [msgspec.to_builtins(capture) for capture in captures],
        "waiting": await asyncio.to_thread(vault.inbox.count_waiting),
        "quarantined": await asyncio.to_thread(vault.quarantined),
    }


async def export(
    vault: Vault,
    catalogue: Catalogue,
    out: Path,
    case: str | None = None,
    only: Sequence[str] = (),
) -> dict[str, Any]:
    """Choose what goes in, write the package to `out`, and record that it was made.

    `only` names captures by their ids or by the beginning of one; without it everything that is
    whole goes in. Raises `NotFound` for a name that is no capture's or more than one's.
    """
    captures = _named(await asyncio.to_thread(vault.captures, case), only) if only else None
    chosen = await asyncio.to_thread(vault.choose_export, captures, case)
    job = Job(chosen)
    made = await asyncio.to_thread(write_export, vault, catalogue, chosen, out, None, job.say)
    return {
        "export": chosen,
        "package": str(out),
        "sha256": made.sha256,
        "length": made.length,
        "captures": len(vault.export(chosen).captures),
        "unpaged": job.unpaged,
        "unread": [_picture(vault, capture, tile) for capture, tile in job.unread],
    }


def _picture(vault: Vault, capture: str, number: int) -> dict[str, Any]:
    """Return how a picture is called: its place in the list of its capture, and its file."""
    places = picture_places(vault.capture(capture).exhibits)
    return {"capture": capture, "tile": places[number], "file": file_name("tile", number)}


def _named(captures: Sequence[CaptureSummary], only: Sequence[str]) -> list[str]:
    """Return the captures that these names mean."""
    named = []
    for name in only:
        found = [one.capture for one in captures if name and one.capture.startswith(name)]
        if len(found) != 1:
            raise NotFound("no-such-capture", "there is no such capture")
        named.append(found[0])
    return named


def first_steps(catalogue: Catalogue, captures: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the first three steps of advice for what was saved, as lines, with no question asked.

    The country is guessed from the zone of the computer that saved.
    """
    zone = captures[0]["zone"] if captures else ""
    return steps_for_terminal(
        advising.load(), catalogue, [capture["url"] for capture in captures], zone
    )


def verify(package: Path, key: str | None = None) -> tuple[dict[str, Any], str]:
    """Check a package by the plan that travels inside it; return the report and its text.

    Signatures are checked by `cryptography` here, so that no `openssl` is needed.
    """
    report = verify_package(str(package), given_key=key, check_ed25519=is_signed_by)
    return report, "\n".join(lines_of(report))
