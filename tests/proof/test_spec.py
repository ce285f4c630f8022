"""The specification's example is a real package, and its plan is the verifier's."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from handrail import __version__
from handrail.core import envelope
from handrail.proof import verify
from tests.proof.builders import REPOSITORY, Case, verify_alone

SPECIFICATION = (REPOSITORY / "shared" / "spec" / "package.md").read_text("utf-8")


def example() -> Case:
    """Return the case of the specification's example: two views, and one of them handed over."""
    case = Case("meadow", seed=1)
    shown = case.save_view("first")
    case.save_view("second")
    case.choose(shown)
    return case


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "example.zip"
    example().save(path)
    return path


def members(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_every_file_that_is_shown_is_as_it_is_in_the_package(package: Path) -> None:
    shown = re.findall(r"^`([^`\n]+)`\n\n```\n(.*?)\n```$", SPECIFICATION, re.MULTILINE | re.DOTALL)
    assert len(shown) >= 8
    real = members(package)
    for name, text in shown:
        now = real[name].decode("utf-8").rstrip("\n")
        assert now.replace(f"Handrail {__version__}", "Handrail 0.1.0") == text


def test_the_list_of_files_is_the_one_of_the_package(package: Path) -> None:
    listing = re.search(r"```\n(README\.txt\n.*?)\n```", SPECIFICATION, re.DOTALL)
    assert listing is not None
    assert listing[1].split("\n") == sorted(members(package))


def test_the_example_passes_its_own_check(package: Path) -> None:
    assert verify_alone(package)["exit"] == 0


def test_the_plan_is_the_verifier_s() -> None:
    planned = re.findall(r"^(\d+)\. \*\*(\w+)\*\*", SPECIFICATION, re.MULTILINE)
    assert [(int(number), name) for number, name in planned] == list(verify.CHECKS)


def test_the_limits_are_the_verifier_s() -> None:
    stated = dict(re.findall(r"^\| `(\w+)` \| ([0-9 ]+) \|", SPECIFICATION, re.MULTILINE))
    assert {name: int(value.replace(" ", "")) for name, value in stated.items()} == (
        verify.LIMITS._asdict()
    )


def test_every_reason_for_refusing_to_read_is_named() -> None:
    source = Path(verify.__file__).read_text("utf-8")
    codes = set(re.findall(r'Unreadable\(\s*"([a-z0-9-]+)"', source))
    assert len(codes) > 20
    for code in codes:
        assert f"`{code}`" in SPECIFICATION


def test_every_kind_of_exhibit_has_its_row() -> None:
    for kind, media_type in envelope.MEDIA_TYPES.items():
        number = envelope.numbers_of(kind)[-1]
        name = envelope.file_name(kind, number).replace(
            f"{number}.", "NNNNN." if kind != "note" else "N."
        )
        assert f"| `{kind}` | `{name}` | `{media_type}` |" in SPECIFICATION
