"""Three kinds of virtualised chat, made with the libraries that chats on the web are made with."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ESBUILD = Path(__file__).parents[3] / "node_modules/.bin/esbuild"

LISTS = ("windowed", "measured", "reversed")
"""The names of the lists; each is a page of its own."""

_WORDS = re.findall(
    r"[a-z]+", "the boat leaves at noon and we walk along the river to see the lights on the water"
)


def texts(count: int) -> list[str]:
    """Return the words of all messages, oldest first; `messages.jsx` writes the same."""
    return [_text(number) for number in range(count)]


def _text(number: int) -> str:
    if number % 17 == 16:
        return "ok"
    words = (_WORDS[(number + at) % len(_WORDS)] for at in range(1 + (number * 7) % 31))
    return " ".join((f"Number {number}:", *words))


def clock(number: int) -> str:
    """Return the label of the clock in a message."""
    return f"10:0{number // 4 % 6}"


def page_of(name: str) -> str:
    """Return one list as a whole page, its script inside."""
    built = subprocess.run(
        [
            ESBUILD, HERE / f"{name}.jsx", "--bundle", "--minify", "--log-level=warning",
            "--define:process.env.NODE_ENV='production'", "--charset=utf8",
        ],
        check=True, capture_output=True, text=True,
    ).stdout.replace("</script", r"<\/script")  # fmt: skip
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Chat</title>"
        f"<body><div id=root></div><script>{built}</script></body></html>"
    )
