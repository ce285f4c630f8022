"""The command line. `handrail --help` is the table of contents.

    run      start the service, the dashboard and the window
    demo     do the main job unattended, in a browser without a screen
    list     show what was saved
    export   write a package that others can check
    verify   check a package
    pages    make the numbered pages of a package again, and compare
    doctor   say what is in the way when it does not connect

Exit status: 0 done, 1 a check failed or the work could not be done, 2 the command or the file
cannot be read. Sentences come from the catalogue; only this module prints.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .. import system
from ..core import display
from ..core.errors import HandrailError, Unavailable, VaultBusy
from ..core.text import Catalogue
from ..vault import keys as vault_keys
from ..vault.vault import Vault, open_vault
from ..web.application import load_catalogue
from . import control, doctor, paging, supervisor, window, work, worker
from .browsers import BROWSERS
from .demo import SAVES, run_demo

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = load_catalogue()
    options = _parser(words).parse_args(arguments)
    try:
        status: int = options.command(options, words)
        return status
    except HandrailError as error:
        print(f"handrail: {_sentence(words, error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _sentence(words: Catalogue, error: HandrailError) -> str:
    key = f"error.{error.code}"
    return words.t(key) if key in words else f"{error.message} ({error.code})"


# ── The commands ─────────────────────────────────────────────────────────────────────────────


def run(options: argparse.Namespace, words: Catalogue) -> int:
    """Start the service and keep it up; if one runs already, open its dashboard."""
    return asyncio.run(_run(options, words))


async def _run(options: argparse.Namespace, words: Catalogue) -> int:
    ports = system.PORTS if options.port is None else (options.port,)
    if system.is_root():
        print(words.t("cli.root"), file=sys.stderr)
    try:
        held = await supervisor.hold(options.data, ports)
    except VaultBusy:
        answer = await control.ask(options.data, "/way-in", to="/")
        print(words.t("cli.already", address=answer["address"]))
        if not options.no_browser and system.has_screen():
            webbrowser.open(answer["address"])
        return 0
    tasks: set[asyncio.Task[None]] = set()

    def when_ready(held: supervisor.Held) -> None:
        tasks.add(asyncio.ensure_future(_welcome(held, options, words)))

    return await supervisor.supervise(held, when_ready)


async def _welcome(held: supervisor.Held, options: argparse.Namespace, words: Catalogue) -> None:
    """Say where the dashboard is and open the window, where that is wished and possible."""
    answer = await control.ask(held.data, "/way-in", to="/")
    print(words.t("cli.ready", address=answer["address"]))
    if options.no_browser:
        print(words.t("cli.stop"), flush=True)
        return
    try:
        if not system.has_screen():
            raise Unavailable("no-screen", "there is no screen to open a window on")
        code = await control.ask(held.data, "/start-code")
        window.open_window(held.data, held.port, code["code"])
        print(words.t("cli.window"))
    except Unavailable as error:
        print(words.t("cli.no_window", reason=_sentence(words, error)))
        if system.has_screen():
            webbrowser.open(answer["address"])
    print(words.t("cli.stop"), flush=True)


def list_saved(options: argparse.Namespace, words: Catalogue) -> int:
    """Show what was saved."""
    found = asyncio.run(
        _with_vault(
            options.data,
            lambda: control.ask(options.data, "/captures"),
            work.list_captures,
        )
    )
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    print(words.t("cli.list.count", count=len(found["captures"])))
    for capture in found["captures"]:
        print(
            words.t(
                "cli.list.one" if capture["whole"] else "cli.list.arriving",
                started=capture["started"],
                url=display.address(capture["url"]).text,
                capture=capture["capture"],
            )
        )
    if found["waiting"] or found["quarantined"]:
        print(words.t("cli.list.waiting", count=found["waiting"]))
        print(words.t("cli.list.aside", count=found["quarantined"]))
    return 0


def export(options: argparse.Namespace, words: Catalogue) -> int:
    """Write a package."""
    out = options.out.absolute()

    async def here(vault: Vault) -> dict[str, Any]:
        return await work.export(vault, words, out, options.case, options.only)

    made = asyncio.run(
        _with_vault(
            options.data,
            lambda: control.ask(
                options.data, "/export", out=str(out), case=options.case, only=options.only
            ),
            here,
        )
    )
    if options.json:
        print(json.dumps(made, indent=2))
    else:
        print(words.t("cli.export.done", count=made["captures"], package=made["package"]))
        print(words.t("cli.export.digest", digest=made["sha256"]))
        for capture in made["unpaged"]:
            print(words.t("cli.export.unpaged", capture=capture))
        for one in made["unread"]:
            print(words.t("cli.export.unread", **one))
    return 0


def verify(options: argparse.Namespace, words: Catalogue) -> int:
    """Check a package, by the same numbered plan that travels inside it."""
    report, text = work.verify(options.package, options.key)
    print(json.dumps(report, indent=2) if options.json else text)
    return int(report["exit"])


def pages(options: argparse.Namespace, words: Catalogue) -> int:
    """Make the pages of a package again, from its tiles and readings alone."""
    said = {
        "same": "cli.pages.same",
        "other": "cli.pages.other",
        "absent": "cli.pages.absent",
        "unmade": "cli.pages.unmade",
        "unread": "cli.pages.unread",
        "refused": "cli.pages.refused",
    }
    states = []
    for page in paging.remake_pages(options.package, options.out):
        states.append(page.state)
        print(words.t(said[page.state], page=page.name, code=page.code))
    if not states:
        print(words.t("cli.pages.none"))
    return 0 if all(state in ("same", "unread") for state in states) else 1


def look_around(options: argparse.Namespace, words: Catalogue) -> int:
    """Say what is in the way, and change nothing."""
    findings = asyncio.run(doctor.examine(options.data))
    print("\n".join(doctor.lines(findings, words)))
    return 1 if doctor.count_in_the_way(findings) else 0


def demo(options: argparse.Namespace, words: Catalogue) -> int:
    """Do the main job unattended."""
    return asyncio.run(
        run_demo(options.out, words, page=options.page, save=options.save, browser=options.browser)
    )


def serve(options: argparse.Namespace, words: Catalogue) -> int:
    """Serve on sockets that the supervisor holds. Not for people."""
    listening = [int(one) for one in options.listen.split(",")]
    given = worker.Given(options.data, listening, options.control, options.secret)
    return worker.main(given)


async def _with_vault(
    data: Path,
    ask: Callable[[], Awaitable[T]],
    do: Callable[[Vault], Awaitable[T]],
) -> T:
    """Ask the running service; if none runs, take the lock and do it here."""
    try:
        return await ask()
    except control.NoService:
        pass
    if not vault_keys.exists(data):
        raise Unavailable("no-vault", "nothing was saved in this folder yet")
    lock = system.take_lock(data / supervisor.LOCK_FILE)
    try:
        with open_vault(data, worker.now) as vault:
            while (done := vault.drain()).added or done.quarantined:
                pass
            return await do(vault)
    finally:
        system.close_lock(lock)


# ── The table of contents ────────────────────────────────────────────────────────────────────


def _parser(words: Catalogue) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handrail", description=words.t("cli.about"), epilog=words.t("cli.exit_status")
    )
    commands = parser.add_subparsers(
        title=words.t("cli.commands"), required=True, metavar="COMMAND"
    )

    def command(
        name: str, work: Callable[[argparse.Namespace, Catalogue], int], *, vault: bool = True
    ) -> argparse.ArgumentParser:
        told = words.t(f"cli.{name}.about")
        made = commands.add_parser(name, help=told, description=told)
        made.set_defaults(command=work)
        if vault:
            made.add_argument(
                "--data",
                type=Path,
                metavar="DIR",
                default=system.default_data_folder(),
                help=words.t("cli.data"),
            )
        return made

    starting = command("run", run)
    starting.add_argument("--port", type=int, metavar="N", help=words.t("cli.run.port"))
    starting.add_argument("--no-browser", action="store_true", help=words.t("cli.run.no_browser"))

    showing = command("demo", demo, vault=False)
    showing.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=words.t("cli.demo.out")
    )
    showing.add_argument("--page", metavar="URL", help=words.t("cli.demo.page"))
    showing.add_argument("--save", choices=SAVES, default="view", help=words.t("cli.demo.save"))
    showing.add_argument(
        "--browser", choices=BROWSERS, default="chromium", help=words.t("cli.demo.browser")
    )

    listing = command("list", list_saved)
    listing.add_argument("--json", action="store_true", help=words.t("cli.json"))

    writing = command("export", export)
    writing.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=words.t("cli.export.out")
    )
    writing.add_argument(
        "--only", nargs="+", default=[], metavar="CAPTURE", help=words.t("cli.export.only")
    )
    writing.add_argument("--case", metavar="ID", help=words.t("cli.export.case"))
    writing.add_argument("--json", action="store_true", help=words.t("cli.json"))

    checking = command("verify", verify, vault=False)
    checking.add_argument(
        "package", type=Path, metavar="PACKAGE", help=words.t("cli.verify.package")
    )
    checking.add_argument("--key", metavar="KEY", help=words.t("cli.verify.key"))
    checking.add_argument("--json", action="store_true", help=words.t("cli.json"))

    paging_again = command("pages", pages, vault=False)
    paging_again.add_argument(
        "package", type=Path, metavar="PACKAGE", help=words.t("cli.verify.package")
    )
    paging_again.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=words.t("cli.pages.out")
    )

    command("doctor", look_around)

    serving = commands.add_parser("worker")
    serving.set_defaults(command=serve)
    serving.add_argument("--data", type=Path, required=True)
    serving.add_argument("--listen", required=True)
    serving.add_argument("--control", type=int, required=True)
    serving.add_argument("--secret", type=int)
    return parser
