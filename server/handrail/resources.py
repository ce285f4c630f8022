"""Where the parts that are not Python lie: shared data and the extension builds.

In a checkout they lie beside `server/`; a wheel carries them inside the package
(`tools/wheel_parts.py` puts them there). Nothing else needs to know which of the two it is in.
"""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent
_INSIDE_A_WHEEL = (_PACKAGE / "shared").is_dir()
_CHECKOUT = _PACKAGE.parent.parent


def shared_folder() -> Path:
    """Return the folder of text, schemas, helplines and examples."""
    return _PACKAGE / "shared" if _INSIDE_A_WHEEL else _CHECKOUT / "shared"


def extension_folder(browser: Literal["chromium", "firefox"]) -> Path:
    """Return the folder of one browser's extension build, whether or not it has been made yet."""
    return (_PACKAGE / "extension" if _INSIDE_A_WHEEL else _CHECKOUT / "build") / browser
