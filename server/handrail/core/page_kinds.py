"""What kind of page an address belongs to: a profile, a chat, or neither.

`shared/advice/pages.json` has the shapes; `extension/core/page-kinds.js` reads them the same way.
An address is text from a page: it is compared, never opened, and a wrong guess costs a tick.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from .records import Record

PageKind = Literal["chat", "profile", "other"]

_ADDRESS = re.compile(r"https?://([a-z0-9.-]{1,253})(?::[0-9]{1,5})?(/[^?#]*)?(?:[?#].*)?", re.S)


class Site(Record, frozen=True, kw_only=True, rename={"not_first": "not"}):
    """The shapes of one site's addresses. `not_first`: first parts that are no profile."""

    hosts: tuple[str, ...]
    chat: tuple[str, ...]
    not_first: tuple[str, ...]
    profile: tuple[str, ...]


def kind_of_page(sites: Iterable[Site], untrusted_address: str) -> PageKind:
    """Return the kind of page that an address, as a browser writes it, belongs to."""
    found = _ADDRESS.fullmatch(untrusted_address)
    if found is None:
        return "other"
    host, parts = found[1], _parts(found[2] or "/")
    for site in sites:
        if not any(host == name or (name[0] == "." and host.endswith(name)) for name in site.hosts):
            continue
        if any(_fits(_parts(pattern), parts) for pattern in site.chat):
            return "chat"
        named = bool(parts) and parts[0] not in site.not_first
        if named and any(_fits(_parts(pattern), parts) for pattern in site.profile):
            return "profile"
    return "other"


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _fits(pattern: list[str], parts: list[str]) -> bool:
    open_end = pattern[-1:] == ["**"]
    wanted = pattern[:-1] if open_end else pattern
    if len(parts) < len(wanted) or (len(parts) > len(wanted) and not open_end):
        return False
    return all(
        part.startswith(want[:-1]) if want.endswith("*") else part == want
        for want, part in zip(wanted, parts, strict=False)
    )
