"""What holds for every test: a browser on a busy machine gets time to show what it will show."""

from __future__ import annotations

from playwright.async_api import expect

expect.set_options(timeout=15_000)
