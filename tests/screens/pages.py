"""The dashboard's screens, each in the state its name says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession
from playwright.async_api import Page

from handrail.web import keys
from handrail.web.exports import Job
from handrail.web.numbered import Finding
from tests.peer import Peer
from tests.screens.camera import LOOKS, NARROW, WIDE, Screen
from tests.screens.long_scenes import save_conversation
from tests.screens.scenes import PASSPHRASE, Door, Scene, fill, locked, running

IN_EVERY_LOOK = (
    "saved", "saved-empty", "capture", "conversation", "messages", "what-to-do", "hand-over",
    "package-partly", "safety",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """Two services side by side: one with an invented case, one where nothing was saved yet."""

    full: Scene
    empty: Scene
    capture: str
    waiting: str
    conversation: str
    unfinished: str
    ready: str
    partly: str
    making: str
    stopped: str
    resting: str
    finding: str
    browser: str
    session: ClientSession
    protecting: Scene
    locked: Door

    async def enter(self, page: Page) -> None:
        """Let a browser in to both."""
        for scene in (self.locked, self.protecting, self.empty, self.full):
            await page.goto(scene.way_in())
            await page.wait_for_url(scene.address("/"))
            if scene is not self.locked:
                await page.goto(scene.address("/what-to-do?country=GB"))


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Set everything up in a temporary folder."""
    with TemporaryDirectory(prefix="handrail-screens-") as folder:
        full, empty = Path(folder) / "full", Path(folder) / "empty"
        async with (
            running(full) as full_scene,
            running(empty) as empty_scene,
            running(Path(folder) / "protecting") as protecting,
            locked(Path(folder) / "locked") as locked_scene,
            ClientSession() as session,
        ):
            capture = await fill(full_scene)
            waiting = next(s.capture for s in full_scene.vault.captures() if not s.whole)
            conversation = await save_conversation(full_scene, 70)
            unfinished = await save_conversation(full_scene, 3, finished=False)
            exports = full_scene.app[keys.EXPORTS]
            resting = full_scene.vault.choose_export()
            making = full_scene.vault.choose_export()
            stopped = full_scene.vault.choose_export()
            exports._jobs[making] = Job(making, "making", 184_000, 611_000)
            exports._jobs[stopped] = Job(stopped, "stopped")
            partly = full_scene.vault.choose_export([conversation, unfinished])
            full_scene.vault.record_package(partly, "5f" * 32, 48_100_000)
            exports._jobs[partly] = Job(
                partly, "ready", ready_at=exports._clock(), unpaged=[unfinished],
                unread=[(conversation, tile) for tile in (12, 14, 88)],
            )  # fmt: skip
            ready = await exports.start([capture])
            await exports._tasks[ready]
            finding = await save_conversation(protecting, 2)
            on_their_way = Finding(0, "cutting", 24, 70)
            protecting.app[keys.NUMBERED]._findings[finding] = on_their_way
            code = bytes.fromhex(full_scene.app[keys.PAIRINGS].new_start_code())
            peer = await Peer(session, port_of(full_scene)).pair(code)
            try:
                yield Stage(
                    full_scene, empty_scene, capture, waiting, conversation, unfinished, ready,
                    partly, making, stopped, resting, finding, peer.browser, session, protecting,
                    locked_scene,
                )  # fmt: skip
            finally:
                on_their_way.task.cancel()  # the service waits for it when it ends


def port_of(scene: Scene) -> int:
    return int(scene.hosts.api.rpartition(":")[2])


async def follow(page: Page, button: str) -> None:
    """Press the first such button and wait for the page it leads to."""
    async with page.expect_navigation():
        await page.locator(button).first.click()


def screens(on: Stage) -> tuple[Screen, ...]:
    """Every screen of the dashboard."""

    def at(name: str, path: str, scene: Scene = on.full) -> Screen:
        looks = LOOKS if name in IN_EVERY_LOOK else (WIDE,)
        return Screen(name, lambda page: page.goto(scene.address(path)), looks)

    async def asking(page: Page) -> None:
        pairings = on.full.app[keys.PAIRINGS]
        pairings.close_window()
        pairings.open_window()
        asked = await Peer(on.session, port_of(on.full)).ask_pairing()
        pairings.pending[asked.browser].digits = "482 913"
        await page.goto(on.full.address("/connect"))

    async def looking(page: Page) -> None:
        on.full.app[keys.PAIRINGS].close_window()
        await page.goto(on.full.address("/connect"))

    async def forgetting(page: Page) -> None:
        await page.goto(on.full.address("/safety"))
        await follow(page, "form[action='/connect/forget'] button")

    async def nothing_ticked(page: Page) -> None:
        await page.goto(on.full.address("/hand-over"))
        ticked = page.locator("input[name=capture]:checked")
        while await ticked.count():
            await ticked.first.uncheck(force=True)  # the whole row is its label
        await follow(page, "button.primary")

    async def with_picture(page: Page) -> None:
        await page.goto(on.full.address(f"/captures/{on.capture}"))
        await follow(page, "button[name=show]")
        await page.locator(".picture img").evaluate("picture => picture.decode()")

    async def one_of_many(page: Page) -> None:
        await page.goto(on.full.address(f"/captures/{on.conversation}?tile=2"))
        await follow(page, "#tile a[href*='show=']")
        await page.locator(".picture img").evaluate("picture => picture.decode()")

    async def numbered(page: Page) -> None:
        await page.goto(on.full.address(f"/captures/{on.unfinished}/pages"))
        await page.locator("figure.sheet").wait_for()  # finding them takes longer than a moment
        await page.locator(".paper img").evaluate("picture => picture.decode()")

    async def numbered_absent(page: Page) -> None:
        await page.goto(on.full.address(f"/captures/{on.unfinished}/pages/99"))
        await page.locator("a[href$='/pages/1']").wait_for()

    async def numbered_large(page: Page) -> None:
        await numbered(page)
        await page.locator("figure.sheet .links a").first.click()
        await page.locator("figure.sheet.large").wait_for()

    async def empty_note(page: Page) -> None:
        await page.goto(on.full.address(f"/captures/{on.conversation}"))
        await follow(page, "form[action*='/notes'] button")

    async def closed(page: Page) -> None:
        await page.context.clear_cookies()
        await page.goto(on.full.address("/"))
        await on.enter(page)
        await page.context.clear_cookies()
        await page.goto(on.full.address("/"))

    async def used_way_in(page: Page) -> None:
        await page.goto(on.full.address("/enter#" + "0" * 64))
        await page.locator("[data-closed]").wait_for()

    async def twelve_words(page: Page) -> None:
        await page.goto(on.protecting.address("/safety/protect?shared=yes"))
        for field in await page.locator("input[type=password]").all():
            await field.fill(PASSPHRASE)
        await follow(page, "button.primary")

    async def protected(page: Page) -> None:
        if not on.protecting.vault.is_protected():
            on.protecting.vault.protect(PASSPHRASE)
        await page.goto(on.protecting.address("/safety"))

    async def wrong_passphrase(page: Page) -> None:
        await page.goto(on.locked.address("/"))
        await page.locator("#secret").fill("not the passphrase")
        await follow(page, "button.primary")

    async def not_the_same_twice(page: Page) -> None:
        await page.goto(on.empty.address("/safety/protect?shared=yes"))
        await page.locator("#passphrase").fill(PASSPHRASE)
        await page.locator("#again").fill(PASSPHRASE.upper())
        await follow(page, "button.primary")

    return (
        at("saved", "/"),
        at("saved-empty", "/", on.empty),
        at("capture", f"/captures/{on.capture}"),
        Screen("capture-picture", with_picture),
        at("capture-waiting", f"/captures/{on.waiting}"),
        at("conversation", f"/captures/{on.conversation}"),
        Screen("conversation-picture", one_of_many),
        at("conversation-unfinished", f"/captures/{on.unfinished}"),
        Screen("note-empty", empty_note),
        at("messages", f"/captures/{on.conversation}/messages"),
        at("messages-last", f"/captures/{on.conversation}/messages?page=2"),
        Screen("numbered", numbered, LOOKS),
        Screen("numbered-large", numbered_large, (WIDE, NARROW)),
        Screen("numbered-absent", numbered_absent),
        at("numbered-finding", f"/captures/{on.finding}/pages", on.protecting),
        at("text", f"/captures/{on.capture}/text"),
        at("text-as-saved", f"/captures/{on.capture}/text?as=saved"),
        at("what-to-do", "/what-to-do?country=GB"),
        at("hand-over", "/hand-over"),
        Screen("hand-over-nothing-ticked", nothing_ticked),
        at("hand-over-empty", "/hand-over", on.empty),
        at("package-making", f"/hand-over/{on.making}"),
        at("package-ready", f"/hand-over/{on.ready}"),
        at("package-partly", f"/hand-over/{on.partly}"),
        at("package-stopped", f"/hand-over/{on.stopped}"),
        at("package-resting", f"/hand-over/{on.resting}"),
        at("safety", "/safety"),
        at("safety-empty", "/safety", on.empty),
        at("protect", "/safety/protect"),
        at("protect-only-you", "/safety/protect?shared=no"),
        at("protect-passphrase", "/safety/protect?shared=yes"),
        Screen("protect-not-the-same", not_the_same_twice),
        Screen("protect-words", twelve_words),
        Screen("safety-protected", protected),
        Screen("unlock", lambda page: page.goto(on.locked.address("/"))),
        Screen("unlock-wrong", wrong_passphrase),
        Screen("connect", looking),
        Screen("connect-asking", asking, LOOKS),
        at("connect-connected", f"/connect?answered={on.browser}"),
        at("connect-refused", "/connect?answered=other"),
        Screen("connect-forget", forgetting),
        at("practice-chat", "/practice/chat"),
        at("practice-profile", "/practice/profile"),
        at("error", "/captures/none"),
        at("what-to-do-elsewhere", "/what-to-do?country=other"),
        Screen("enter-used", used_way_in),
        Screen("closed", closed),
    )
