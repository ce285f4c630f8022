"""Why it does not connect: told apart with real programs on real ports, as far as can be proved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from handrail.app.driver import Browser, open_browser
from handrail.vault.vault import open_vault
from handrail.web import keys
from handrail.web.application import RUNNER, create_app
from handrail.web.hosts import hosts_for
from handrail.web.pairing import Browser as Paired
from tests.app.eyes import Firefox
from tests.builders import Clock
from tests.building import quiet_port

from .doubles import AT, FaultyService
from .test_outbox import a_page, holding, save, send

DIAGNOSE = """async ([ports, isPrivate]) => {
  const { diagnose } = await import("/engine/diagnosis.js");
  const privateWindow = await import("/browser/private-window.js");
  return diagnose({ service: { PORTS: ports }, knocking: await import("/browser/knocking.js"),
    privateWindow: isPrivate ? { isPrivateWindow: async () => true } : privateWindow });
}"""


EITHER = pytest.mark.parametrize("page", ["in_chromium", "in_firefox"], indirect=True)
"""Says that a test is for both browsers: what they hear is not the same by itself."""


@pytest_asyncio.fixture(loop_scope="module")
async def in_chromium(browser: Browser) -> Any:
    return await a_page(browser)


@pytest_asyncio.fixture(loop_scope="module")
async def in_firefox(builds: Path, tmp_path: Path) -> AsyncIterator[Any]:
    async with Firefox(builds, tmp_path).open() as opened:
        yield await opened.page()


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Any:
    """A page in the extension's origin that runs nothing of its own.

    In Chromium, unless a test is for either browser.
    """
    return request.getfixturevalue(getattr(request, "param", "in_chromium"))


async def diagnosed(page: Any, *ports: int, private: bool = False) -> Any:
    return await page.evaluate(DIAGNOSE, [list(ports), private])


@asynccontextmanager
async def program(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    port: int = 0,
) -> AsyncIterator[int]:
    """Another program on a port of its own. It talks as it likes."""
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking = asyncio.ensure_future(talk(reader, writer))
        await asyncio.wait(
            [talking, asyncio.ensure_future(over.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        talking.cancel()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()


async def a_page_of_its_own(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nConnection: close\r\n\r\nfilter")
    await writer.drain()


async def silence(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3_600)


@asynccontextmanager
async def real_service(page: Any, folder: Path, *, knows: FaultyService | None) -> Any:
    """The real service on a port; `knows` is whose pairing it has, if anybody's."""
    data, clock = folder / "vault", Clock()
    data.mkdir(mode=0o700)
    port = quiet_port()
    with open_vault(data, clock) as vault:
        app = create_app(data, vault, hosts_for(data, port), clock)
        if knows is not None:
            origin = await page.evaluate("location.origin")
            app[keys.PAIRINGS].browsers[knows.browser] = Paired(
                browser=knows.browser, key=knows.key.hex(), origin=origin, paired_at=AT
            )
        server = TestServer(app, host="127.0.0.1", port=port)
        await server.start_server(**RUNNER)
        try:
            yield port, vault.recipient
        finally:
            await server.close()


@pytest_asyncio.fixture(loop_scope="module")
async def gone(page: Any) -> FaultyService:
    """Whom the browser is connected to: a service that has ended, with its port closed."""
    service = FaultyService()
    await service.connect(page)
    return service


@EITHER
async def test_all_ports_closed_is_not_running(page: Any, gone: FaultyService) -> None:
    told = await diagnosed(page, quiet_port(), quiet_port())
    assert told == {"code": "service-not-running", "ports": []}


async def test_a_browser_that_was_never_connected_can_ask_too(page: Any) -> None:
    assert (await diagnosed(page, quiet_port()))["code"] == "service-not-running"


async def test_a_service_that_answers_is_no_trouble(
    page: Any, gone: FaultyService, tmp_path: Path
) -> None:
    async with real_service(page, tmp_path, knows=gone) as (port, recipient):
        gone.port = port
        await gone.connect(page, recipient)
        assert await diagnosed(page, quiet_port()) == {"code": None, "ports": [port]}


@EITHER
async def test_a_service_that_moved_is_found_and_named(
    page: Any, gone: FaultyService, tmp_path: Path
) -> None:
    async with (
        program(a_page_of_its_own, gone.port),
        real_service(page, tmp_path, knows=gone) as (port, recipient),
    ):
        await gone.connect(page, recipient)
        told = await diagnosed(page, quiet_port(), port)
        assert told == {"code": "service-other-port", "ports": [port]}


@EITHER
async def test_a_service_that_knows_other_browsers_is_another_one(
    page: Any, gone: FaultyService, tmp_path: Path
) -> None:
    another = FaultyService()
    another.browser = "cd" * 16
    async with real_service(page, tmp_path, knows=another) as (port, _):
        told = await diagnosed(page, quiet_port(), port)
        assert told == {"code": "paired-elsewhere", "ports": [port]}


async def test_a_service_that_knows_nobody_cuts_the_call_and_cannot_be_told_from_none(
    page: Any, gone: FaultyService, tmp_path: Path
) -> None:
    """The guard gives a stranger no byte. This is the limit, and the sentence has to fit it."""
    async with real_service(page, tmp_path, knows=None) as (port, _):
        told = await diagnosed(page, port)
        assert told == {"code": "service-not-running", "ports": []}


async def test_what_waits_for_another_vault_is_told(
    page: Any, gone: FaultyService, tmp_path: Path
) -> None:
    await save(page, gone)
    async with real_service(page, tmp_path, knows=gone) as (port, recipient):
        gone.port = port
        await gone.connect(page, recipient)
        assert await diagnosed(page) == {"code": "paired-elsewhere", "ports": [port]}


@EITHER
@pytest.mark.parametrize("talk", [a_page_of_its_own, silence])
async def test_another_program_on_a_port_is_named(
    page: Any, gone: FaultyService, talk: Any
) -> None:
    async with program(talk) as port:
        told = await diagnosed(page, quiet_port(), port)
        assert told == {"code": "port-taken", "ports": [port]}


@pytest.mark.parametrize("status", [200, 401, 500])
async def test_a_program_that_lets_everybody_read_it_is_another_program_all_the_same(
    page: Any, gone: FaultyService, status: int
) -> None:
    async def anything(request: web.Request) -> web.Response:
        allowed = {f"Access-Control-Allow-{name}": "*" for name in ("Origin", "Methods")}
        allowed["Access-Control-Allow-Headers"] = (
            "authorization, content-type, content-digest, idempotency-key"
        )
        if request.method == "OPTIONS":
            return web.Response(headers=allowed)
        return web.json_response({"locked": False}, status=status, headers=allowed)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", anything)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    assert server.port is not None
    try:
        told = await diagnosed(page, server.port)
        assert told == {"code": "port-taken", "ports": [server.port]}
    finally:
        await server.close()


async def test_a_filter_between_is_known_by_answering_where_nobody_is(
    builds: Path, tmp_path: Path, service: FaultyService
) -> None:
    """A proxy that catches even this computer's own address, as protection programs do."""
    async with program(a_page_of_its_own) as proxy:
        flags = (f"--proxy-server=127.0.0.1:{proxy}", "--proxy-bypass-list=<-loopback>")
        async with open_browser(
            builds / "chromium", tmp_path / "profile", headless=True, flags=flags
        ) as opened:
            page = await a_page(opened)
            await service.connect(page)
            told = await diagnosed(page, quiet_port())
            assert told["code"] == "service-blocked"
            await save(page, service)
            await send(page)
            assert service.received == []
            assert (await holding(page))["captures"] == 1


async def test_a_blocker_in_another_extension_does_not_reach_our_calls(
    builds: Path, tmp_path: Path, service: FaultyService
) -> None:
    """In Chromium. So a blocker is not among the reasons that are looked for."""
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    rule = {
        "id": 1,
        "action": {"type": "block"},
        "condition": {
            "urlFilter": "||127.0.0.1",
            "resourceTypes": ["xmlhttprequest", "main_frame"],
        },
    }
    (blocker / "rules.json").write_text(json.dumps([rule]))
    (blocker / "manifest.json").write_text(
        json.dumps(
            {
                "manifest_version": 3,
                "name": "Blocker",
                "version": "1",
                "permissions": ["declarativeNetRequest"],
                "host_permissions": ["<all_urls>"],
                "declarative_net_request": {
                    "rule_resources": [{"id": "all", "enabled": True, "path": "rules.json"}]
                },
            }
        )
    )
    both = f"{builds / 'chromium'},{blocker}"
    flags = (f"--load-extension={both}", f"--disable-extensions-except={both}")
    async with open_browser(
        builds / "chromium", tmp_path / "profile", headless=True, flags=flags
    ) as opened:
        web_page = await opened.context.new_page()
        with pytest.raises(Exception, match="ERR_BLOCKED_BY_CLIENT"):
            await web_page.goto(f"http://127.0.0.1:{service.port}/")
        page = await a_page(opened)
        await service.connect(page)
        await save(page, service)
        await send(page)
        assert (await holding(page))["captures"] == 0


async def test_a_private_window_comes_before_all_else(page: Any, gone: FaultyService) -> None:
    told = await diagnosed(page, quiet_port(), private=True)
    assert told == {"code": "private-window", "ports": []}
    assert (
        await page.evaluate(
            "import('/browser/private-window.js').then((door) => door.isPrivateWindow())"
        )
        is False
    )
