"""Pages that a browser lets nobody read: the panel says so, keeps nothing, and goes on working."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handrail.app import driver, firefox
from handrail.app.browsers import Browser, BrowserName, Opening, Page, Panel
from handrail.app.demo import SAVES, save_view
from handrail.web.application import load_catalogue
from tests.app.running import RunningService
from tests.browser.conftest import HOSTS, IN_BOTH, Site
from tests.browser.panelling import arrived, newest
from tests.browser.seeing import press, take
from tests.serving import serving

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]

WORDS = load_catalogue()

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R
/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 41>>stream
BT /F 24 Tf 20 100 Td (A bank letter) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""

STORES = {"chromium": "chromewebstore.google.com", "firefox": "addons.mozilla.org"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def letter() -> AsyncIterator[str]:
    """The address of a PDF."""
    async with serving(PDF, "application/pdf") as server:
        yield f"http://page.test:{server.port}/letter.pdf"


OWN = {"chromium": "chrome://version/", "firefox": "about:support"}


@pytest.mark.parametrize("what", ["a page of the browser", "a file in a viewer"])
async def test_of_what_nobody_may_read_nothing_is_kept_and_that_is_said(
    connected: Browser, page: Page, site: Site, service: RunningService, letter: str, what: str
) -> None:
    before = await arrived(service)
    await page.goto(letter if what == "a file in a viewer" else OWN[connected.name])
    await page.wait_for_timeout(300)  # a viewer comes a little later than its page
    for save in SAVES:
        panel = await press(connected, page)
        await panel.click(WORDS.t(f"panel.save_{save}"))
        await says_that_it_cannot_be_read(panel)
        await panel.click(WORDS.t("panel.session_see"))
        not_saved = WORDS.t("panel.session_refused", what=WORDS.t(f"panel.kind_{save}"))
        await panel.wait_for_text(not_saved)
        await panel.click(WORDS.t("panel.back"))
    await goes_on_working(connected, page, site, service, before)


async def says_that_it_cannot_be_read(panel: Panel) -> None:
    await panel.wait_for_text(WORDS.t("panel.problem_page_not_readable_title"))
    said = await panel.text()
    for words in ("problem_page_not_readable_what", "problem_page_not_readable_next"):
        assert WORDS.t(f"panel.{words}") in said
    assert WORDS.t("panel.problem_safe") in said


async def goes_on_working(
    browser: Browser, page: Page, site: Site, service: RunningService, before: dict[str, Any]
) -> None:
    """The next page is saved, and it is the only one that was."""
    await page.goto(site.write("<p>words"))
    await save_view(await press(browser, page), WORDS)
    assert (await newest(service, before))["save"] == "view"


async def test_the_source_of_a_page_is_not_read_and_the_panel_says_what_to_do(
    extension: Path, opening: Opening, site: Site, tmp_path: Path
) -> None:
    async with opening(extension, tmp_path, headless=True, hosts=HOSTS) as browser:
        page = browser.context.pages[0]
        await page.goto(f"view-source:{site.write('<p>words')}")
        panel = await press(browser, page)
        await panel.click(WORDS.t("panel.save_view"))
        if browser.name == "firefox":
            await says_that_it_cannot_be_read(panel)
        else:
            # Chromium does not tell it from a page that the button was not pressed on.
            await panel.wait_for_text(WORDS.t("panel.problem_permission_lost_title"))
            said = await panel.text()
            assert WORDS.t("panel.problem_permission_lost_next") in said
            assert "does not let Handrail read this page" in said
        # Another page is read.
        other = await browser.context.new_page()
        await other.goto(site.write("<p>words"))
        assert "words" in (await take(browser, other)).copy


# ── The browser's store ──────────────────────────────────────────────────────────────────────────


def certificate(folder: Path, host: str) -> ssl.SSLContext:
    """Return what a server needs to be a host; nobody trusts it who was not told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    both.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


def store_browser(
    name: BrowserName, build: Path, profile: Path, port: int
) -> AbstractAsyncContextManager[Browser]:
    """Open a browser for which its store is a server on this computer."""
    host = STORES[name]
    if name == "chromium":
        # The store is only ever asked for over TLS there.
        return driver.open_browser(
            build, profile, headless=True, hosts={f"{host}:443": f"127.0.0.1:{port}"},
            flags=("--ignore-certificate-errors",),
        )  # fmt: skip
    plain = {
        "network.stricttransportsecurity.preloadlist": False,
        "dom.security.https_first": False,
    }
    return firefox.open_browser(build, profile, headless=True, hosts={host: ""}, settings=plain)


@pytest.mark.parametrize("save", ["view", "profile"])
async def test_the_store_of_the_browser_cannot_be_read_and_that_is_said(
    extension: Path, browser_name: BrowserName, tmp_path: Path, save: str
) -> None:
    host = STORES[browser_name]
    encrypted = browser_name == "chromium"
    secret = certificate(tmp_path, host) if encrypted else None
    async with (
        serving("<!doctype html><p>Add-ons", certificate=secret) as server,
        store_browser(browser_name, extension, tmp_path / "p", server.port or 0) as browser,
    ):
        page = browser.context.pages[0]
        await page.goto(f"https://{host}/" if encrypted else f"http://{host}:{server.port}/")
        assert await page.evaluate("document.body.innerText") == "Add-ons"
        panel = await press(browser, page)
        await panel.click(WORDS.t(f"panel.save_{save}"))
        await says_that_it_cannot_be_read(panel)
