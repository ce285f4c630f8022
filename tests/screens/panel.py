"""The panel's screens, each in the state its name says: the real panel, an invented view.

Taking it is a double (tests/extension/engine_double.js), so that every ending can be had at will;
everything after it is real. How the panel stands beside a page is in journey.py.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp.test_utils import unused_port
from playwright.async_api import Page

from handrail import resources
from handrail.app.driver import Browser, open_browser
from handrail.web import keys
from tests.building import look_only_at
from tests.extension.doubles import FaultyService, disk_fails, invent_views
from tests.screens.camera import DARK, NARROW, WIDE, Look, Screen
from tests.screens.scenes import Scene, running

PANEL = Look("360", 360, 640)
PANEL_DARK = Look("dark", 360, 640, scheme="dark")
SLIM = Look("252", 252, 640)  # as narrow as a side panel can be made
ZOOMED = Look("zoom-200", 180, 320, scale=2)  # a panel of 360 at 200 %
FORCED = Look("forced", 360, 640, forced=True)
FORCED_DARK = Look("forced-dark", 360, 640, scheme="dark", forced=True)

LOOKS = (PANEL, PANEL_DARK, SLIM, ZOOMED)
EVERY_LOOK = (*LOOKS, FORCED, FORCED_DARK)
ALL_LOOKS = tuple(dict.fromkeys((*EVERY_LOOK, WIDE, NARROW, DARK)))

WORDS: dict[str, Any] = json.loads((resources.shared_folder() / "text/en.json").read_text("utf-8"))

CHAT = "https://www.instagram.com/direct/t/1234567890/"
INVENTED = {"at": "2026-03-10T15:57:06.480Z", "title": "sky.m_204, Chat Example", "url": CHAT}

AGO = {"messages": 120, "earliest": "2026-03-03T19:02:00Z"}
FAR = {"tiles": 34, "waitAt": "tile 34", "progress": AGO}
"""A long save in the middle."""

PICTURE = {"what": "img", "left": 20, "top": 30, "width": 120, "height": 80}
"""What a person points at."""

WHOLE = {
    "messages": 312,
    "earliest": "2026-03-03T19:02:00Z",
    "latest": "2026-03-09T21:40:00Z",
    "top": "reached",
    "bottom": "reached",
    "gaps": [{"after_tile": 9, "after_message": 120}],
    "overlays_hidden": 2,
}
"""What a long save says of itself."""

PROBLEMS = (
    "capture-failed", "frame-chat", "limit", "lost-place", "no-picture", "no-scroller",
    "not-paired", "page-changed", "page-moves", "page-not-readable", "permission-lost",
    "picture-gone", "pictures-not-hidden",
    "service-answer", "service-away", "storage-failed", "storage-full",
)  # fmt: skip

DISK = {"storage-full": "QuotaExceededError", "storage-failed": "InvalidStateError"}
"""These are not of the page: the view is taken, and what the disk answers is this."""

FORGET_EVERYTHING = """async () => {
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    const stores = [...database.objectStoreNames];
    if (stores.length) {
      await new Promise((resolve) => {
        const clearing = database.transaction(stores, "readwrite");
        stores.forEach((store) => clearing.objectStore(store).clear());
        clearing.oncomplete = resolve;
      });
    }
    database.close();
  }
  const { id, windowId } = await chrome.tabs.getCurrent();
  await chrome.storage.session.set({ tab: { tabId: id, windowId } });
}"""


@dataclass(frozen=True)
class Stage:
    """A Chromium with the extension, a service that can be told to be away, and a real one."""

    browser: Browser
    service: FaultyService
    real: Scene

    async def page(self) -> Page:
        """Open a page for the panel; a view that is not kept does not hold it up."""
        page = await self.browser.context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    async def open(self, page: Page, *, connected: bool = True) -> None:
        """Open the panel as if for the first time."""
        pairings = self.real.app[keys.PAIRINGS]
        pairings.close_window()
        pairings.browsers.clear()  # one that is known may ask at any time
        await self.service.start()
        # A page of ours that runs nothing: no panel is open while it is made to forget.
        await page.goto(self.browser.address("manifest.json"))
        await page.evaluate(FORGET_EVERYTHING)
        if connected:
            await self.service.connect(page)
        await page.goto(self.browser.address("panel/panel.html"))
        await page.wait_for_selector(".action")
        await tell(page, **INVENTED)


@asynccontextmanager
async def stage(build: Path) -> AsyncIterator[Stage]:
    """Set everything up in a temporary folder, with a build for Chromium."""
    with TemporaryDirectory(prefix="handrail-screens-") as folder:
        here = Path(folder)
        port = unused_port()
        invented = invent_views(build, here / "build")
        look_only_at((port,), invented)
        async with (
            open_browser(invented, here / "profile", headless=True) as browser,
            FaultyService() as service,
            running(here / "data", port) as real,
        ):
            yield Stage(browser, service, real)


async def tell(page: Page, **told: Any) -> None:
    """Say how taking the next view ends."""
    await page.evaluate("(more) => Object.assign(globalThis.told, more)", told)


async def press(page: Page, key: str) -> None:
    """Press the button with these words."""
    await page.get_by_role("button", name=WORDS[key], exact=True).click()


async def comes(page: Page, key: str) -> None:
    """Wait until these words are there."""
    await page.get_by_text(WORDS[key], exact=True).first.wait_for()


async def named(page: Page) -> None:
    """Wait until the panel has found out why it does not connect."""
    await page.locator("[role=status] .notice").wait_for()


async def save(page: Page) -> None:
    """Press the button that saves."""
    await page.locator(".action.primary").click()


async def choose(page: Page, **answers: str) -> None:
    """Answer some of the three questions."""
    if await page.locator("details.fold[open]").count() == 0:
        await page.locator("details.fold summary").click()
    for name, value in answers.items():
        await page.locator(f"input[name={name}][value='{value}']").check(force=True)


def screens(on: Stage) -> tuple[Screen, ...]:
    """Every screen of the panel, and the page that opens Handrail when it cannot."""

    def after(
        *acts: Callable[[Page], Awaitable[object]], connected: bool = True
    ) -> Callable[[Page], Awaitable[None]]:
        async def show(page: Page) -> None:
            await on.open(page, connected=connected)
            for act in acts:
                await act(page)

        return show

    async def kept(page: Page) -> None:
        await save(page)
        await comes(page, "panel.saved_arrived")

    async def kept_here(page: Page) -> None:
        await on.service.stop()
        await save(page)
        await comes(page, "panel.saved_title")
        await page.locator(".notice.waiting").wait_for()

    async def again(page: Page) -> None:
        await page.reload()
        await page.locator(".notice.waiting").wait_for()

    async def halfway(page: Page) -> None:
        await tell(page, waitAt="picture")
        await save(page)
        await page.locator(".progress > .now").wait_for()

    async def far(page: Page) -> None:
        await tell(page, **FAR)
        await press(page, "panel.save_conversation")
        await page.locator(".progress strong", has_text="34").wait_for()

    async def pausing(page: Page) -> None:
        await tell(page, **FAR | {"progress": AGO | {"step": "paused"}})
        await press(page, "panel.save_conversation")
        await page.locator(".progress strong", has_text="34").wait_for()
        await page.locator(".notice.waiting").wait_for()

    async def beginning(page: Page) -> None:
        await tell(page, waitAt="hiding")
        await press(page, "panel.save_conversation")
        await comes(page, "panel.long_stop_nothing")

    async def whole_chat(page: Page) -> None:
        await tell(page, tiles=24, said=WHOLE, url=CHAT)
        await press(page, "panel.save_conversation")
        await comes(page, "panel.saved_arrived")

    async def stopped(page: Page) -> None:
        await tell(page, tiles=9, waitAt="tile 4", said=WHOLE | {"top": "not-reached", "gaps": []})
        await press(page, "panel.save_conversation")
        await press(page, "panel.long_stop")
        await comes(page, "panel.saved_arrived")

    async def whole_page(page: Page) -> None:
        await tell(page, tiles=7, said={"top": "reached", "bottom": "reached"})
        await press(page, "panel.save_page")
        await comes(page, "panel.saved_arrived")

    async def profile(page: Page) -> None:
        await press(page, "panel.save_profile")
        await comes(page, "panel.saved_arrived")

    async def several(page: Page) -> None:
        await whole_chat(page)
        await press(page, "panel.saved_more")
        await tell(page, url="https://www.tiktok.com/@sky", problem="page-not-readable")
        await save(page)
        await comes(page, "panel.problem_page_not_readable_title")
        await press(page, "panel.back")
        await tell(page, problem=None, said={})
        await profile(page)

    async def listed(page: Page) -> None:
        await press(page, "panel.saved_more")
        await press(page, "panel.session_see")
        await comes(page, "panel.session_title")

    async def writing(page: Page) -> None:
        await press(page, "panel.note_add")
        await page.locator("textarea").fill("This is the second account. The first was sky.m_20.")

    async def pointing(page: Page) -> None:
        await tell(page, problem="no-scroller")
        await press(page, "panel.save_conversation")
        await press(page, "panel.point_title")
        await comes(page, "panel.point_cancel")

    async def about_pictures(page: Page) -> None:
        await kept(page)
        await press(page, "panel.pictures_link")
        await comes(page, "panel.pictures_title")

    async def young(page: Page) -> None:
        await page.locator("input[name=age][value='under-18']").check(force=True)
        await comes(page, "panel.pictures_stay")

    async def adult(page: Page) -> None:
        await page.locator("input[name=age][value='18-or-over']").check(force=True)
        await comes(page, "panel.one_title")

    async def unsure_of_it(page: Page) -> None:
        await press(page, "panel.one_point")
        await comes(page, "panel.one_sure_first")

    async def choosing(page: Page) -> None:
        await page.locator("#sure").check(force=True)
        await press(page, "panel.one_point")
        await comes(page, "panel.showing_safe")

    async def chosen(page: Page) -> None:
        await page.evaluate("picture => globalThis.pointed(picture)", PICTURE)
        await comes(page, "panel.saved_arrived")

    async def with_gaps(page: Page) -> None:
        await tell(page, missing=True)
        await kept(page)

    async def picture(page: Page) -> None:
        await page.locator(".exhibit button").click()
        await page.locator("img.shot").evaluate("picture => picture.decode()")

    async def held(page: Page) -> None:
        await save(page)
        await comes(page, "panel.held_title")
        await named(page)

    async def looking(page: Page) -> None:
        await press(page, "panel.connect_quiet")
        await named(page)

    async def asking(page: Page) -> None:
        on.real.app[keys.PAIRINGS].open_window()
        await press(page, "panel.connect_quiet")
        await comes(page, "panel.connect_same")
        await page.evaluate(
            """digits => document.querySelectorAll(".code > span").forEach(
                 (part, at) => { part.textContent = digits[at]; })""",
            ["4 8 2, 9 1 3", "482", "913"],
        )

    async def yes_here(page: Page) -> None:
        await press(page, "panel.connect_yes")
        await comes(page, "panel.connect_there")

    async def yes_there(page: Page) -> None:
        pairings = on.real.app[keys.PAIRINGS]
        asked = pairings.asked()
        assert asked is not None
        pairings.answer(asked.pairing, same=True)
        await comes(page, "panel.connected_what")

    def pressing(key: str) -> Callable[[Page], Awaitable[None]]:
        return lambda page: press(page, key)

    def problem(code: str) -> Screen:
        async def fail(page: Page) -> None:
            if code in DISK:
                await disk_fails(page, DISK[code])
            else:
                await tell(page, problem=code)
            await save(page)
            await comes(page, f"panel.problem_{code.replace('-', '_')}_title")
            if code == "service-away":
                await named(page)

        looks = LOOKS if code == "pictures-not-hidden" else (PANEL,)
        return Screen(f"panel-problem-{code}", after(fail), looks)

    async def lines(page: Page) -> None:
        await page.get_by_role("link", name=WORDS["panel.lifeline_question"]).click()
        await comes(page, "panel.lines_title")

    async def elsewhere(page: Page) -> None:
        await page.locator("#country").select_option("other")

    async def some_answers(page: Page) -> None:
        await choose(page, age="unsure", paid="yes")

    async def in_danger(page: Page) -> None:
        await choose(page, age="under-18", danger="yes")

    async def not_opened(page: Page) -> None:
        await page.goto(on.browser.address(f"connect/connect.html#port=1&code={'ab' * 32}"))
        await comes(page, "panel.opening_failed_title")

    now = pressing("panel.now_all")
    return (
        Screen("panel-start", after(), EVERY_LOOK),
        Screen("panel-start-first", after(connected=False), (PANEL, SLIM)),
        Screen("panel-start-waiting", after(kept_here, again), LOOKS),
        Screen("panel-start-not-kept", after(held, pressing("panel.back"), connected=False), LOOKS),
        Screen("panel-working", after(halfway), LOOKS),
        Screen("panel-saved", after(kept), EVERY_LOOK),
        Screen("panel-saved-waiting", after(kept_here), LOOKS),
        Screen("panel-saved-gaps", after(with_gaps), LOOKS),
        Screen("panel-saved-picture", after(kept, picture), LOOKS),
        Screen("panel-long", after(far), EVERY_LOOK),
        Screen("panel-long-begins", after(beginning), (PANEL, SLIM)),
        Screen("panel-long-waits", after(pausing), LOOKS),
        Screen("panel-saved-conversation", after(whole_chat), EVERY_LOOK),
        Screen("panel-saved-stopped", after(stopped), LOOKS),
        Screen("panel-saved-page", after(whole_page), (PANEL, SLIM)),
        Screen("panel-saved-tabs", after(several), LOOKS),
        Screen("panel-saved-list", after(several, listed), LOOKS),
        Screen("panel-note", after(profile, writing), LOOKS),
        Screen("panel-point", after(pointing), LOOKS),
        Screen("panel-pictures", after(about_pictures), LOOKS),
        Screen("panel-pictures-young", after(about_pictures, young), (PANEL,)),
        Screen("panel-pictures-one", after(about_pictures, adult, unsure_of_it), EVERY_LOOK),
        Screen("panel-pictures-point", after(about_pictures, adult, choosing), LOOKS),
        Screen("panel-saved-one-picture", after(about_pictures, adult, choosing, chosen), LOOKS),
        Screen("panel-not-kept", after(held, connected=False), LOOKS),
        Screen("panel-connect", after(looking, connected=False), LOOKS),
        Screen("panel-connect-asking", after(asking, connected=False), LOOKS),
        Screen("panel-connect-yes", after(asking, yes_here, connected=False), (PANEL,)),
        Screen("panel-connected", after(asking, yes_here, yes_there, connected=False), (PANEL,)),
        Screen(
            "panel-connect-refused", after(asking, pressing("panel.connect_no"), connected=False),
            LOOKS,
        ),
        *(problem(code) for code in PROBLEMS),
        Screen("panel-lines", after(lines), EVERY_LOOK),
        Screen("panel-lines-elsewhere", after(lines, elsewhere), (PANEL, SLIM)),
        Screen("panel-now", after(now), LOOKS),
        Screen("panel-now-saved", after(kept, pressing("panel.now_title")), (PANEL,)),
        Screen("panel-now-answers", after(now, some_answers), (PANEL, SLIM)),
        Screen("panel-now-danger", after(now, in_danger), LOOKS),
        Screen("opening-failed", not_opened, (WIDE, NARROW, DARK)),
    )  # fmt: skip
