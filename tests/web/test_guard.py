"""Who may call: every shape of caller that must get no answer, and those that must get one."""

from __future__ import annotations

import asyncio
import json

import pytest

from handrail.web import keys
from tests.peer import ORIGIN
from tests.web.conftest import Service


async def raw(service: Service, request: str) -> bytes:
    """Send bytes as they are and return everything that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(request.encode().replace(b"\n", b"\r\n"))
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def an_api_request(service: Service, **changed: str | None) -> str:
    """A legal first step of pairing, with some lines changed or left out."""
    body = json.dumps({"commit": "ab" * 32})
    headers: dict[str, str | None] = {
        "Host": service.hosts.api,
        "Origin": ORIGIN,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    target = changed.pop("target", None) or "POST /api/pair/start HTTP/1.1"
    headers.update({name.replace("_", "-"): value for name, value in changed.items()})
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\n".join([target, *lines, "", body])


@pytest.fixture
def open_pairing(service: Service) -> Service:
    service.app[keys.PAIRINGS].open_window()
    return service


async def test_an_extension_may_begin_to_pair_while_pairing_is_open(open_pairing: Service) -> None:
    answer = await raw(open_pairing, an_api_request(open_pairing))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert f"Access-Control-Allow-Origin: {ORIGIN}".encode() in answer
    assert b"\r\nServer:" not in answer


async def test_pairing_is_closed_unless_it_was_opened(service: Service) -> None:
    assert await raw(service, an_api_request(service)) == b""


HOSTILE_ORIGINS = [
    "https://evil.example.com",
    "null",
    "http://127.0.0.1:{port}",
    "chrome-extension://" + "abcdefghijklmnop" * 2 + ".evil.example.com",
    "chrome-extension://" + "ABCDEFGHIJKLMNOP" * 2,
    "chrome-extension://" + "abcdefghijklmnoz" * 2,
    " chrome-extension://short",
    "moz-extension://not-a-uuid",
    "file://",
    "http://localhost",
    "chrome-extension://" + "abcdefghijklmnop" * 2 + "/",
    "chrome-extension://" + "abcdefghijklmnop" * 3,
]


@pytest.mark.parametrize("origin", HOSTILE_ORIGINS)
async def test_another_origin_gets_no_answer(open_pairing: Service, origin: str) -> None:
    request = an_api_request(open_pairing, Origin=origin.format(port=open_pairing.port))
    assert await raw(open_pairing, request) == b""


HOSTILE_HOSTS = [
    "localhost:{port}",
    "127.0.0.1",
    "127.0.0.1.:{port}",
    "127.1:{port}",
    "[::1]:{port}",
    "0.0.0.0:{port}",
    "[::ffff:7f00:1]:{port}",
    "evil.example.com:{port}",
    "0000000000000000.localhost:{port}",
]


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
async def test_another_host_gets_no_answer(open_pairing: Service, host: str) -> None:
    request = an_api_request(open_pairing, Host=host.format(port=open_pairing.port))
    assert await raw(open_pairing, request) == b""


SHAPES: dict[str, dict[str, str | None]] = {
    "no origin": {"Origin": None},
    "get on the api": {"target": "GET /api/status HTTP/1.1"},
    "put on the api": {"target": "PUT /api/envelopes HTTP/1.1"},
    "delete on the api": {"target": "DELETE /api/envelopes HTTP/1.1"},
    "a page on the api host": {"target": "POST /hand-over HTTP/1.1"},
    "absolute form": {"target": "POST http://evil.example.com/api/pair/start HTTP/1.1"},
    "the api unpaired": {"target": "POST /api/envelopes HTTP/1.1"},
    "path above the root": {"target": "POST /api/../etc/passwd HTTP/1.1"},
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_request_of_another_shape_gets_no_answer(open_pairing: Service, shape: str) -> None:
    assert await raw(open_pairing, an_api_request(open_pairing, **SHAPES[shape])) == b""


async def test_two_hosts_get_no_answer(open_pairing: Service) -> None:
    request = an_api_request(open_pairing).replace(
        "Origin:", f"Host: {open_pairing.hosts.api}\nOrigin:", 1
    )
    answer = await raw(open_pairing, request)
    assert b" 200 " not in answer.partition(b"\r\n")[0]


async def test_no_host_gets_no_answer(open_pairing: Service) -> None:
    request = an_api_request(open_pairing, Host=None, target="POST /api/pair/start HTTP/1.0")
    assert await raw(open_pairing, request) == b""


async def test_packed_and_chunked_bodies_are_refused(open_pairing: Service) -> None:
    packed = await raw(open_pairing, an_api_request(open_pairing, Content_Encoding="gzip"))
    assert b" 415 " in packed.partition(b"\r\n")[0]
    chunked = an_api_request(open_pairing, Content_Length=None, Transfer_Encoding="chunked")
    head, _, body = chunked.rpartition("\n")
    answer = await raw(open_pairing, f"{head}\n{len(body):x}\n{body}\n0\n\n")
    assert b" 411 " in answer.partition(b"\r\n")[0]


async def test_a_preflight_is_answered_for_extensions_only(open_pairing: Service) -> None:
    ask = {
        "target": "OPTIONS /api/pair/start HTTP/1.1",
        "Access_Control_Request_Method": "POST",
        "Content_Length": "0",
    }
    request = an_api_request(open_pairing, **ask).rpartition("\n")[0] + "\n"
    answer = await raw(open_pairing, request)
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert b"Allow-Methods: POST\r\n" in answer
    evil = request.replace(ORIGIN, "https://evil.example.com")
    assert await raw(open_pairing, evil) == b""
    put = request.replace("Request-Method: POST", "Request-Method: PUT")
    assert await raw(open_pairing, put) == b""


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


def a_page_request(service: Service, path: str = "/", method: str = "GET", **headers: str) -> str:
    lines = {"Host": service.hosts.pages, "Connection": "close", **headers}
    return "\n".join(
        [
            f"{method} {path} HTTP/1.1",
            *(f"{name.replace('_', '-')}: {value}" for name, value in lines.items()),
            "",
            "",
        ]
    )


async def test_pages_need_the_session(service: Service) -> None:
    answer = await raw(service, a_page_request(service))
    assert answer.startswith(b"HTTP/1.1 401 ")
    await service.sign_in()
    opened = a_page_request(service, Cookie=f"__Host-session={service.cookie}")
    assert (await raw(service, opened)).startswith(b"HTTP/1.1 200 ")
    wrong = a_page_request(service, Cookie="__Host-session=guess")
    assert (await raw(service, wrong)).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    ("site", "mode", "path", "answered"),
    [
        ("same-origin", "navigate", "/", True),
        ("none", "navigate", "/", True),
        ("cross-site", "navigate", "/", False),
        ("same-site", "navigate", "/", False),
        ("none", "cors", "/", False),
        ("same-site", "no-cors", "/static/tokens.css", False),
        ("cross-site", "no-cors", "/static/tokens.css", False),
        ("cross-site", "navigate", "/enter", True),
        ("cross-site", "no-cors", "/enter", False),
        ("sideways", "navigate", "/", False),
    ],
)
async def test_only_our_own_pages_and_the_person_may_open_a_page(
    service: Service, site: str, mode: str, path: str, answered: bool
) -> None:
    request = a_page_request(service, path, Sec_Fetch_Site=site, Sec_Fetch_Mode=mode)
    assert bool(await raw(service, request)) is answered


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example.com", "http://{pages}:1"])
async def test_a_form_from_elsewhere_gets_no_answer(service: Service, origin: str | None) -> None:
    await service.sign_in()
    headers = {"Cookie": f"__Host-session={service.cookie}", "Content_Length": "0"}
    if origin is not None:
        headers["Origin"] = origin.format(pages=service.hosts.pages)
    request = a_page_request(service, "/hand-over", "POST", **headers)
    assert await raw(service, request) == b""


async def test_a_form_without_its_token_changes_nothing(service: Service) -> None:
    await service.sign_in()
    await service.save()
    before = service.vault.log(service.vault.case)
    assert (await service.submit("/hand-over", csrf="0" * 64)).status == 403
    assert service.vault.log(service.vault.case) == before


async def test_other_methods_on_pages_get_no_answer(service: Service) -> None:
    for method in ("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
        assert await raw(service, a_page_request(service, "/", method)) == b""


async def test_a_ticket_is_good_once_and_for_a_minute(service: Service) -> None:
    sessions = service.app[keys.SESSIONS]
    ticket = sessions.new_ticket()
    late = sessions.new_ticket()
    assert sessions.enter(ticket)
    headers = {"Host": service.hosts.pages, "Origin": service.hosts.pages_origin}
    again = await service.client.post("/enter", data={"ticket": ticket}, headers=headers)
    assert again.status == 401
    service.seconds.at += 61
    too_late = await service.client.post("/enter", data={"ticket": late}, headers=headers)
    assert too_late.status == 401


async def test_every_answer_of_the_pages_carries_the_strict_headers(service: Service) -> None:
    await service.sign_in()
    for path in ("/", "/hand-over", "/safety", "/no-such-page", "/static/tokens.css", "/enter"):
        response = await service.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert response.headers["Referrer-Policy"] == "same-origin", path
        assert "Server" not in response.headers, path
        if not path.startswith("/static/"):
            assert response.headers["Cache-Control"] == "no-store", path


async def test_the_session_cookie_is_bound_to_the_host(service: Service) -> None:
    ticket = service.app[keys.SESSIONS].new_ticket()
    response = await service.client.post(
        "/enter",
        data={"ticket": ticket},
        headers={"Host": service.hosts.pages, "Origin": service.hosts.pages_origin},
        allow_redirects=False,
    )
    cookie = response.headers["Set-Cookie"]
    for part in ("__Host-session=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize(
    ("steps", "minutes", "still_open"), [(1, 29, True), (1, 31, False), (17, 29, False)]
)
async def test_a_session_ends_when_it_rests_and_when_it_is_old(
    service: Service, steps: int, minutes: int, still_open: bool
) -> None:
    """Half an hour unused, or eight hours in all."""
    await service.sign_in()
    answers = []
    for _ in range(steps):
        service.seconds.at += minutes * 60
        answers.append((await service.get("/safety")).status)
    assert (answers[-1] == 200) is still_open
