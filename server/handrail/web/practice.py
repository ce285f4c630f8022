"""The practice pages: an invented messenger, to try everything on without fear.

Nobody and nothing on them is real. They have a look of their own, so that nobody takes them for
Handrail, and a policy of their own, because they carry pictures: plain coloured shapes, drawn here,
that let a person see for themselves that pictures are hidden before anything is saved.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal

import msgspec
from aiohttp import web
from babel.dates import format_date

from .. import resources
from ..core.text import Catalogue
from . import keys
from .rendering import page
from .views import day_of

POLICY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

# Shapes on a 4 by 3 ground: (colour of the ground, what is drawn on it).
SHAPES: Final = {
    "pitch": ("#3f8f4f", '<path d="M0 150h400" stroke="#fff" stroke-width="8"/>'),
    "circle": ("#f7e6d4", '<circle cx="200" cy="150" r="95" fill="#e07b2a"/>'),
    "square": ("#dce7f5", '<rect x="110" y="60" width="180" height="180" fill="#2f66b5"/>'),
    "list": (
        "#eceef1",
        '<path d="M60 70h240M60 130h280M60 190h220M60 250h260" stroke="#8b929c" '
        'stroke-width="22"/>',
    ),
    "draft": (
        "#eceef1",
        '<path d="M60 80h280M60 140h240" stroke="#8b929c" stroke-width="22"/>'
        '<circle cx="310" cy="230" r="30" fill="#b3382c"/>',
    ),
    "harbour": ("#2f6f9e", '<path d="M0 190h400v110H0z" fill="#d9c08f"/>'),
    "hill": ("#cfe6f2", '<path d="M0 300 200 90l200 210z" fill="#4d8a52"/>'),
    "lamp": ("#1d2b45", '<circle cx="200" cy="140" r="70" fill="#f0c84b"/>'),
    "kite": ("#bfe0f0", '<path d="M200 40l90 110-90 110-90-110z" fill="#c0392b"/>'),
    "field": ("#6aa55a", '<path d="M0 190h400v110H0z" fill="#8fc07a"/>'),
    "stairs": ("#e6e3dd", '<path d="M0 300h400V60H300v60H200v60H100v60H0z" fill="#7c7a75"/>'),
    "them": ("#5b4b8a", '<circle cx="200" cy="150" r="80" fill="#f2c14e"/>'),
    "you": ("#2d6a6a", '<rect x="120" y="70" width="160" height="160" fill="#dff2ef"/>'),
    "other": ("#8a5a44", '<path d="M200 60l90 170H110z" fill="#f4e3d7"/>'),
}


class Message(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """One message as the data holds it. `say` is a key of the catalogue."""

    sender: Literal["them", "you"]
    at: str
    say: str
    picture: str = ""


class Day(msgspec.Struct, frozen=True):
    """The messages of one day."""

    date: date
    messages: tuple[Message, ...]


class Account(msgspec.Struct, frozen=True):
    """The invented account."""

    handle: str
    name: str
    number: str
    joined: str


class Conversation(msgspec.Struct, frozen=True):
    """The whole invented conversation, and the profile that goes with it."""

    account: Account
    own: str
    days: tuple[Day, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageShown:
    """One message ready to be shown. `when` is its full time for machines."""

    sender: str
    at: str
    when: str
    text: str
    picture: str
    picture_name: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """One day ready to be shown."""

    name: str
    messages: tuple[MessageShown, ...]


@cache
def load() -> Conversation:
    """Return the invented conversation."""
    path = resources.shared_folder() / "practice" / "chat.json"
    return msgspec.json.decode(path.read_bytes(), type=Conversation)


def drawn(shape: str) -> str:
    """Return a shape as the address of a picture that is loaded from nowhere."""
    ground, drawing = SHAPES[shape]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300">'
        f'<path d="M0 0h400v300H0z" fill="{ground}"/>{drawing}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


async def chat(request: web.Request) -> web.Response:
    """Show the invented conversation."""
    conversation, catalogue = load(), request.app[keys.CATALOGUE]
    values = _common(conversation) | {
        "days": tuple(_day(day, catalogue) for day in conversation.days)
    }
    return _page(request, "practice_chat.html", values)


async def profile(request: web.Request) -> web.Response:
    """Show the invented account."""
    conversation, catalogue = load(), request.app[keys.CATALOGUE]
    year, month = (int(part) for part in conversation.account.joined.split("-"))
    joined = format_date(date(year, month, 1), "MMMM y", catalogue.t("pages.pattern.locale"))
    posts = tuple(
        (drawn(name), catalogue.t(f"practice.picture.{name}")) for name in conversation.pictures
    )
    return _page(
        request, "practice_profile.html", _common(conversation) | {"joined": joined, "posts": posts}
    )


def _common(conversation: Conversation) -> dict[str, object]:
    return {
        "account": conversation.account,
        "own": conversation.own,
        "faces": {name: drawn(name) for name in ("them", "you", "other")},
    }


def _page(request: web.Request, template: str, values: dict[str, object]) -> web.Response:
    response = page(request, template, values)
    response.headers.update(POLICY)
    return response


def _day(day: Day, catalogue: Catalogue) -> DayShown:
    return DayShown(
        name=day_of(day.date, catalogue),
        messages=tuple(
            MessageShown(
                sender=message.sender,
                at=message.at,
                when=f"{day.date.isoformat()}T{message.at}",
                text=catalogue.t(message.say),
                picture=drawn(message.picture) if message.picture else "",
                picture_name=catalogue.t(f"practice.picture.{message.picture}")
                if message.picture
                else "",
            )
            for message in day.messages
        ),
    )
