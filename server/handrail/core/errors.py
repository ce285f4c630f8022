"""Everything that can go wrong, as one tree.

    HandrailError            code (crosses the wire) and one sentence
    ├── Refused              the caller sent something that is not accepted; nothing was stored
    ├── NotFound             no such case, capture, exhibit or package
    ├── Damaged              bytes that should verify do not
    ├── VaultBusy            another Handrail holds the vault
    ├── DiskFull             there is no room; nothing was lost
    └── Unavailable          something this machine lacks (a browser, openssl)

A code is stable. The sentence for a person stands in the catalogue under ``error.<code>``; the
message carried here is for logs and programs, and never holds an address, a name or a text from
a page.
"""

from __future__ import annotations


class HandrailError(Exception):
    """The base of all errors that Handrail raises on purpose."""

    status = 500

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        if status is not None:
            self.status = status


class Refused(HandrailError):
    """What was sent is not accepted. Nothing was stored."""

    status = 400


class NotFound(HandrailError):
    """There is no such thing in this vault."""

    status = 404


class Damaged(HandrailError):
    """Bytes that should verify do not. They are kept as they are."""

    status = 422


class VaultBusy(HandrailError):
    """Another Handrail holds this vault."""

    status = 409


class DiskFull(HandrailError):
    """There is no room for this. What was saved before is safe."""

    status = 507


class Unavailable(HandrailError):
    """This machine lacks something that is needed."""

    status = 503
