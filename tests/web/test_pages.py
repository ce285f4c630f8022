"""The dashboard shows what is kept, and nothing that a page said can act on it."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from handrail.core import display
from handrail.web.application import load_catalogue
from handrail.web.rendering import TEMPLATES
from tests.builders import hand_in
from tests.screens import scenes
from tests.web.conftest import Service
from tests.web.hostile import ADDRESSES, PAYLOADS
from tests.web.reading import Read

STATIC = TEMPLATES.parent / "static"
PAGES = ("/", "/what-to-do", "/hand-over", "/safety", "/connect", "/enter", "/no-such-page")

TAB_TITLES = {
    "Saved", "Saved item", "Text", "What to do", "Hand over", "File", "Safety", "Connect",
    "Handrail", "Messages", "Profile",
}  # fmt: skip
"""Every title a tab may have: none tells what this is about."""


async def read(service: Service, path: str) -> Read:
    response = await service.get(path)
    return Read(await response.text())


@pytest.fixture
async def inside(service: Service) -> Service:
    await service.sign_in()
    return service


async def save(service: Service, **facts: object) -> str:
    """Put a view into the vault with any facts changed; `parts` leaves some on the way."""
    parts = facts.pop("parts", 3)
    assert isinstance(parts, int)
    capture, envelopes = scenes.a_view(service.vault.recipient, **facts)
    for envelope in [envelopes[2], *envelopes[:2]][:parts]:
        hand_in(service.vault, envelope)
    while service.vault.drain().added:
        pass
    return capture


# ── The frame ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PAGES)
async def test_leave_quickly_is_a_plain_link_on_every_page(inside: Service, path: str) -> None:
    page = await read(inside, path)
    (leave,) = [link for link in page.all("a") if "data-leave" in link]
    assert leave["href"].startswith("https://")
    assert "noreferrer" in leave["rel"]
    assert page.elements.index(("a", leave)) < page.elements.index(("main", page.all("main")[0]))


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/enter"])
async def test_the_four_rooms_are_always_in_the_same_place(inside: Service, path: str) -> None:
    page = await read(inside, path)
    rooms = [link["href"] for link in page.all("a")][2:6]  # after the skip link and Leave quickly
    assert rooms == ["/", "/what-to-do", "/hand-over", "/safety"]


@pytest.mark.parametrize("path", PAGES)
async def test_someone_to_talk_to_is_on_every_page(inside: Service, path: str) -> None:
    page = await read(inside, path)
    assert "thinking about ending your life" in page.text or path == "/what-to-do"
    assert [address for address in page.addresses if address.startswith(("tel:", "https://find"))]


async def test_a_tab_never_tells_the_story(inside: Service) -> None:
    capture = await save(inside, source=scenes.source("https://a.example/", "Pay or I send it"))
    paths = [*PAGES, f"/captures/{capture}", f"/captures/{capture}/text"]
    for path in [*paths, "/practice/chat", "/practice/profile"]:
        assert set((await read(inside, path)).titles) <= TAB_TITLES, path


async def test_a_closed_page_names_nothing_and_still_helps(service: Service) -> None:
    await save(service, source=scenes.source("https://a.example/", "sky.m_204"))
    for path in ("/", "/safety", "/captures/" + "0" * 32):
        response = await service.get(path)
        page = Read(await response.text())
        assert response.status == 401
        assert "sky.m_204" not in page.text
        assert not page.all("nav")
        assert "thinking about ending your life" in page.text
        assert not [link for link in page.all("a") if link["href"].startswith("/what")]


async def test_an_error_says_what_happened_that_it_is_safe_and_what_is_next(
    inside: Service,
) -> None:
    response = await inside.get("/captures/" + "0" * 32)
    page = Read(await response.text())
    assert response.status == 404
    assert "There is no such capture here." in page.text
    assert "What you saved is safe." in page.text
    assert "/" in page.addresses


# ── Saved ────────────────────────────────────────────────────────────────────────────────────


async def test_an_empty_vault_says_how_to_begin(inside: Service) -> None:
    page = await read(inside, "/")
    assert "Nothing saved yet" in page.text
    assert "In this window" in page.text
    assert "In your own browser" in page.text
    assert "/practice/chat" in page.addresses


async def test_captures_stand_under_their_own_day_in_their_own_zone(inside: Service) -> None:
    times = scenes.times("2026-03-09", "23:30") | {"zone": "Asia/Kolkata", "offset_minutes": 330}
    capture = await save(inside, times=times)
    page = await read(inside, "/")
    assert "Tuesday 10 March 2026" in page.text
    assert "05:00" in page.text
    page = await read(inside, f"/captures/{capture}")
    assert "Tuesday 10 March 2026, 05:00:05" in page.text
    assert "Time zone Asia/Kolkata, UTC +05:30." in page.text
    assert "Monday 9 March 2026, 23:30:05" in page.text


async def test_a_capture_on_its_way_says_what_is_missing(inside: Service) -> None:
    capture = await save(inside, parts=2)
    assert "1 part has not arrived yet" in (await read(inside, "/")).text
    page = await read(inside, f"/captures/{capture}")
    assert "1 part has not arrived yet" in page.text
    assert "It is safe in your browser and comes by itself." in page.text


async def test_a_capture_whose_facts_are_missing_can_still_be_looked_at(inside: Service) -> None:
    capture, envelopes = scenes.a_view(inside.vault.recipient)
    hand_in(inside.vault, envelopes[1])
    inside.vault.drain()
    assert "View of a page" in (await read(inside, "/")).text
    page = await read(inside, f"/captures/{capture}")
    assert "Pay me 200 pounds" in (await read(inside, f"/captures/{capture}/text")).text
    assert "Address, title and the exact time come with the part" in page.text
    assert "hidden" not in (await read(inside, "/")).text + page.text


async def test_a_capture_says_how_complete_it_is(inside: Service) -> None:
    middle = await save(inside, window=scenes.window(900, 3000), completeness=scenes.NOT_ALL_READ)
    whole = await save(inside, window=scenes.window(0, 800), completeness=scenes.WHOLE)
    page = await read(inside, f"/captures/{middle}")
    assert "The page goes on above and below it." in page.text
    assert "1 page inside this page could not be read as text." in page.text
    assert "It changed while it was being saved" in page.text
    page = await read(inside, f"/captures/{whole}")
    assert "It is the whole page from top to end." in page.text
    assert "Still missing" not in page.text


async def test_a_capture_shows_its_place_in_the_custody_log(inside: Service) -> None:
    capture = await save(inside)
    assert "2 to 4 of 4" in (await read(inside, f"/captures/{capture}")).text


# ── No picture until asked for ───────────────────────────────────────────────────────────────


async def test_no_picture_is_in_a_page_until_it_was_asked_for(inside: Service) -> None:
    capture = await save(inside)
    for path in ("/", f"/captures/{capture}", f"/captures/{capture}/text", "/hand-over"):
        assert not (await read(inside, path)).all("img")
    asked = await read(inside, f"/captures/{capture}?show=picture")
    assert [image["src"] for image in asked.all("img")] == [f"/captures/{capture}/picture"]


async def test_the_picture_is_drawn_anew_and_sealed_off(inside: Service) -> None:
    taken = await inside.save()
    response = await inside.get(f"/captures/{taken.capture}/picture")
    body = await response.read()
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert body != taken.exhibits["view"]
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "no-store"


async def test_a_saved_copy_is_every_byte_and_opens_as_nothing(inside: Service) -> None:
    taken = await inside.save(title="\u202e evil.html")
    for number, kind in ((1, "view"), (2, "page"), (3, "facts")):
        response = await inside.get(f"/captures/{taken.capture}/exhibits/{number}")
        assert await response.read() == taken.exhibits[kind]  # type: ignore[index]
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        name = response.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[0-9a-f]{8}-000\d-[a-z.]+"', name)


@pytest.mark.parametrize("number", ["0", "4", "x", "-1", "%31x"])
async def test_a_part_that_is_not_there_is_not_found(inside: Service, number: str) -> None:
    capture = await save(inside)
    assert (await inside.get(f"/captures/{capture}/exhibits/{number}")).status == 404


# ── What a page said stays text ──────────────────────────────────────────────────────────────


def pages_of(capture: str) -> tuple[str, ...]:
    here = f"/captures/{capture}"
    return (
        "/",
        here,
        f"{here}?show=picture",
        f"{here}/text",
        f"{here}/text?as=saved",
        "/hand-over",
    )


async def test_a_hostile_title_is_shown_letter_for_letter_on_every_page(inside: Service) -> None:
    """The elements of a page are the same whatever a title says; only its words differ."""
    plain = await save(inside, source=scenes.source("https://a.example/x", "plain"))
    expected = [(await read(inside, path)).skeleton for path in pages_of(plain)[1:5]]
    for payload in PAYLOADS:
        capture = await save(inside, source=scenes.source("https://a.example/x", payload))
        pages = [await read(inside, path) for path in pages_of(capture)]
        assert [page.skeleton for page in pages[1:5]] == expected, payload
        for page in (pages[0], pages[1], pages[5]):
            assert display.title(payload) in page.text, payload


async def test_a_hostile_address_is_shown_and_never_linked(inside: Service) -> None:
    plain = await save(inside, source=scenes.source("https://a.example/x", "plain"))
    allowed = {a for p in pages_of(plain) for a in (await read(inside, p)).addresses}
    for address in ADDRESSES:
        capture = await save(
            inside,
            source=scenes.source(address, "t") | {"referrer": address, "language": address[:9]},
        )
        for path in pages_of(capture):
            page = await read(inside, path)
            new = {a.replace(capture, plain) for a in page.addresses} - allowed
            assert all(re.fullmatch(r"/captures/[0-9a-f]{32}", link) for link in new), address
        page = await read(inside, f"/captures/{capture}")
        assert display.address(address).text in page.text


async def test_every_other_word_from_the_browser_is_text_too(inside: Service) -> None:
    payload = "<img src=x onerror=alert(1)>"
    made_by = {"extension": payload, "browser": payload, "platform": payload, "languages": []}
    capture = await save(
        inside, made_by=made_by, times=scenes.times("2026-03-09", "10:00") | {"zone": payload}
    )
    page = await read(inside, f"/captures/{capture}")
    assert not page.all("img")
    assert page.text.count(payload) == 4


async def test_the_words_of_a_hostile_page_are_only_words(inside: Service) -> None:
    """Also when the copy is not one that our own serialiser would write."""
    raw = "<p>before</p>" + "".join(f"<p>{payload}</p>" for payload in PAYLOADS)
    escaped = "<p>before</p>" + "".join(f"<p>{html.escape(payload)}</p>" for payload in PAYLOADS)
    plain = await save(inside, copy="<p>before</p>")
    captures = [await save(inside, copy=copy) for copy in (raw, escaped)]
    for capture in captures:
        for query in ("", "?as=saved"):
            hostile = await read(inside, f"/captures/{capture}/text{query}")
            harmless = await read(inside, f"/captures/{plain}/text{query}")
            assert hostile.skeleton == harmless.skeleton
            assert "\u202e" not in hostile.text
    shown = (await read(inside, f"/captures/{captures[1]}/text")).text
    assert "photo[U+202E]gpj.exe" in shown
    assert "<script>alert(1)</script>" in shown


async def test_an_address_that_misleads_is_shown_in_both_spellings(inside: Service) -> None:
    url = "https://xn--80ak6aa92e.com/login"
    capture = await save(inside, source=scenes.source(url, "Sign in"))
    page = await read(inside, f"/captures/{capture}")
    assert url in page.text
    assert "\u0430\u0440\u0440\u04cf\u0435.com" in page.text


# ── What to do ───────────────────────────────────────────────────────────────────────────────


async def test_people_to_talk_to_come_before_every_step(inside: Service) -> None:
    text = (await read(inside, "/what-to-do?country=GB")).text
    assert text.index("Samaritans") < text.index("Do not pay")
    assert "Call 999" in text


async def test_the_chosen_country_stays_chosen(inside: Service) -> None:
    response = await inside.get("/what-to-do?country=US")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-country=US;")
    assert "HttpOnly" in cookie
    sent = f"__Host-session={inside.cookie}; __Host-country=US"
    page = Read(await (await inside.get("/", Cookie=sent)).text())
    assert "tel:911" in page.addresses


async def test_an_unknown_country_still_gives_a_way(inside: Service) -> None:
    page = await read(inside, "/what-to-do?country=%3Cscript%3E")
    assert "Call the emergency number of your country." in page.text
    assert "https://findahelpline.com/" in page.addresses


# ── Files and templates ──────────────────────────────────────────────────────────────────────


async def test_styles_and_scripts_are_served_and_nothing_else(service: Service) -> None:
    for name in ("tokens.css", "components.css", "dashboard.css", "leave.js", "mark.svg"):
        response = await service.get(f"/static/{name}")
        assert response.status == 200, name
        assert response.headers["Content-Type"].partition(";")[0] in (
            "text/css", "text/javascript", "image/svg+xml",
        )  # fmt: skip
    for name in ("..%2Fpages.py", "%2e%2e", "pages.py", "leave.js%00", "base.html", ""):
        assert (await service.get(f"/static/{name}")).status in (401, 404), name


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_hold_nothing_that_could_run_or_be_trusted(template: Path) -> None:
    source = template.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|Markup\(", source)
    assert not re.search(r"[\s\"']on[a-z]+\s*=", source)
    assert not re.search(r"\sstyle\s*=|<style|javascript:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=\"/static/[a-z]+\.js\")", source)
    assert not re.search(r"\s(?:href|src|action|value|content|alt|title|id)=[^\"]", source)
    assert not re.search(r"<iframe|<object|<embed|<base\b|http-equiv", source)


def test_every_sentence_that_templates_name_exists_and_every_sentence_is_used() -> None:
    catalogue = load_catalogue()
    web = TEMPLATES.parent
    sources = [*TEMPLATES.glob("*.html"), *web.glob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    text += Path(web.parents[2] / "shared/practice/chat.json").read_text("utf-8")
    named = set(re.findall(r"[\"']((?:pages|practice)\.[a-z0-9_.-]+[a-z0-9])[\"']", text))
    assert named <= set(catalogue.keys())
    beginnings = tuple(
        beginning
        for found in re.findall(r"(?:\"|')((?:pages|practice)\.[a-z_.]*)(?:\{|[\"'] ~)", text)
        if (beginning := found)
    )
    unused = {
        key
        for key in sorted(catalogue.keys())
        if key.startswith(("pages.", "practice."))
        and key not in named
        and not key.startswith(beginnings)
    }
    assert not unused


def test_sentences_of_the_pages_keep_the_voice() -> None:
    catalogue = load_catalogue()
    for key in sorted(catalogue.keys()):
        if key.startswith("pages."):
            sentence = catalogue.t(key, **dict.fromkeys(PLACES, "x") | {"count": 2})
            assert "!" not in sentence, key
            assert not re.search(r"\bvictim|\bmust\b|\bshould have\b|click", sentence, re.I), key


PLACES = (
    "place", "day", "time", "when", "size", "zone", "offset", "start", "end", "first", "last",
    "entries", "what", "done", "total", "name", "number", "code", "handle", "tile", "file",
)  # fmt: skip
