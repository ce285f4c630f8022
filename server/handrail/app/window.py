"""The window that `handrail run` opens: a browser of its own, with the extension, paired already.

It is a Chromium, or a Firefox where there is none (`firefox_window.py`). Its profile lies in the
data folder, beside the vault. The start address carries a one-time code
that is good for a minute; the extension's page takes it out of the address at once.
"""

from __future__ import annotations

import json
from pathlib import Path

from .. import resources, system
from ..core.errors import Unavailable
from .browsers import CONNECT_PAGE, connect_address
from .driver import arguments_for, extension_id, find_chromium
from .firefox_window import open_firefox_window


def start_address(extension: Path, port: int, code: str, to: str = "/") -> str:
    """Return the address of the extension's page that pairs by the code and then goes to `to`."""
    page = f"chrome-extension://{extension_id(extension)}/{CONNECT_PAGE}"
    return connect_address(page, port, code, to)


def open_window(data: Path, port: int, code: str) -> None:
    """Open the window. Raises `Unavailable` when there is no browser for it here."""
    try:
        program = find_chromium()
    except Unavailable:
        open_firefox_window(data, port, code)
        return
    extension = resources.extension_folder("chromium")
    profile = system.make_private_folder(data / "browser")
    _prepare_profile(profile, extension_id(extension))
    system.start_apart(
        [
            str(program),
            f"--user-data-dir={profile}",
            *arguments_for(extension),
            start_address(extension, port, code),
        ]
    )


def _prepare_profile(profile: Path, extension: str) -> None:
    """Make a new profile kind: the button in sight, and no offer to remember passphrases.

    Chromium hides the buttons of new extensions behind a puzzle piece, where nobody in a hurry
    looks. Once the profile exists, its settings are the person's own choice.
    """
    preferences = profile / "Default" / "Preferences"
    if not preferences.exists():
        system.make_private_folder(preferences.parent)
        wanted = {
            "credentials_enable_service": False,
            "extensions": {"pinned_extensions": [extension]},
            "profile": {"password_manager_enabled": False},
        }
        system.write_durably(preferences, json.dumps(wanted).encode())
