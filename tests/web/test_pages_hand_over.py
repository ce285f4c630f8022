"""Handing over: chosen, made, saved, stopped, and made again with the same bytes."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zipfile

import pytest
from msgspec.structs import replace

from handrail.core.summaries import CaptureSummary, ExportSummary
from handrail.vault.vault import Vault
from handrail.web import exports, keys
from handrail.web.package_views import Standing, package_view
from tests.proof.builders import CATALOGUE
from tests.screens import scenes
from tests.web.conftest import Service
from tests.web.reading import Read
from tests.web.test_pages import inside, read, save

__all__ = ["inside"]


async def made(service: Service, *captures: str) -> str:
    """Choose captures as the form does, wait, and return the page of the package."""
    response = await service.client.post(
        "/hand-over",
        data=[("csrf", csrf(service)), *(("capture", capture) for capture in captures)],
        headers=headers(service),
        allow_redirects=False,
    )
    assert response.status == 303, await response.text()
    page = response.headers["Location"]
    for _ in range(200):
        standing = json.loads(await (await service.get(page + "/progress")).text())
        if standing["state"] != "making":
            return page
        await asyncio.sleep(0.02)
    raise AssertionError("the package was not made")


def csrf(service: Service) -> str:
    return service.app[keys.SESSIONS].csrf(service.cookie)


def headers(service: Service) -> dict[str, str]:
    return {
        "Host": service.hosts.pages,
        "Origin": service.hosts.pages_origin,
        "Cookie": f"__Host-session={service.cookie}",
    }


async def test_nothing_to_hand_over_is_no_dead_end(inside: Service) -> None:
    page = await read(inside, "/hand-over")
    assert "Nothing to hand over yet" in page.text
    assert "/what-to-do#talk" in page.addresses
    assert not page.all("form")


async def test_every_whole_capture_is_ticked_and_no_other_can_be(inside: Service) -> None:
    whole = await save(inside)
    await save(inside, parts=2)
    boxes = [
        box for box in (await read(inside, "/hand-over")).all("input") if "capture" in box["name"]
    ]
    assert [(box["value"], "checked" in box) for box in boxes] == [(whole, True)]


async def test_what_would_be_refused_cannot_be_ticked_and_that_is_said(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is named is here, and something else too: no package can hold that."""
    await save(inside)

    def not_whole(vault: Vault, case: str | None = None) -> tuple[CaptureSummary, ...]:
        return tuple(replace(one, whole=False, missing=0) for one in captures(vault, case))

    captures = Vault.captures
    monkeypatch.setattr(Vault, "captures", not_whole)
    page = await read(inside, "/hand-over")
    assert not [box for box in page.all("input") if box.get("name") == "capture"]
    assert "its files do not match what it says of itself" in page.text


async def test_the_way_from_one_capture_ticks_only_that_one(inside: Service) -> None:
    one, other = await save(inside), await save(inside)
    page = await read(inside, f"/hand-over?capture={other}")
    ticked = {box["value"] for box in page.all("input") if "checked" in box}
    assert ticked == {other}
    assert one in {box.get("value") for box in page.all("input")}


async def test_nothing_ticked_is_said_kindly_and_nothing_is_made(inside: Service) -> None:
    await save(inside)
    response = await inside.submit("/hand-over")
    assert response.status == 422
    page = Read(await response.text())
    assert "Nothing is ticked yet" in page.text
    assert not [box for box in page.all("input") if "checked" in box]
    assert not inside.vault.exports()


async def test_exactly_what_was_ticked_goes_into_the_file(inside: Service) -> None:
    one, other = await save(inside), await save(inside, copy="<p>left out</p>")
    page = await made(inside, one)
    response = await inside.get(page + "/file")
    body = await response.read()
    assert response.headers["Content-Type"] == "application/zip"
    shown = await read(inside, page)
    assert hashlib.sha256(body).hexdigest() in shown.text.replace(" ", "")
    assert "It is not locked" in shown.text
    names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert len([name for name in names if "/data/captures/" in name]) == 3
    folder = names[0].split("/")[0]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{folder}.zip"'
    assert inside.vault.exports()[0].captures == (one,)
    assert other.encode() not in body


async def test_every_file_of_a_package_is_named_before_it_is_made(inside: Service) -> None:
    capture = await save(inside)
    named = (await read(inside, "/hand-over")).text
    body = await (await inside.get(await made(inside, capture) + "/file")).read()
    for path in zipfile.ZipFile(io.BytesIO(body)).namelist():
        inner = path.partition("/")[2]
        assert inner in named or inner.startswith("proof/"), inner


async def test_a_file_that_was_taken_away_can_be_made_again_with_the_same_bytes(
    inside: Service,
) -> None:
    page = await made(inside, await save(inside))
    first = await (await inside.get(page + "/file")).read()
    inside.seconds.at += exports.KEEP_SECONDS + 1
    resting = await read(inside, page)
    assert "This file can be made again" in resting.text
    assert (await inside.get(page + "/file")).status == 404
    await inside.sign_in()
    export = page.rpartition("/")[2]
    response = await inside.submit("/hand-over", export=export)
    assert (response.status, response.headers["Location"]) == (303, page)
    for _ in range(200):
        if (await read(inside, page)).titles and inside.app[keys.EXPORTS].job(
            export
        ).state != "making":  # type: ignore[union-attr]
            break
        await asyncio.sleep(0.02)
    assert await (await inside.get(page + "/file")).read() == first


async def test_a_file_on_its_way_says_how_far_it_is_and_can_be_stopped(inside: Service) -> None:
    await save(inside)
    export = inside.vault.choose_export()
    job = exports.Job(export, "making", 1_500_000, 6_000_000)
    inside.app[keys.EXPORTS]._jobs[export] = job
    page = await read(inside, f"/hand-over/{export}")
    assert "1.5 MB of 6.0 MB is written." in page.text
    assert "/static/progress.js" in page.addresses
    response = await inside.submit(f"/hand-over/{export}/cancel")
    assert response.headers["Location"] == f"/hand-over/{export}"
    assert job._stop.is_set()
    job.state = "stopped"
    page = await read(inside, f"/hand-over/{export}")
    assert "What you saved is safe and unchanged." in page.text
    assert "/static/progress.js" not in page.addresses


async def test_a_file_that_failed_says_that_nothing_is_lost(inside: Service) -> None:
    await save(inside)
    export = inside.vault.choose_export()
    inside.app[keys.EXPORTS]._jobs[export] = exports.Job(export, "failed", error="disk-full")
    page = await read(inside, f"/hand-over/{export}")
    assert "What you saved is safe and unchanged." in page.text
    assert "not enough room on this disk" in page.text


@pytest.mark.parametrize(
    "path", ["/hand-over", "/hand-over/x/cancel", "/connect/answer", "/connect/forget"]
)
@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_a_form_without_this_sessions_token_changes_nothing(
    inside: Service, path: str, token: str
) -> None:
    capture = await save(inside)
    response = await inside.submit(path, csrf=token, capture=capture, sure="yes", answer="yes")
    assert response.status == 403
    assert "This page was open for too long." in (await response.text())
    assert not inside.vault.exports()


@pytest.mark.parametrize("export", ["x", "0" * 32, "..%2f..%2fvault.json"])
async def test_a_package_that_is_not_there_is_not_found(inside: Service, export: str) -> None:
    for end in ("", "/progress", "/file"):
        assert (await inside.get(f"/hand-over/{export}{end}")).status == 404


async def test_looking_changes_nothing(inside: Service) -> None:
    capture = await save(inside, source=scenes.source("https://a.example/", "t"))
    page = await made(inside, capture)
    before = inside.vault.log(inside.vault.case)
    paths = [
        "/",
        f"/captures/{capture}",
        f"/captures/{capture}/picture",
        f"/captures/{capture}/text",
    ]
    for path in [*paths, "/hand-over", page, page + "/file", "/safety", "/connect", "/what-to-do"]:
        await (await inside.get(path)).read()
    assert inside.vault.log(inside.vault.case) == before


def test_tiles_that_go_onto_pages_are_counted_after_the_bytes() -> None:
    export = ExportSummary(
        export="ab" * 16, case="cd" * 16, at="2026-11-20T10:00:00.000Z",
        captures=("ef" * 16,), index=1, sha256=None, length=None,
    )  # fmt: skip
    catalogue = CATALOGUE

    def words(done: int, tiles: int) -> str:
        standing = Standing("making", done, 9000, None, tiles=tiles, tiles_total=12)
        return package_view(export, standing, catalogue).words

    assert "of 12 pictures" not in words(100, 0)
    assert words(9000, 7) == "The numbered pages are being made: 7 of 12 pictures."
    assert words(9000, 12) == catalogue.t("pages.package.last")
