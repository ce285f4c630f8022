"""Makes build/chromium and build/firefox: what a browser loads.

A build is a plain copy of this folder, the data files of shared/, that browser's manifest, the
mark, and each library as one file. Our own code is not bundled: what is read is what runs. A
library is bundled by the pinned esbuild and must have the digest in libraries.json; after a
deliberate change, `python extension/build.py --record` writes the new one. Only the standard
library of Python is needed, and esbuild from node_modules.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mark import mark_png

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MANIFEST = HERE / "manifest.base.json"
LIBRARIES = HERE / "libraries.json"

BROWSERS = ("chromium", "firefox")
SHARED = ("text", "helplines", "advice")
NOT_LOADED = (".py", ".d.ts", "manifest.base.json", "libraries.json")
ICON_SIZES = (16, 32, 48, 128)


class BuildError(Exception):
    """The build stops, with a sentence that says what to do."""


def main(arguments: list[str]) -> int:
    """Build both; say what is wrong and return 1 when something is."""
    parser = argparse.ArgumentParser(description="Build the extension for both browsers.")
    parser.add_argument("--out", type=Path, default=ROOT / "build", help="where to put the builds")
    parser.add_argument(
        "--record", action="store_true", help="accept the libraries as they are now"
    )
    options = parser.parse_args(arguments)
    try:
        libraries = json.loads(LIBRARIES.read_text("utf-8"))
        bundles = {name: bundle(library) for name, library in libraries.items()}
        if options.record:
            record_digests(libraries, bundles)
        check_digests(libraries, bundles)
        for browser in BROWSERS:
            build(browser, bundles, options.out / browser)
    except BuildError as error:
        print(f"extension: {error}", file=sys.stderr)
        return 1
    return 0


# ---------------------------------------------------------------- one build


def build(browser: str, bundles: Mapping[str, Bundle], out: Path) -> None:
    """Write one build beside its place, then move it there in one step."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{browser}-") as held:
        place = Path(held) / browser
        copy(HERE, place)
        for folder in SHARED:
            copy(ROOT / "shared" / folder, place / "shared" / folder)
        for name, made in bundles.items():
            write(place / "lib" / name, made.code)
            write(place / "lib" / f"{name}.LICENCE.txt", made.licences)
        for size in ICON_SIZES:
            write(place / "icons" / f"{size}.png", mark_png(size))
        write(place / "manifest.json", manifest_text(browser).encode())
        if out.exists():
            shutil.rmtree(out)
        place.rename(out)


def copy(source: Path, target: Path) -> None:
    """Copy what a browser loads from one folder."""
    for path in files_in(source):
        write(target / path.relative_to(source), path.read_bytes())


def files_in(folder: Path) -> Iterator[Path]:
    """Give every file that a browser loads. Symbolic links are refused: Firefox refuses them."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for path in (Path(parent) / name for name in sorted([*folders, *names])):
            if path.is_symlink():
                raise BuildError(
                    f"{path.relative_to(ROOT)} is a symbolic link. Put the file there."
                )
        yield from (Path(parent) / name for name in sorted(names) if not name.endswith(NOT_LOADED))


def write(path: Path, content: bytes) -> None:
    """Write one file of a build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# ---------------------------------------------------------------- manifest


def manifest_text(browser: str) -> str:
    """Return one browser's manifest: what both share, then its own."""
    base = json.loads(MANIFEST.read_text("utf-8"))
    manifest: dict[str, Any] = {**base["all"]}
    for name, value in base[browser].items():
        manifest[name] = [*manifest[name], *value] if name == "permissions" else value
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


# ---------------------------------------------------------------- libraries


class Bundle:
    """One library as one file, with the licences of everything that is in it."""

    def __init__(self, code: bytes, licences: bytes) -> None:
        self.code = code
        self.licences = licences
        self.sha256 = hashlib.sha256(code).hexdigest()


def bundle(library: Mapping[str, Any]) -> Bundle:
    """Bundle one npm package into one readable ES module."""
    esbuild = shutil.which("esbuild", path=str(ROOT / "node_modules" / ".bin"))
    if esbuild is None:
        raise BuildError("esbuild is missing. Run `make extension`, which fetches it.")
    check_version(library["package"], library["version"])
    with tempfile.TemporaryDirectory() as held:
        code, inputs = Path(held) / "library.js", Path(held) / "inputs.json"
        done = subprocess.run(
            [
                esbuild, "--bundle", "--format=esm", "--platform=browser", "--charset=utf8",
                "--target=chrome120,firefox140", "--log-level=warning", "--legal-comments=inline",
                f"--outfile={code}", f"--metafile={inputs}",
            ],
            input=library["entry"].encode(), capture_output=True, cwd=ROOT, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise BuildError(f"esbuild stopped: {done.stderr.decode(errors='replace').strip()}")
        packages = packages_in(json.loads(inputs.read_text("utf-8")))
        licences = "\n".join(licence_of(name) for name in packages)
        return Bundle(code.read_bytes(), licences.encode())


def check_version(package: str, version: str) -> None:
    """Stop when another version is installed than the one recorded."""
    stated = json.loads((ROOT / "node_modules" / package / "package.json").read_text("utf-8"))
    if stated["version"] != version:
        raise BuildError(
            f"{package} is {stated['version']} in node_modules and {version} in libraries.json."
        )


def packages_in(metafile: Mapping[str, Any]) -> list[str]:
    """Return the npm packages that a bundle contains."""
    contained = next(iter(metafile["outputs"].values()))["inputs"]
    names = set()
    for path in contained:
        if path.startswith("node_modules/"):
            parts = path.removeprefix("node_modules/").split("/")
            names.add("/".join(parts[: 2 if parts[0].startswith("@") else 1]))
    return sorted(names)


def licence_of(package: str) -> str:
    """Return a package's licence under its name and version."""
    folder = ROOT / "node_modules" / package
    stated = json.loads((folder / "package.json").read_text("utf-8"))
    text = (folder / "LICENSE").read_text("utf-8").strip()
    return f"{package} {stated['version']}\n\n{text}\n"


def check_digests(libraries: Mapping[str, Any], bundles: Mapping[str, Bundle]) -> None:
    """Stop when a bundle is not the one that was read and recorded."""
    for name, made in bundles.items():
        if libraries[name]["sha256"] != made.sha256:
            raise BuildError(
                f"{name} has the digest {made.sha256}, and libraries.json names "
                f"{libraries[name]['sha256']}. If the change is meant, read the new file and run "
                "`python extension/build.py --record`."
            )


def record_digests(libraries: Mapping[str, Any], bundles: Mapping[str, Bundle]) -> None:
    """Write the digests of the bundles as they are now."""
    for name, made in bundles.items():
        libraries[name]["sha256"] = made.sha256
    LIBRARIES.write_text(json.dumps(libraries, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
