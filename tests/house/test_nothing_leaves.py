"""Nothing leaves the computer: no part of Handrail has the means to open a connection elsewhere."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from handrail.resources import extension_folder

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server" / "handrail"

# Every way of the standard library and of aiohttp to open a connection.
OPENERS = {
    "ClientSession", "FTP", "HTTPConnection", "HTTPSConnection", "IMAP4", "SMTP", "connect",
    "connect_ex", "create_connection", "create_datagram_endpoint", "create_unix_connection",
    "open_connection", "open_unix_connection", "request", "sendto", "sock_connect", "urlopen",
    "ws_connect",
}  # fmt: skip
CLIENTS = {"ftplib", "http.client", "imaplib", "poplib", "requests", "smtplib", "urllib.request"}

# The service is asked over its own owner-only socket, a file of this computer.
OWN_SOCKET = {
    ("app/control.py", "ClientSession"),
    ("app/control.py", "request"),
    ("app/supervisor.py", "open_unix_connection"),
}
# The Firefox of `handrail demo` is driven over the loopback address, by its own remote agent.
OWN_BROWSER = {("app/marionette.py", "open_connection")}


def calls(path: Path) -> Iterator[str]:
    """Yield the last name of everything that a module calls."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield name
                case _:
                    pass


def imports(path: Path) -> Iterator[str]:
    """Yield the name of every module that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> list[Path]:
    """Return every module of the server."""
    return sorted(SERVER.rglob("*.py"))


def test_no_module_of_the_server_opens_a_connection_to_elsewhere() -> None:
    opened = {
        (path.relative_to(SERVER).as_posix(), name)
        for path in modules()
        for name in calls(path)
        if name in OPENERS
    }
    assert len(modules()) > 20
    assert opened - OWN_SOCKET - OWN_BROWSER == set()


def test_the_browser_that_is_driven_is_on_this_computer() -> None:
    text = (SERVER / "app" / "marionette.py").read_text(encoding="utf-8")
    assert re.findall(r"open_connection\(([^,]+),", text) == ['"127.0.0.1"']


def test_the_service_is_asked_over_a_socket_that_is_a_file() -> None:
    text = (SERVER / "app" / "control.py").read_text(encoding="utf-8")
    assert "UnixConnector" in text
    assert "TCPConnector" not in text


def test_no_module_of_the_server_imports_a_client() -> None:
    used = {name for path in modules() for name in imports(path)}
    assert used & CLIENTS == set()


def test_core_reads_no_clock_no_file_and_no_chance() -> None:
    impure = {"open", "now", "today", "utcnow", "uuid1", "uuid4", "urandom", "input", "print"}
    used = {
        (path.name, name)
        for path in (SERVER / "core").glob("*.py")
        for name in calls(path)
        if name in impure
    }
    assert used == set()


def test_the_extension_may_reach_this_computer_only() -> None:
    for browser in ("chromium", "firefox"):
        manifest = json.loads((extension_folder(browser) / "manifest.json").read_text("utf-8"))
        policy = manifest["content_security_policy"]["extension_pages"]
        (reach,) = re.findall(r"connect-src ([^;]+)", policy)
        assert reach.split() == ["'self'", "http://127.0.0.1:*"]
        assert policy.startswith("default-src 'self'")
        assert "host_permissions" not in manifest
        assert "optional_host_permissions" not in manifest


def test_the_extension_asks_the_local_service_and_its_own_files_and_nothing_else() -> None:
    ways = re.compile(
        r"\b(?:fetch|XMLHttpRequest|WebSocket|WebTransport|sendBeacon|EventSource)\(.*"
    )
    asked = {
        (path.relative_to(ROOT / "extension").as_posix(), call)
        for path in (ROOT / "extension").rglob("*.js")
        for call in ways.findall(path.read_text(encoding="utf-8"))
    }
    elsewhere = {
        (place, call) for place, call in asked if "fetch(chrome.runtime.getURL(" not in call
    }
    assert [place for place, _ in elsewhere] == ["browser/service.js"]
    assert all("fetch(`http://127.0.0.1:${port}${path}`" in call for _, call in elsewhere)
