"""What a browser loads: made the same each time, asking for little, with nothing hidden in it."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.building import EXTENSION, ROOT, load_build

OURS = ("background", "browser", "connect", "core", "engine", "inject", "panel")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def our_scripts() -> list[Path]:
    return [path for part in OURS for path in sorted((EXTENSION / part).rglob("*.js"))]


def manifest(builds: Path, browser: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((builds / browser / "manifest.json").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both builds as people get them."""
    out = tmp_path_factory.mktemp("builds")
    assert load_build().main(["--out", str(out)]) == 0
    return out


def test_two_builds_are_the_same(builds: Path, tmp_path: Path) -> None:
    assert load_build().main(["--out", str(tmp_path)]) == 0
    assert contents(tmp_path) == contents(builds)


def test_a_library_with_another_digest_stops_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = load_build()
    recorded = json.loads(build.LIBRARIES.read_text("utf-8"))
    recorded["age.js"]["sha256"] = "0" * 64
    build.LIBRARIES = tmp_path / "libraries.json"
    build.LIBRARIES.write_text(json.dumps(recorded), "utf-8")
    assert build.main(["--out", str(tmp_path / "build")]) == 1
    assert "--record" in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_recording_accepts_the_library_as_it_is(tmp_path: Path) -> None:
    build = load_build()
    before = json.loads(build.LIBRARIES.read_text("utf-8"))
    wrong = {"age.js": {**before["age.js"], "sha256": "0" * 64}}
    build.LIBRARIES = tmp_path / "libraries.json"
    build.LIBRARIES.write_text(json.dumps(wrong), "utf-8")
    assert build.main(["--out", str(tmp_path / "build"), "--record"]) == 0
    assert json.loads(build.LIBRARIES.read_text("utf-8")) == before


def test_a_library_brings_the_licence_of_every_part(builds: Path) -> None:
    text = (builds / "chromium/lib/age.js.LICENCE.txt").read_text("utf-8")
    for package in ("age-encryption", "@noble/ciphers", "@noble/curves", "@noble/hashes"):
        assert f"{package} " in text


def test_the_chromium_manifest_asks_for_exactly_this(builds: Path) -> None:
    told = manifest(builds, "chromium")
    assert sorted(told["permissions"]) == [
        "activeTab", "alarms", "scripting", "sidePanel", "storage", "unlimitedStorage",
    ]  # fmt: skip
    assert not [name for name in told if "host" in name or "optional" in name]
    assert not {"content_scripts", "web_accessible_resources", "externally_connectable"} & set(told)


def test_the_firefox_manifest_asks_for_exactly_this(builds: Path) -> None:
    told = manifest(builds, "firefox")
    assert sorted(told["permissions"]) == [
        "activeTab", "alarms", "scripting", "storage", "unlimitedStorage",
    ]  # fmt: skip
    assert not [name for name in told if "host" in name or "optional" in name]
    gecko = told["browser_specific_settings"]["gecko"]
    assert gecko["strict_min_version"] == "140.0"
    assert gecko["data_collection_permissions"] == {"required": ["none"]}
    assert "key" not in told


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_pages_of_the_extension_can_reach_nothing_but_the_service(
    builds: Path, browser: str
) -> None:
    policy = manifest(builds, browser)["content_security_policy"]["extension_pages"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["connect-src"] == "'self' http://127.0.0.1:*"
    assert rules["img-src"] == "'self' blob:"
    assert "unsafe" not in policy


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_every_file_that_a_manifest_or_a_page_names_is_there(builds: Path, browser: str) -> None:
    folder = builds / browser
    told = manifest(builds, browser)
    named = [*told["icons"].values(), *told["action"]["default_icon"].values()]
    named += told["background"].get("scripts") or [told["background"]["service_worker"]]
    named.append((told.get("side_panel") or {}).get("default_path") or "panel/panel.html")
    for page in folder.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#][^"]*)"', page.read_text("utf-8")):
            named.append(str((page.parent / link).resolve().relative_to(folder.resolve())))
    for script in folder.rglob("*.js"):
        for link in re.findall(
            r'^(?:import|export|\}).* from "(\.[^"]+)"', script.read_text("utf-8"), re.M
        ):
            named.append(str((script.parent / link).resolve().relative_to(folder.resolve())))
    assert [name for name in named if not (folder / name).is_file()] == []


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_build_has_no_symbolic_link_and_no_tool_of_ours(builds: Path, browser: str) -> None:
    paths = list((builds / browser).rglob("*"))
    assert not [path for path in paths if path.is_symlink()]
    assert not [p for p in paths if p.suffix == ".py" or p.name.endswith((".d.ts", "base.json"))]


def test_our_code_runs_as_it_is_read(builds: Path) -> None:
    for script in our_scripts():
        inside = script.relative_to(EXTENSION)
        assert (builds / "chromium" / inside).read_bytes() == script.read_bytes()
        assert (builds / "firefox" / inside).read_bytes() == script.read_bytes()


def test_only_the_folder_browser_speaks_to_the_browser() -> None:
    for script in our_scripts():
        text = script.read_text("utf-8")
        speaks = re.search(r"\b(chrome|browser)\.(?!js\b)[a-z]+\.", text) is not None
        inside = script.relative_to(EXTENSION).parts[0]
        assert not speaks or inside in ("browser", "inject"), script


def test_only_one_module_reaches_the_network_and_only_this_computer() -> None:
    """Other modules read files of the extension itself, and no other address."""
    reached: dict[str, set[str]] = {}
    for path in our_scripts():
        text = path.read_text("utf-8")
        assert not re.search(r"XMLHttpRequest|WebSocket|sendBeacon|EventSource|WebTransport", text)
        for address in re.findall(r"\bfetch\((chrome\.runtime\.getURL\(|[^,)]+)", text):
            reached.setdefault(address, set()).add(str(path.relative_to(EXTENSION)))
    elsewhere = {a: where for a, where in reached.items() if a != "chrome.runtime.getURL("}
    assert elsewhere == {"`http://127.0.0.1:${port}${path}`": {"browser/service.js"}}


def test_the_panel_is_never_opened_in_the_way_that_gives_no_leave_to_read() -> None:
    for script in our_scripts():
        assert "setPanelBehavior" not in script.read_text("utf-8")


def test_no_style_and_no_script_stands_inside_a_page() -> None:
    for page in EXTENSION.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text), page


def test_every_sentence_that_the_code_names_is_in_the_catalogue() -> None:
    words = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))
    for script in [*our_scripts(), *EXTENSION.rglob("*.html")]:
        text = script.read_text("utf-8")
        for key in re.findall(r"\"(panel\.(?!js|css)[a-z0-9_]+)\"", text):
            assert key in words, f"{script.name} names {key}"
        for beginning in re.findall(r"`(panel\.[a-z0-9_]+_)\$\{", text):
            assert any(key.startswith(beginning) for key in words), f"{script.name}: {beginning}…"


def test_no_sentence_of_the_panel_is_left_over() -> None:
    words = json.loads((ROOT / "shared/text/en.json").read_text("utf-8"))
    code = "".join(path.read_text("utf-8") for path in [*our_scripts(), *EXTENSION.rglob("*.html")])
    beginnings = tuple(re.findall(r"`(panel\.[a-z0-9_]+_)\$\{", code))
    data = ("panel.problem_",)  # named by error codes
    left_over = [
        key
        for key in words
        if key.startswith("panel.") and key not in code and not key.startswith(beginnings + data)
    ]
    assert left_over == []


@pytest.mark.parametrize("size", [16, 32, 48, 128])
def test_the_mark_is_drawn_in_every_size(builds: Path, size: int) -> None:
    picture = (builds / f"chromium/icons/{size}.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", picture[16:24]) == (size, size)


def test_nothing_generated_lies_in_the_source_tree() -> None:
    generated = [EXTENSION / "lib/age.js", EXTENSION / "manifest.json", EXTENSION / "icons"]
    assert [path for path in generated if path.exists()] == []
