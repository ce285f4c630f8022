"""From sealed envelopes to a package that a stranger's verifier accepts, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.core import canonical
from handrail.core.plan import ExhibitRef, plan_export
from handrail.core.transcript import merge
from handrail.proof.captures import exhibits_by_capture, read_readings
from handrail.proof.package import save_package
from handrail.vault.vault import Vault, open_vault
from tests.builders import Clock, a_capture, a_conversation, an_envelope, hand_in, note_about
from tests.proof.builders import CATALOGUE, unpack, verify_alone


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with open_vault(tmp_path / "data", Clock()) as opened:
        yield opened


def test_a_conversation_a_broken_one_a_view_and_a_note(vault: Vault, tmp_path: Path) -> None:
    whole = a_conversation(vault.recipient, tiles=12)
    broken = a_conversation(vault.recipient, tiles=5, finished=False)
    view = a_capture(vault.recipient)
    note = an_envelope(
        vault.recipient,
        canonical.encode(note_about(broken.capture)),
        capture=broken.capture,
        kind="note",
        number=1_234_567_890,
    )
    for envelope in (*whole.envelopes, *broken.envelopes, *view.envelopes, note):
        hand_in(vault, envelope)
    while vault.drain().added:
        pass
    export = vault.choose_export([whole.capture, broken.capture, view.capture])
    known = vault.export(export)
    records = vault.log(known.case, known.index + 1)
    plan = plan_export(known.case, records, vault.public_key(known.case))

    def open_exhibit(exhibit: ExhibitRef) -> Iterator[bytes]:
        yield vault.open_exhibit(exhibit.capture, exhibit.number)

    path = tmp_path / "package.zip"
    save_package(path, plan, open_exhibit, lambda text: vault.sign(known.case, text), CATALOGUE)
    report = verify_alone(path)
    place = plan.captures.index(broken.capture)
    assert report["exit"] == 0
    assert report["unfinished"] == [f"data/captures/{place + 1:04d}"]
    folder = unpack(path, tmp_path / "unpacked")
    (kept,) = folder.glob("data/captures/*/notes/*.json")
    assert kept.relative_to(folder).parts[2:] == (f"{place + 1:04d}", "notes", "1234567890.json")
    for exhibits in exhibits_by_capture(plan):
        transcript = merge(read_readings(exhibits, open_exhibit))
        tiles = sum(exhibit.kind == "tile" for exhibit in exhibits)
        wanted = [f"message {place}" for place in range(8 * tiles + 2 if tiles else 0)]
        assert [line.row.text for line in transcript.lines] == wanted
