"""One package made once, and fresh copies of it for tests that break it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof.builders import two_views, unpack


@pytest.fixture(scope="session")
def sound_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the package of a whole case with two views. Not to be changed."""
    path = tmp_path_factory.mktemp("package") / "package.zip"
    two_views().save(path)
    return path


@pytest.fixture(scope="session")
def sound_folder(sound_zip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same package, unpacked. Not to be changed."""
    return unpack(sound_zip, tmp_path_factory.mktemp("unpacked"))


@pytest.fixture
def a_copy(sound_folder: Path, tmp_path: Path) -> Callable[[], Path]:
    """Return a function that makes a copy of the unpacked package to break."""

    def copy() -> Path:
        target = tmp_path / sound_folder.name
        shutil.copytree(sound_folder, target)
        return target

    return copy
