"""The two names under which the service answers, and nothing else (DESIGN D7).

The API is `127.0.0.1:PORT`; pages are `<16 hex>.localhost:PORT`. Cookies are not kept apart by
port, only by name, so the pages have a name of their own that is random per vault.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from .. import system

NAME_FILE = "pages-name"
_NAME = re.compile(r"[0-9a-f]{16}\.localhost")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The exact Host headers of the API and of the pages."""

    api: str
    pages: str

    @property
    def pages_origin(self) -> str:
        """The origin of the pages, as a browser writes it."""
        return f"http://{self.pages}"

    @property
    def port(self) -> int:
        """The port of both hosts."""
        return int(self.api.rpartition(":")[2])


def hosts_for(data: Path, port: int) -> Hosts:
    """Return the hosts of a vault on a port; the name of the pages is made once and kept."""
    path = data / NAME_FILE
    name = path.read_text("ascii").strip() if path.exists() else ""
    if not _NAME.fullmatch(name):
        name = f"{secrets.token_hex(8)}.localhost"
        system.write_durably(path, f"{name}\n".encode("ascii"))
    return Hosts(api=f"127.0.0.1:{port}", pages=f"{name}:{port}")
