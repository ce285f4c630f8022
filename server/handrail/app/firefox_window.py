"""The window that `handrail run` opens in Firefox, where there is no Chromium.

Its profile lies in the data folder, and the extension is installed in it. Only a Firefox that can
be told to ask for no signature takes it: the one with extended support (ESR) and those for
developers. The Firefox that most people have does not: there the extension needs a signature.
"""

from __future__ import annotations

import json
import uuid
import zipfile
from pathlib import Path

from .. import resources, system
from ..core.errors import Unavailable
from .browsers import CONNECT_PAGE, connect_address
from .firefox import Setting, extension_id, preferences

TAKES_UNSIGNED = ("firefox-esr", "firefox-developer-edition", "firefox-nightly")
HOST_FILE = "handrail-host"


def find_firefox_for_a_window() -> Path:
    """Return a Firefox that takes the extension as it is. Raises `Unavailable`."""
    if found := system.first_program(TAKES_UNSIGNED):
        return found
    raise Unavailable("no-chromium", "there is no browser here that Handrail can open a window in")


def open_firefox_window(data: Path, port: int, code: str) -> None:
    """Open the window, paired by the code. Raises `Unavailable` when there is no such Firefox."""
    program = find_firefox_for_a_window()
    profile = system.make_private_folder(data / "firefox")
    host = prepare_profile(resources.extension_folder("firefox"), profile)
    page = f"moz-extension://{host}/{CONNECT_PAGE}"
    system.start_apart([str(program), "--profile", str(profile), connect_address(page, port, code)])


def prepare_profile(extension: Path, profile: Path) -> str:
    """Put the extension as it is now into a profile, and return the host of its addresses.

    A new profile gets its settings too. Once it exists, they are the person's own choice.
    """
    name = extension_id(extension)
    place = profile / "extensions" / f"{name}.xpi"
    system.make_private_folder(place.parent)
    pack(extension, place)
    known = profile / HOST_FILE
    if not known.exists():
        host = str(uuid.uuid4())
        _write_settings(profile, name, host)
        system.write_durably(known, host.encode())
    return known.read_text("ascii")


def pack(extension: Path, place: Path) -> None:
    """Make the one file that Firefox installs, in place of an older one."""
    beside = place.with_suffix(".new")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(extension.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(extension))
    beside.replace(place)


def _write_settings(profile: Path, name: str, host: str) -> None:
    settings: dict[str, Setting] = {
        "browser.aboutwelcome.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "browser.startup.homepage_override.mstone": "ignore",
        "datareporting.healthreport.uploadEnabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.autoDisableScopes": 0,
        "extensions.webextensions.uuids": json.dumps({name: host}),
        "signon.rememberSignons": False,  # no offer to remember passphrases
        "toolkit.telemetry.enabled": False,
        "xpinstall.signatures.required": False,
    }
    system.write_durably(profile / "prefs.js", preferences(settings).encode())
