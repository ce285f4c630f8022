"""An installed Handrail has its text and its extension with it; a checkout reads them in place."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail import resources

ROOT = Path(__file__).resolve().parents[2]

ASK = (
    "from handrail import resources as r\n"
    "print(r.shared_folder(), r.extension_folder('chromium'), r.extension_folder('firefox'),"
    " sep='\\n')"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Return the wheel of this checkout."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as opened:
        yield opened


def test_a_checkout_reads_its_parts_where_they_lie() -> None:
    assert resources.shared_folder() == ROOT / "shared"
    assert resources.extension_folder("firefox") == ROOT / "build" / "firefox"


def test_an_installed_wheel_finds_its_parts(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    told = subprocess.run(
        [sys.executable, "-S", "-c", ASK],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    shared, chromium, firefox = map(Path, told.stdout.splitlines())
    assert shared.is_relative_to(tmp_path)
    assert (shared / "text" / "en.json").read_bytes() == (
        ROOT / "shared" / "text" / "en.json"
    ).read_bytes()
    for build in (chromium, firefox):
        assert build.is_relative_to(tmp_path)
        assert (build / "manifest.json").is_file()


def test_the_wheel_carries_its_licence_and_every_template(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)
    package = ROOT / "server" / "handrail"
    kept = [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    missing = {f"handrail/{path.relative_to(package).as_posix()}" for path in kept} - set(names)
    assert missing == set()


def test_the_wheel_carries_no_test_and_nothing_of_the_workshop(wheel: zipfile.ZipFile) -> None:
    allowed = ("handrail/", "handrail-")
    assert [name for name in wheel.namelist() if not name.startswith(allowed)] == []
