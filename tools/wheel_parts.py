"""Add the parts of Handrail that are not Python to its wheel.

An installed Handrail must find the same text, schemas and extension builds that a checkout has
(`handrail.resources` looks for them). An editable install is left alone: it reads the checkout.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Where each part lies in the checkout, and where the wheel carries it.
PARTS = {
    "shared": "handrail/shared",
    "build/chromium": "handrail/extension/chromium",
    "build/firefox": "handrail/extension/firefox",
}


class WheelParts(BuildHookInterface):  # type: ignore[type-arg]  # the builder's config is its own
    """Carry shared data and the browser builds inside the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to carry, and refuse to make a wheel that would lack one."""
        if version == "editable":
            return
        root = Path(self.root)
        missing = [part for part in PARTS if not (root / part).is_dir()]
        if missing:
            message = f"a wheel needs {', '.join(missing)}: run `make extension` first"
            raise FileNotFoundError(message)
        for part, inside in PARTS.items():
            build_data["force_include"][str(root / part)] = inside
