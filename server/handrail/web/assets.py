"""Styles, scripts and the mark: the files that pages ask for, by name.

Only what lies in these two folders and has one of three endings can be asked for. The look is not
copied: it is the extension's own, so panel and dashboard cannot drift apart.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from aiohttp import web

from .. import resources
from ..core.errors import NotFound

STATIC: Final = Path(__file__).parent / "static"

# Said here and not guessed: what a system believes of `.js` differs between machines.
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def look_folder() -> Path:
    """Return the folder of `tokens.css` and `components.css`: the extension's, or its build's."""
    beside = resources.shared_folder().parent / "extension" / "look"
    return beside if beside.is_dir() else resources.extension_folder("chromium") / "look"


def find(name: str) -> Path:
    """Return the file with this name. Raises `NotFound`."""
    for folder in (STATIC, look_folder()):
        known = {path.name: path for path in folder.iterdir() if path.suffix in TYPES}
        if name in known:
            return known[name]
    raise NotFound("no-such-page", "there is no such file")


async def static(request: web.Request) -> web.Response:
    """Send one file. They are small and few, so they are read whole."""
    path = find(request.match_info["name"])
    body = await asyncio.to_thread(path.read_bytes)
    return web.Response(body=body, headers={"Content-Type": TYPES[path.suffix]})
