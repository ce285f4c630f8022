"""The pages in a real Chromium: anyone can use them, leave them at once, and nothing acts in them.

axe-core looks for what keeps people out (WCAG 2.2 A and AA, and its best practices) on every
screen, in light and dark, wide, as on a phone, and at 320 pixels: a window of 1280 at 400 %.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Route

from handrail.web import helplines, keys
from tests.peer import Peer
from tests.screens import scenes
from tests.screens.camera import DARK, NARROW, WIDE, ZOOMED, Look, context_for, look_at
from tests.screens.pages import Stage, port_of, screens
from tests.web.hostile import ADDRESSES, PAYLOADS

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

AXE = Path("node_modules/axe-core/axe.min.js").read_text("utf-8")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NARROW_DARK = Look("390-dark", 390, 844, scheme="dark")
SMALLEST = Look("320", 320, 640)
LOOKS = (WIDE, DARK, NARROW, NARROW_DARK, SMALLEST)
NOT_SIDEWAYS = (SMALLEST, NARROW, ZOOMED)

CONTROLS = """() => [...document.querySelectorAll(
    'button, select, summary, .links a, .rooms a, a.button, a[data-leave]')]
  .filter((part) => part.checkVisibility())
  .map((part) => {
    // What shows itself only to somebody who comes to it with the keyboard is as large then.
    part.focus({ preventScroll: true, focusVisible: true });
    const { height } = part.getBoundingClientRect();
    part.blur();
    return [part.textContent.trim(), height];
  })"""

NEUTRAL = helplines.leave_address()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, on: Stage) -> AsyncIterator[Page]:
    """A page that is in, in a session of its own."""
    async with context_for(browser, WIDE) as context:
        fresh = await context.new_page()
        await on.enter(fresh)
        yield fresh


# ── Every screen, brought up once ────────────────────────────────────────────────────────────


@dataclass
class Seen:
    """What there is to say of the screens, each by its name."""

    violations: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Of each look, what axe-core finds, with everything unfolded."""
    widths: dict[str, dict[str, float]] = field(default_factory=dict)
    controls: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    """What a control says, and how high it is."""
    heard: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(browser: Browser, on: Stage) -> Seen:
    """Every screen, brought up in a wide window and looked at in all ways there are."""
    seen = Seen()

    async with context_for(browser, WIDE) as context:
        page = await context.new_page()
        await on.enter(page)

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                seen.heard.append(f"{page.url}: {message.text}")

        page.on("console", hear)
        page.on("pageerror", lambda error: seen.heard.append(f"{page.url}: {error}"))
        page.on("request", lambda request: seen.asked.append(request.url))
        for screen in screens(on):
            await look_at(page, WIDE)
            await screen.show(page)
            seen.controls[screen.name] = await page.evaluate(CONTROLS)
            for look in NOT_SIDEWAYS:
                await look_at(page, look)
                assert await page.evaluate("innerWidth") == look.width
                width = await page.evaluate("document.scrollingElement.scrollWidth")
                seen.widths.setdefault(look.name, {})[screen.name] = width
            await page.evaluate(
                "for (const fold of document.querySelectorAll('details')) fold.open = true"
            )
            await page.evaluate(AXE)
            for look in LOOKS:
                await look_at(page, look)
                assert await page.evaluate("innerWidth") == look.width
                seen.violations.setdefault(look.name, {})[screen.name] = await axe(page)
    return seen


async def axe(page: Page) -> list[str]:
    """What axe-core finds, one line each."""
    found: Any = await page.evaluate(
        "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", AXE_TAGS
    )
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_axe_finds_nothing_on_any_screen(seen: Seen, on: Stage, look: Look) -> None:
    violations = seen.violations[look.name]
    assert {name: found for name, found in violations.items() if found} == {}
    assert list(violations) == [screen.name for screen in screens(on)]


@pytest.mark.parametrize("look", NOT_SIDEWAYS, ids=lambda look: look.name)
async def test_no_screen_has_to_be_moved_sideways(seen: Seen, on: Stage, look: Look) -> None:
    widths = seen.widths[look.name]
    assert {name: width for name, width in widths.items() if width > look.width} == {}
    assert list(widths) == [screen.name for screen in screens(on)]


async def test_every_control_is_large_enough_to_hit(seen: Seen, on: Stage) -> None:
    """44 pixels, except links inside a sentence and rows whose label is the target (WCAG 2.5.5)."""
    small = {
        name: found
        for name, controls in seen.controls.items()
        if (found := [(words, height) for words, height in controls if height < 43.5])
    }
    assert small == {}
    assert list(seen.controls) == [screen.name for screen in screens(on)]


async def test_no_screen_breaks_its_own_policy_or_fails_quietly(seen: Seen) -> None:
    # A page that says no has a status that says no; everything else would be a fault of ours.
    refused = re.compile(r"the server responded with a status of 4\d\d \(")
    assert not [words for words in seen.heard if not refused.search(words)]
    # So they were heard at all.
    assert seen.heard


async def test_no_screen_asks_anyone_but_this_computer(seen: Seen, on: Stage) -> None:
    services = (on.full, on.empty, on.protecting, on.locked)
    here = (*(one.hosts.pages_origin for one in services), "data:image/svg+xml;base64,")
    assert not [url for url in seen.asked if not url.startswith(here)]
    assert len(seen.asked) > len(screens(on))


# ── What a page said cannot act ──────────────────────────────────────────────────────────────


async def test_nothing_that_a_page_said_runs_or_moves_the_page(page: Page, on: Stage) -> None:
    heard: list[str] = []
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("console", lambda message: heard.append(message.text))
    copy = "".join(f"<p>{payload}</p>" for payload in PAYLOADS)
    hostile = [("https://a.example/", payload) for payload in PAYLOADS]
    hostile += [(address, "plain") for address in ADDRESSES]
    capture = ""
    for url, title in hostile:
        capture = await on.empty.save(source=scenes.source(url, title), copy=copy)
        await page.goto(on.empty.address(f"/captures/{capture}"))
        assert page.url == on.empty.address(f"/captures/{capture}")
    text = f"/captures/{capture}/text"
    for path in ("/", "/hand-over", text, f"{text}?as=saved"):
        await page.goto(on.empty.address(path))
        assert page.url == on.empty.address(path)
    assert not heard


# ── Leave quickly ────────────────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture(loop_scope="module")
async def slow_neutral(page: Page) -> AsyncIterator[asyncio.Event]:
    """The neutral page, which arrives only when the event is set."""
    arrives = asyncio.Event()

    async def answer(route: Route) -> None:
        await arrives.wait()
        await route.fulfill(status=200, content_type="text/html", body="<title>Weather</title>")

    await page.route(NEUTRAL, answer)
    yield arrives
    arrives.set()


EMPTY = (
    "document.body.childElementCount === 0 && document.title === ''"
    " && !document.documentElement.checkVisibility()"
)


TELL_SOON = (
    "for (const did of ['click', 'keydown']) addEventListener(did, () => setTimeout(tell, 20))"
)


async def press(page: Page, *keys_pressed: str) -> None:
    for key in keys_pressed:
        await page.keyboard.press(key)


async def focus_and_escape(page: Page) -> None:
    await page.locator("a[data-leave]").focus()
    await page.keyboard.press("Escape")


async def click_the_button(page: Page) -> None:
    box = await page.locator("a[data-leave]").bounding_box()
    assert box is not None
    # By the mouse itself: `click` would wait for the page that is not to arrive yet.
    await page.mouse.click(box["x"] + 10, box["y"] + 10)


async def press_shift_three_times(page: Page) -> None:
    await press(page, "Shift", "Shift", "Shift")


@pytest.mark.parametrize("path", ["/", "/safety", "/practice/chat"])
@pytest.mark.parametrize("way", [click_the_button, press_shift_three_times, focus_and_escape])
async def test_leaving_empties_the_page_before_the_next_one_is_there(
    page: Page,
    on: Stage,
    slow_neutral: asyncio.Event,
    way: Callable[[Page], Awaitable[None]],
    path: str,
) -> None:
    await page.goto(on.full.address(path))
    # A browser answers no questions while another page is on its way: the page itself tells.
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    await page.evaluate(f"{{ const tell = () => console.log({EMPTY}); {TELL_SOON} }}")
    await way(page)
    while len(told) < (3 if way is press_shift_three_times else 1):
        await asyncio.sleep(0.01)
    assert told[-1] == "true"
    slow_neutral.set()
    await page.wait_for_url(NEUTRAL)


async def test_the_page_that_was_left_is_not_behind_the_back_button(
    page: Page, on: Stage, slow_neutral: asyncio.Event
) -> None:
    slow_neutral.set()
    await page.goto("about:blank")
    await page.goto(on.full.address("/safety"))
    await press(page, "Shift", "Shift", "Shift")
    await page.wait_for_url(NEUTRAL)
    await page.go_back()
    assert page.url == "about:blank"


@pytest.mark.parametrize(
    "pressed",
    [
        ("Shift", "Shift"),
        ("Escape",),
        ("Shift+A", "Shift+B", "Shift+C", "Shift+D"),
        ("Shift", "Shift", "Tab", "Shift"),
    ],
)
async def test_ordinary_keys_do_not_leave(page: Page, on: Stage, pressed: tuple[str, ...]) -> None:
    await page.goto(on.full.address("/"))
    await press(page, *pressed)
    assert page.url == on.full.address("/")
    assert not await page.evaluate(EMPTY)


def secure_address(on: Stage) -> str:
    """The pages' address as the setting of a `Secure` cookie wants it, which knows no localhost."""
    return on.full.address("/").replace("http://", "https://")


async def test_everything_but_live_progress_works_without_scripts(
    browser: Browser, on: Stage
) -> None:
    context = await browser.new_context(java_script_enabled=False)
    cookie = on.full.app[keys.SESSIONS].enter(on.full.app[keys.SESSIONS].new_ticket())
    await context.add_cookies(
        [{"name": "__Host-session", "value": cookie, "url": secure_address(on), "secure": True}]
    )
    page = await context.new_page()
    await page.route(NEUTRAL, lambda route: route.fulfill(status=200, body="weather"))
    await page.goto(on.full.address(f"/captures/{on.capture}"))
    await page.locator("button[name=show]").click()
    assert await page.locator(".picture img").count() == 1
    await page.goto(on.full.address("/hand-over"))
    await page.locator("button.primary").click()
    while "/hand-over/" in page.url and await page.locator("a[download]").count() == 0:
        await page.locator("noscript a").first.click()
    async with page.expect_download() as download:
        await page.locator("a[download]").click()
    assert (await download.value).suggested_filename.endswith(".zip")
    await page.locator("a[data-leave]").click()
    assert page.url == NEUTRAL
    await context.close()


# ── Pages that change by themselves ──────────────────────────────────────────────────────────


async def test_the_pairing_page_shows_the_number_as_soon_as_the_panel_asks(
    page: Page, on: Stage
) -> None:
    on.full.app[keys.PAIRINGS].close_window()
    await page.goto(on.full.address("/connect"))
    asked = await Peer(on.session, port_of(on.full)).ask_pairing()
    await page.locator(".code").wait_for()
    assert (await page.locator(".code > [aria-hidden]").all_inner_texts()) == asked.digits.split()
    await page.locator("button[value=yes]").click()
    await page.get_by_role("heading", name="Your browser is connected").wait_for()
    assert asked.browser in on.full.app[keys.PAIRINGS].browsers


async def test_the_page_of_a_package_becomes_ready_by_itself(page: Page, on: Stage) -> None:
    job = on.full.app[keys.EXPORTS].job(on.making)
    assert job is not None
    await page.goto(on.full.address(f"/hand-over/{on.making}"))
    job.done = job.total
    await page.get_by_text("It is nearly done.").wait_for()
    job.state = "stopped"
    await page.get_by_role("heading", name="You stopped it").wait_for()
    job.state, job.done = "making", 184_000


async def test_a_used_way_in_says_so_and_leaves_no_ticket_in_the_address(
    page: Page, on: Stage
) -> None:
    address = on.full.way_in("/safety")
    await page.goto(address)
    await page.wait_for_url(on.full.address("/safety"))
    await page.goto("about:blank")
    await page.goto(address)
    await page.get_by_text("This way in has been used, or is too old").wait_for()
    assert page.url == on.full.address("/enter")


async def test_a_way_in_leads_nowhere_else(page: Page, on: Stage) -> None:
    ticket = on.full.app[keys.SESSIONS].new_ticket()
    for to in (
        "//evil",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ):
        await page.goto("about:blank")
        await page.goto(on.full.address(f"/enter#{ticket}~{to}"))
        await page.locator("[data-closed]").wait_for()
        assert page.url == on.full.address("/enter")
