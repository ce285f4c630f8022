"""How often a wrong passphrase was tried, in a file, so that a restart does not forget it.

After five wrong ones each further try has to wait: 1, 2, 4 … 60 seconds. Nothing is ever wiped: a
frightened person mistypes, and a stranger must not be able to destroy anything by guessing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from .. import system
from ..core.errors import Refused

ATTEMPTS_FILE = "attempts.json"
FREE = 5
LONGEST_SECONDS = 60


class _Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    failures: int = 0
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempts:
    """The wrong tries of one vault. `now` tells the time."""

    data: Path
    now: Callable[[], datetime]

    def check(self) -> None:
        """Raise `Refused` when the next try has to wait."""
        counted = self._read()
        if counted.failures < FREE:
            return
        wait = min(LONGEST_SECONDS, 2 ** (counted.failures - FREE))
        since = self.now().timestamp() - counted.last
        if 0 <= since < wait:
            raise Refused("unlock-wait", "too many wrong tries; wait a moment", status=429)

    def failed(self) -> None:
        """Count a wrong try."""
        counted = _Counted(self._read().failures + 1, self.now().timestamp())
        system.write_durably(self.data / ATTEMPTS_FILE, msgspec.json.encode(counted))

    def succeeded(self) -> None:
        """Forget the wrong tries."""
        (self.data / ATTEMPTS_FILE).unlink(missing_ok=True)

    def _read(self) -> _Counted:
        try:
            return msgspec.json.decode((self.data / ATTEMPTS_FILE).read_bytes(), type=_Counted)
        except (FileNotFoundError, msgspec.DecodeError):
            return _Counted()
