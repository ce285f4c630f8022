"""Numbered pages to look at: drawn when asked for, the bytes of the package, whatever the tiles."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiohttp import ClientError
from aiohttp.test_utils import TestClient, TestServer, unused_port
from PIL import Image

from handrail.core.records import Box, Reading, Row
from handrail.core.transcript import merge
from handrail.imaging import pictures
from handrail.imaging.sheets import Part, Sheet
from handrail.web import keys, numbered
from handrail.web.application import RUNNER, create_locked_app, load_catalogue
from handrail.web.exports import write_export
from handrail.web.hosts import hosts_for
from handrail.web.on_sheets import on_sheets
from tests.builders import Clock
from tests.imaging.builders import blank
from tests.web.conftest import Service
from tests.web.numbered_saves import HEIGHT, WIDTH, a_tile, numbered_save
from tests.web.reading import Read
from tests.web.test_pages import inside, read, save

__all__ = ["inside"]

BOMB = blank(13_000, 13_000)


def said(page: Read) -> str:
    return " ".join(page.text.split())


async def looked_at(service: Service, path: str, status: int = 200) -> Read:
    """Open a page of numbered pages, and wait until they are found."""
    for _ in range(600):
        response = await service.get(path)
        page = Read(await response.text())
        if "Getting the pages ready" not in page.text:
            assert response.status == status, page.text
            return page
    raise AssertionError("the pages were not found")


async def drawn(service: Service, capture: str) -> list[bytes]:
    """Every numbered page of a capture, as its pages show it."""
    here = f"/captures/{capture}/pages"
    address, pages = here, []
    while address:
        page = await looked_at(service, address)
        (source,) = [image["src"] for image in page.all("img")]
        answer = await service.get(source)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"] == "no-store"
        pages.append(await answer.read())
        after = f"{here}/{len(pages) + 1}"
        address = after if after in page.addresses else ""
    return pages


def packaged(service: Service, capture: str, folder: Path) -> list[bytes]:
    """Every numbered page of a capture, as a package of it holds them."""
    export = service.vault.choose_export([capture])
    write_export(service.vault, load_catalogue(), export, folder / "one.zip")
    with zipfile.ZipFile(folder / "one.zip") as archive:
        return [archive.read(name) for name in sorted(archive.namelist()) if "/pages/" in name]


# ── Only when it is asked for ────────────────────────────────────────────────────────────────


async def test_nothing_is_opened_or_drawn_before_it_is_asked_for(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = numbered_save(inside.vault)
    await inside.pictures_read()
    opened: list[int] = []
    open_exhibit = inside.vault.open_exhibit

    def watched(of: str, number: int) -> bytes:
        opened.append(number)
        return open_exhibit(of, number)

    monkeypatch.setattr(inside.vault, "open_exhibit", watched)
    monkeypatch.setattr(inside.vault, "readings", lambda _: pytest.fail("readings were opened"))
    page = await read(inside, f"/captures/{capture}")
    assert "Numbered pages" in said(page)
    assert "Not counted yet." in said(page)
    assert f"/captures/{capture}/pages" in page.addresses
    assert not page.all("img")
    assert not opened
    assert (await inside.get(f"/captures/{capture}/pages/1/picture")).status == 404
    assert not opened


async def test_pages_are_counted_once_and_the_capture_says_how_many(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = numbered_save(inside.vault)
    assert len(await drawn(inside, capture)) == 3
    monkeypatch.setattr(numbered, "look_at_tiles", lambda *_: pytest.fail("found again"))
    assert "3 pages. They stay closed" in said(await read(inside, f"/captures/{capture}"))
    assert "Page 1 of 3" in said(await looked_at(inside, f"/captures/{capture}/pages"))


async def test_a_view_has_no_numbered_pages(inside: Service) -> None:
    capture = await save(inside)
    assert "Numbered pages" not in (await read(inside, f"/captures/{capture}")).text
    assert (await inside.get(f"/captures/{capture}/pages")).status == 404


async def test_somebody_without_a_session_sees_nothing(service: Service) -> None:
    capture = numbered_save(service.vault)
    for path in ("", "/1", "/progress", "/1/picture"):
        response = await service.get(f"/captures/{capture}/pages{path}")
        assert response.status == 401
        assert b"PNG" not in await response.read()
    assert service.vault.sheets(capture) is None


async def test_a_locked_vault_shows_the_way_to_unlock(service: Service) -> None:
    capture = numbered_save(service.vault)
    hosts = hosts_for(service.data, unused_port())
    app = create_locked_app(service.data, service.vault.recipient, hosts, Clock())
    port = int(hosts.api.rpartition(":")[2])
    server = TestServer(app, host="127.0.0.1", port=port)
    async with TestClient(server) as client:
        await server.start_server(**RUNNER)
        there = Service(service.data, app, service.vault, hosts, client, service.seconds)
        await there.sign_in()
        for path in ("pages", "pages/1", "pages/1/picture"):
            page = await read(there, f"/captures/{capture}/{path}")
            assert "/unlock" in page.addresses
            assert not page.all("img")
            assert capture not in str(page.addresses)


# ── What is shown ────────────────────────────────────────────────────────────────────────────


async def test_a_page_says_where_it_is_and_what_stands_on_it(inside: Service) -> None:
    capture = numbered_save(inside.vault)
    here = f"/captures/{capture}/pages"
    first, middle, last = [await looked_at(inside, f"{here}/{number}") for number in (1, 2, 3)]
    assert "Page 1 of 3" in said(first)
    assert "On this page: Messages 1 to 40. Pictures 1 to 5." in said(first)
    assert "On this page: Messages 41 to 80. Pictures 5 to 10." in said(middle)
    assert "On this page: Messages 81 to 98. Pictures 10 to 12." in said(last)
    assert f"{here}/2" in first.addresses
    assert f"{here}/0" not in first.addresses
    assert {f"{here}/1", f"{here}/3"} <= set(middle.addresses)
    assert f"{here}/4" not in last.addresses
    assert f"/captures/{capture}/messages" in first.addresses
    for page in (first, middle, last):
        assert "thinking about ending your life" in page.text
        assert [link for link in page.all("a") if "data-leave" in link]
        (image,) = page.all("img")
        assert "with the pictures on it hidden" in image["alt"]
        assert image["width"] == str(WIDTH)


async def test_the_pictures_are_those_of_the_package(inside: Service, tmp_path: Path) -> None:
    capture = numbered_save(inside.vault, 16)
    shown = await drawn(inside, capture)
    assert shown == await asyncio.to_thread(packaged, inside, capture, tmp_path)
    heights = [Image.open(io.BytesIO(page)).height for page in shown]
    assert sum(heights) == 15 * 320 + HEIGHT
    assert len(heights) == 4


async def test_a_gap_and_an_unread_tile_are_said_and_the_bytes_are_those_of_the_package(
    inside: Service, tmp_path: Path
) -> None:
    capture = numbered_save(inside.vault, bad={3: b"no picture"}, gaps=[8], finished=False)
    shown = await drawn(inside, capture)
    assert shown == await asyncio.to_thread(packaged, inside, capture, tmp_path)
    here = f"/captures/{capture}/pages"
    gaps = []
    for number in range(1, len(shown) + 1):
        words = said(await looked_at(inside, f"{here}/{number}"))
        gaps.append(words.count("Something may be missing here"))
        assert "This was not finished" in words
        assert "These are the pages of the pictures that have arrived so far." in words
        assert "Some pictures are on no numbered page" in words
        assert "Picture 4 (tiles/00010.png)" in words
        assert "They are kept as they are." in words
    assert gaps == [1, 2, 1]
    assert f"/captures/{capture}?show=10#picture" in (await read(inside, here)).addresses


async def test_an_unfinished_save_that_grows_is_found_anew(inside: Service) -> None:
    capture = numbered_save(inside.vault, 3, finished=False)
    assert len(await drawn(inside, capture)) == 1
    numbered_save(inside.vault, 3, grow=capture, finished=False)
    assert "Not counted yet." in said(await read(inside, f"/captures/{capture}"))
    (page,) = await drawn(inside, capture)
    assert Image.open(io.BytesIO(page)).height == 3 * 320 + HEIGHT


async def test_a_whole_page_is_numbered_too_and_leads_to_its_words(inside: Service) -> None:
    capture = numbered_save(inside.vault, 3, save="page")
    page = await looked_at(inside, f"/captures/{capture}/pages")
    assert "On this page: Pictures 1 to 3." in said(page)
    assert f"/captures/{capture}/text" in page.addresses


async def test_a_page_can_be_made_larger_and_stays_so_when_it_is_turned(inside: Service) -> None:
    capture = numbered_save(inside.vault)
    here = f"/captures/{capture}/pages"
    assert f"{here}/1?size=large" in (await looked_at(inside, here)).addresses
    page = await looked_at(inside, f"{here}/1?size=large")
    assert {f"{here}/1", f"{here}/2?size=large"} <= set(page.addresses)
    (frame,) = [one for one in page.all("div") if one.get("class") == "paper"]
    assert frame["tabindex"] == "0"
    assert frame["role"] == "region"


async def test_no_picture_lies_on_the_disk_in_the_clear(inside: Service) -> None:
    capture = numbered_save(inside.vault)
    assert await drawn(inside, capture)
    files = [path for path in inside.data.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if b"IHDR" in path.read_bytes()]


@pytest.mark.parametrize("number", ["4", "0", "-1", "x", "9" * 40, "1.5"])
async def test_a_page_that_is_not_there_helps(inside: Service, number: str) -> None:
    capture = numbered_save(inside.vault)
    await looked_at(inside, f"/captures/{capture}/pages")
    here = f"/captures/{capture}/pages"
    page = await looked_at(inside, f"{here}/{number}", 404)
    assert "There is no such page" in said(page)
    assert "There are 3 pages here. What you saved is safe." in said(page)
    assert {f"{here}/1", f"{here}/3", f"/captures/{capture}"} <= set(page.addresses)
    assert not page.all("img")
    assert (await inside.get(f"{here}/{number}/picture")).status == 404


# ── What stands on a page ────────────────────────────────────────────────────────────────────


def readings_of(*rows: Sequence[tuple[int, str]]) -> list[Reading]:
    """Readings of tiles below each other, with these ids and words, 40 pixels each."""
    return [
        Reading(
            v=1, capture="0" * 32, tile=4 + 2 * place, at="2026-03-10T12:00:02.000Z",
            box=Box(left=0, top=0, width=100, height=40 * len(words)), top=40 * len(words) * place,
            joined=True, overlays=0, pictures=0,
            rows=tuple(
                Row(id=id, top=40 * line, left=0, width=90, height=40, side="own", time=None,
                    text=text)
                for line, (id, text) in enumerate(words)
            ),
        )
        for place, words in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "messages"),
    [((3, "c"), (2, 3)), ((2, "c"), (2, 3)), ((1, "a"), (0, 0))],
    ids=["its own element", "an element used again", "an element used again with its words"],
)
def test_messages_are_named_only_where_they_are_known(
    second: tuple[int, str], messages: tuple[int, int]
) -> None:
    readings = readings_of([(1, "a"), (2, "b")], [second, (4, "d")])
    sheet = Sheet(0, 40, 100, 80, False, (Part(4, 100, 40, 40), Part(6, 100, 0, 40)))
    (on,) = on_sheets([sheet], readings, "1", merge(readings))
    assert (on.first_message, on.last_message) == messages
    assert (on.first_picture, on.last_picture, on.width, on.height) == (1, 2, 100, 80)


# ── Tiles that are not what they say ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "tile",
    [BOMB, b"this is no picture", a_tile(0, kind="JPEG"), a_tile(0, WIDTH, 120), a_tile(0)[:200]],
    ids=["a bomb", "no picture", "a JPEG", "another size", "a part of one"],
)
async def test_a_hostile_tile_is_a_gap_and_no_more(inside: Service, tile: bytes) -> None:
    capture = numbered_save(inside.vault, 6, bad={2: tile})
    pages = [Image.open(io.BytesIO(page)) for page in await drawn(inside, capture)]
    assert [page.size for page in pages] == [(WIDTH, 320 + HEIGHT), (WIDTH, 2 * 320 + HEIGHT)]
    words = said(await looked_at(inside, f"/captures/{capture}/pages"))
    assert "Picture 3 (tiles/00008.png)" in words


async def test_where_no_tile_can_be_drawn_that_is_said(inside: Service) -> None:
    capture = numbered_save(inside.vault, 20, bad=dict.fromkeys(range(20), b"no picture"))
    page = await looked_at(inside, f"/captures/{capture}/pages")
    words = said(page)
    assert "There are no numbered pages of this" in words
    assert "All its pictures are kept as they are." in words
    assert "Picture 12 (" in words
    assert "Picture 13 (" not in words
    assert "And 8 more pictures." in words
    assert not page.all("img")
    assert "They could not be drawn." in said(await read(inside, f"/captures/{capture}"))


async def test_a_tile_that_was_changed_on_the_disk_is_said(inside: Service) -> None:
    capture = numbered_save(inside.vault)
    entry = next(e for e in inside.vault.capture(capture).exhibits if e.kind == "tile")
    path = inside.vault.inbox.find(entry.envelope_key)
    assert path is not None
    path.unlink()
    words = said(await looked_at(inside, f"/captures/{capture}/pages", 422))
    assert "A file that was saved is missing. The others are safe." in words


# ── A child that fails, takes long, or is asked for a hundred times ──────────────────────────


async def test_a_child_that_fails_is_said_and_can_be_tried_again(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = numbered_save(inside.vault)
    here = f"/captures/{capture}/pages"
    real = pictures.CHILD
    failing = (sys.executable, "-c", "raise SystemExit(3)")
    monkeypatch.setattr(pictures, "CHILD", failing)
    for _ in "finding", "and again":
        page = await looked_at(inside, here, 422)
        assert "The page could not be drawn" in said(page)
        assert "could not read this picture safely" in said(page)
        assert "What you saved is safe. Nothing was changed." in said(page)
        assert f"{here}/1" in page.addresses
    monkeypatch.setattr(pictures, "CHILD", real)
    assert "Page 1 of 3" in said(await looked_at(inside, here))
    monkeypatch.setattr(pictures, "CHILD", failing)
    assert "could not be drawn" in said(await looked_at(inside, f"{here}/2", 422))
    assert (await inside.get(f"{here}/2/picture")).status == 422


async def test_a_child_that_draws_another_page_is_not_believed(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = numbered_save(inside.vault)
    await looked_at(inside, f"/captures/{capture}/pages")
    program = f"import sys; sys.stdout.buffer.write({a_tile(0, WIDTH, 1000)!r})"
    monkeypatch.setattr(pictures, "CHILD", (sys.executable, "-c", program))
    page = await looked_at(inside, f"/captures/{capture}/pages/2", 422)
    assert "could not read this picture safely" in said(page)


@pytest.mark.parametrize("answer", ["99999", "x", "-1", "1"])
async def test_a_cut_that_cannot_be_is_not_believed(
    inside: Service, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    capture = numbered_save(inside.vault)
    program = f"import sys; print('' if sys.argv[1] == 'tiles' else '{answer}', end='')"
    monkeypatch.setattr(pictures, "CHILD", (sys.executable, "-c", program))
    words = said(await looked_at(inside, f"/captures/{capture}/pages", 422))
    assert "could not read this picture safely" in words
    assert inside.vault.sheets(capture) is None


async def test_while_pages_are_found_the_page_says_how_far_it_is(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbered, "A_MOMENT", 0)
    capture = numbered_save(inside.vault, 25)
    here = f"/captures/{capture}/pages"
    page = await read(inside, here)
    assert "Getting the pages ready" in said(page)
    assert "What you saved stays as it is." in said(page)
    assert "thinking about ending your life" in page.text
    assert [one for one in page.all("p") if one.get("data-progress") == f"{here}/progress"]
    heard: list[str] = []
    while (standing := await (await inside.get(f"{here}/progress")).json())["state"] == "making":
        heard += [standing["words"]] * (standing["words"] not in heard)
        await asyncio.sleep(0.02)
    assert standing == {"state": "over", "words": ""}
    assert "Looking at the pictures: 12 of 25." in heard
    assert [words for words in heard if words.startswith("Finding where each page ends: ")]
    assert "Page 1 of" in said(await read(inside, here))


async def test_what_nobody_waits_for_is_stopped_and_can_begin_again(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbered, "A_MOMENT", 0)
    capture = numbered_save(inside.vault, 25)
    here = f"/captures/{capture}/pages"
    assert "Getting the pages ready" in said(await read(inside, here))
    inside.seconds.at += numbered.PATIENCE + 1
    pages = inside.app[keys.NUMBERED]
    await asyncio.wait_for(pages._findings[capture].task, 20)
    assert inside.vault.sheets(capture) is None
    response = await inside.get(here)
    assert "was stopped, because nobody waited" in said(Read(await response.text()))
    assert "Page 1 of" in said(await looked_at(inside, here))


@pytest.fixture
async def children(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[int]]:
    """How many children there are, after each change; real ones."""
    counts, real = [0], pictures.run_child

    async def counted(*given: object, **more: object) -> bytes:
        counts.append(counts[-1] + 1)
        try:
            return await real(*given, **more)  # type: ignore[arg-type]
        finally:
            counts.append(counts[-1] - 1)

    monkeypatch.setattr(pictures, "run_child", counted)
    yield counts
    assert counts[-1] == 0


async def test_a_hundred_at_once_have_one_child_at_a_time(
    inside: Service, children: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbered, "MOST_WAITING", 4)
    captures = [numbered_save(inside.vault) for _ in range(2)]
    await inside.pictures_read()
    children[:] = [0]
    await asyncio.gather(*(looked_at(inside, f"/captures/{one}/pages") for one in captures))
    assert max(children) == 1
    asked = [
        inside.get(f"/captures/{captures[place % 2]}/pages/{place % 3 + 1}/picture")
        for place in range(100)
    ]
    waiting = asyncio.gather(*asked)
    assert (await asyncio.wait_for(inside.get("/"), 5)).status == 200
    assert not waiting.done()
    statuses = [answer.status for answer in await waiting]
    assert max(children) == 1
    assert len(statuses) == 100
    assert set(statuses) == {200, 503}  # six different pages, of which four may wait
    for one in captures:  # and afterwards everything is as it was
        assert len(await drawn(inside, one)) == 3


async def test_who_must_wait_is_told_so(inside: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = numbered_save(inside.vault)
    await looked_at(inside, f"/captures/{capture}/pages")
    monkeypatch.setattr(numbered, "MOST_WAITING", 0)
    page = await looked_at(inside, f"/captures/{capture}/pages/2", 503)
    assert "Handrail is drawing other pages right now. Nothing was lost." in said(page)


async def test_a_request_that_goes_away_ends_its_child(
    inside: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The server of these tests would end a request that goes away by itself; ours does not."""
    capture = numbered_save(inside.vault)
    here = f"/captures/{capture}/pages"
    await looked_at(inside, here)
    runner = inside.client.server.runner
    assert runner is not None
    assert runner.server is not None
    monkeypatch.setattr(runner.server, "handler_cancellation", False)
    real, note = pictures.CHILD, tmp_path / "child"
    program = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr(pictures, "CHILD", (sys.executable, "-c", program))
    with pytest.raises((TimeoutError, ClientError)):
        await asyncio.wait_for(inside.get(f"{here}/2/picture"), 3)
    child = int(note.read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        await asyncio.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    monkeypatch.setattr(pictures, "CHILD", real)
    assert (await asyncio.wait_for(inside.get(f"{here}/2/picture"), 20)).status == 200
