"""Templates: the one place where values become HTML.

Everything is escaped, a name that is not there is an error, and no template is ever made from text.
Sentences come from the catalogue by their key; text from pages stands inside `<bdi>`, so that it
cannot turn the words around it. Nothing but the constants in this file is ever marked as safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import web
from markupsafe import Markup, escape
from multidict import MultiDictProxy

from ..core.text import Catalogue
from . import helplines, keys
from .sessions import COOKIE

TEMPLATES: Final = Path(__file__).parent / "templates"

_ISOLATED: Final = Markup("<bdi>{}</bdi>")
FormValues = MultiDictProxy[str | bytes | bytearray | web.FileField]

ROOMS: Final = (
    ("saved", "/", "saved"),
    ("todo", "/what-to-do", "todo"),
    ("hand", "/hand-over", "handover"),
    ("safety", "/safety", "safety"),
)
"""The four rooms, always in this order: name, address, icon."""

# A letter of the private use area marks where a value goes. Text that came through
# `core.display` has none of them left, and the catalogue has none.
_MARK: Final = "\ue000"


def set_up(app: web.Application, catalogue: Catalogue) -> jinja2.Environment:
    """Give an application its templates."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_words(environment, catalogue)
    return environment


def add_words(environment: jinja2.Environment, catalogue: Catalogue) -> None:
    """Give templates `t`, a sentence; `phrase`, one that holds text from a page; and the frame."""
    environment.globals["t"] = catalogue.t
    environment.globals["phrase"] = _phrase_of(catalogue.t)
    environment.globals["rooms"] = ROOMS
    environment.globals["leave"] = helplines.leave_address()


def page(
    request: web.Request, template: str, values: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """Return a page made from a template."""
    cookie = request.cookies.get(COOKIE, "")
    country = helplines.country_of_request(request)
    context = {
        "csrf": request.app[keys.SESSIONS].csrf(cookie),
        "first_ways": helplines.first_ways(country, request.app[keys.CATALOGUE]),
        "all_ways": helplines.all_ways(country, request.app[keys.CATALOGUE]),
        **values,
    }
    return aiohttp_jinja2.render_template(template, request, context, status=status)


def go_to(path: str) -> web.Response:
    """Return the answer to a form: look at this page next (RFC 9110, 303 See Other)."""
    return web.Response(status=303, headers={"Location": path})


async def form_of(request: web.Request) -> FormValues:
    """Return a form of this session. Raises `Refused` when its token is not of this session."""
    form = await request.post()
    request.app[keys.SESSIONS].check_csrf(request.cookies.get(COOKIE), form.get("csrf"))
    return form


def _phrase_of(sentence: Callable[..., str]) -> Callable[..., Markup]:
    """Make the function that puts values from elsewhere into a sentence, each kept to itself."""

    def phrase(key: str, **untrusted_values: str) -> Markup:
        names = list(untrusted_values)
        marked = {name: f"{_MARK}{place}{_MARK}" for place, name in enumerate(names)}
        pieces = sentence(key, **marked).split(_MARK)
        # Pieces alternate: words, the number of a value, words …
        return Markup("").join(
            _ISOLATED.format(untrusted_values[names[int(piece)]]) if place % 2 else escape(piece)
            for place, piece in enumerate(pieces)
        )

    return phrase
