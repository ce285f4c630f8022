"""A package is the same bytes every time, holds exactly what was logged, or is not there at all."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail import __version__
from handrail.core.errors import Damaged, DiskFull, HandrailError, Refused
from handrail.core.plan import ExhibitRef
from handrail.proof import package, verify
from handrail.proof.package import Cancelled, Progress, Watch, save_package, write_package
from tests.proof.builders import CATALOGUE, REPOSITORY, Case, two_views, unpack, verify_imported


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    one = two_views().save(tmp_path / "one.zip")
    other = two_views().save(tmp_path / "other.zip")
    assert one == other
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_what_is_reported_is_what_lies_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    written = two_views().save(path)
    assert written.length == path.stat().st_size
    done = subprocess.run(["sha256sum", path], capture_output=True, check=True, text=True)
    assert done.stdout.split()[0] == written.sha256
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == written.files


def test_making_it_again_later_gives_the_same_bytes_although_the_log_has_grown(
    tmp_path: Path,
) -> None:
    case = two_views()
    first = case.save(tmp_path / "first.zip")
    until_the_choice = list(case.records)
    case.save_view("third")
    case.records = until_the_choice
    assert case.save(tmp_path / "again.zip") == first


def test_every_name_is_plain_dated_alike_and_in_one_folder(sound_zip: Path) -> None:
    with zipfile.ZipFile(sound_zip) as archive:
        members = archive.infolist()
    assert {member.filename.split("/")[0] for member in members} == {"handrail-b7fd71ed-bb87e9fe"}
    for member in members:
        name = member.filename.partition("/")[2]
        assert name in ("README.txt", "VERIFY.txt") or re.fullmatch(r"[a-z0-9._/-]+", name)
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert member.compress_type == zipfile.ZIP_STORED
        assert member.external_attr >> 16 == 0o100644


def test_the_bag_says_nothing_about_the_person(sound_folder: Path) -> None:
    assert (sound_folder / "bag-info.txt").read_text("utf-8").splitlines() == [
        f"Bag-Software-Agent: Handrail {__version__}",
        "Bagging-Date: 2026-11-24",
        "External-Identifier: handrail/case/b7fd71edad9c6f2fb79b9c4a176405ee"
        "/export/bb87e9fe7befa26a82af4168974547a9",
        f"Payload-Oxum: {_payload(sound_folder)}",
    ]


def _payload(folder: Path) -> str:
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    return f"{sum(path.stat().st_size for path in files)}.{len(files)}"


def test_captures_are_numbered_as_they_were_logged_and_not_as_they_were_chosen(
    tmp_path: Path,
) -> None:
    case = Case()
    first, second = case.save_view("first"), case.save_view("second")
    case.choose(second, first)
    case.save(tmp_path / "package.zip")
    folder = unpack(tmp_path / "package.zip", tmp_path / "unpacked")
    assert first in (folder / "data/captures/0001/facts.json").read_text("utf-8")
    assert second in (folder / "data/captures/0002/facts.json").read_text("utf-8")


def test_some_captures_are_shown_and_the_others_stay_private(tmp_path: Path) -> None:
    case = Case()
    first = case.save_view("first")
    private = case.save_view("private", source={"title": "Not for anyone"})
    case.quarantine("damaged")
    case.choose(first)
    path = tmp_path / "package.zip"
    case.save(path)
    report = verify_imported(path)
    assert report["exit"] == 0
    assert report["log"] == {"entries": 9, "disclosed": 5, "undisclosed": 4}
    content = path.read_bytes()
    assert private.encode() not in content
    assert b"Not for anyone" not in content
    assert b"envelope-quarantined" not in content.replace(b'"envelope-quarantined"', b"", 1)


def test_the_whole_case_shows_the_whole_log(tmp_path: Path) -> None:
    case = Case()
    first = case.save_view("first")
    case.quarantine("damaged")
    case.choose(first)
    case.save(tmp_path / "package.zip")
    assert verify_imported(tmp_path / "package.zip")["log"]["undisclosed"] == 0


# ── Nothing half made ────────────────────────────────────────────────────────────────────────


def exchanged(case: Case, body: bytes) -> None:
    """Put other bytes in the place of the first exhibit, as a damaged disk would."""
    case.exhibits[case.plan().exhibits[2].sha256] = body


@pytest.mark.parametrize("body", [b"", b"other bytes", b"x" * 100_000])
def test_an_exhibit_that_is_not_the_logged_one_stops_everything(
    body: bytes, tmp_path: Path
) -> None:
    case = two_views()
    exchanged(case, body)
    with pytest.raises(Damaged) as refused:
        case.save(tmp_path / "package.zip")
    assert refused.value.code == "exhibit-digest"
    assert list(tmp_path.iterdir()) == []


def test_facts_that_are_not_the_logged_ones_stop_everything(tmp_path: Path) -> None:
    case = two_views()
    facts = next(exhibit for exhibit in case.plan().exhibits if exhibit.kind == "facts")
    case.exhibits[facts.sha256] = b"{}"
    with pytest.raises(Damaged):
        case.save(tmp_path / "package.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_was_there_stays_when_the_next_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    case = two_views()
    case.save(path)
    before = path.read_bytes()
    exchanged(case, b"other bytes")
    with pytest.raises(Damaged):
        case.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_signature_by_another_key_is_not_put_into_a_package(tmp_path: Path) -> None:
    case, other = two_views(), Case(seed=2)
    with pytest.raises(Damaged) as refused:
        save_package(
            tmp_path / "package.zip", case.plan(), case.open_exhibit, other.private.sign, CATALOGUE
        )
    assert refused.value.code == "signature"
    assert list(tmp_path.iterdir()) == []


def test_only_this_login_can_read_the_file(tmp_path: Path) -> None:
    two_views().save(tmp_path / "package.zip")
    assert (tmp_path / "package.zip").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_said_plainly_and_leaves_nothing(tmp_path: Path) -> None:
    case = two_views()

    def no_room(exhibit: ExhibitRef) -> Iterator[bytes]:
        if exhibit.kind == "view":
            raise OSError(28, "No space left on device")
        return case.open_exhibit(exhibit)

    with pytest.raises(DiskFull):
        save_package(tmp_path / "package.zip", case.plan(), no_room, case.private.sign, CATALOGUE)
    assert list(tmp_path.iterdir()) == []


# ── On the way ───────────────────────────────────────────────────────────────────────────────


def test_progress_goes_from_nothing_to_everything() -> None:
    case = two_views()
    plan, told = case.plan(), list[Progress]()
    write_package(
        io.BytesIO(), plan, case.open_exhibit, case.private.sign, CATALOGUE, Watch(told.append)
    )
    total = sum(exhibit.length for exhibit in plan.exhibits)
    assert told[0] == Progress(0, 6, 0, total)
    assert told[-1] == Progress(6, 6, total, total)
    assert [now.bytes_done for now in told] == sorted(now.bytes_done for now in told)


def test_it_can_be_stopped_at_any_moment_and_leaves_nothing(tmp_path: Path) -> None:
    case = two_views()
    for patience in (0, 1, 5, 20):
        asked = iter(range(patience))
        watch = Watch(is_cancelled=lambda asked=asked: next(asked, None) is None)  # type: ignore[misc]
        with pytest.raises(Cancelled):
            save_package(
                tmp_path / "package.zip",
                case.plan(),
                case.open_exhibit,
                case.private.sign,
                CATALOGUE,
                watch,
            )
        assert list(tmp_path.iterdir()) == []


# ── What cannot become a package ─────────────────────────────────────────────────────────────


def test_a_capture_whose_facts_have_not_arrived_is_refused() -> None:
    case = Case()
    case.add_exhibit("c" * 32, 1, "view", "image/png", b"a picture")
    case.choose("c" * 32)
    assert _refusal(case) == "capture-not-whole"


def test_a_capture_with_a_missing_exhibit_is_refused() -> None:
    case = Case()
    capture = case.save_view("first")
    view = next(place for place, record in enumerate(case.records) if b'"view"' in record)
    del case.records[view]
    case.choose(capture)
    assert _refusal(case) == "capture-not-whole"


def _refusal(case: Case) -> str:
    with pytest.raises(HandrailError) as refused:
        write_package(io.BytesIO(), case.plan(), case.open_exhibit, case.private.sign, CATALOGUE)
    return refused.value.code


def test_more_than_a_verifier_takes_is_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "LIMITS", verify.LIMITS._replace(total_bytes=1000))
    out = io.BytesIO()
    case = two_views()
    with pytest.raises(Refused) as refused:
        write_package(out, case.plan(), case.open_exhibit, case.private.sign, CATALOGUE)
    assert refused.value.code == "package-too-large"
    assert out.getvalue() == b""


# ── Memory ───────────────────────────────────────────────────────────────────────────────────

LARGE = """
import hashlib, resource, sys
from pathlib import Path
from handrail.core.checkpoint import is_signed_by
from handrail.proof.verify import verify_package
from tests.proof.builders import Case, two_views

MEGABYTE, COUNT = b"\\x89PNG" + bytes(1024 * 1024 - 4), 300

class LargeCase(Case):
    def open_exhibit(self, exhibit):
        if exhibit.kind != "view":
            return super().open_exhibit(exhibit)
        return (MEGABYTE for _ in range(COUNT))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

folder = Path(sys.argv[1])
two_views().save(folder / "small.zip")
assert verify_package(str(folder / "small.zip"), check_ed25519=is_signed_by)["exit"] == 0
before = peak()

case = LargeCase()
digest = hashlib.sha256()
for _ in range(COUNT):
    digest.update(MEGABYTE)
listed = case.add_exhibit("c" * 32, 1, "view", "image/png", b"", digest.hexdigest(), COUNT << 20)
case.add_facts("c" * 32, [listed])
case.choose("c" * 32)
written = case.save(folder / "large.zip")
assert written.length > COUNT << 20
assert verify_package(str(folder / "large.zip"), check_ed25519=is_signed_by)["exit"] == 0
print(peak() - before)
"""


def test_an_exhibit_of_300_megabytes_is_written_and_checked_in_constant_memory(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LARGE, tmp_path],
        cwd=REPOSITORY,
        env={"PYTHONPATH": "server:."},
        capture_output=True,
        check=False,
        text=True,
    )
    (tmp_path / "large.zip").unlink(missing_ok=True)
    assert done.stderr == ""
    assert int(done.stdout) < 24
