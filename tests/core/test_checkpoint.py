"""A checkpoint and a proof are believed only when every byte of them is right."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from handrail.core import checkpoint as cp
from handrail.core.errors import Damaged
from handrail.core.tree import Tree, leaf_hash, verify_inclusion

CASE = "0f3c" + "0" * 28
ORIGIN = f"handrail/case/{CASE}"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
RECORDS = (b"one", b"two", b"three")
TREE = Tree(leaf_hash(record) for record in RECORDS)


def note() -> bytes:
    return cp.sign_checkpoint(cp.checkpoint_of(CASE, TREE), PUBLIC, KEY.sign)


def test_a_checkpoint_comes_back_as_it_went_in() -> None:
    assert cp.verify_checkpoint(note(), ORIGIN, PUBLIC) == cp.checkpoint_of(CASE, TREE)


def test_a_checkpoint_names_the_log_its_size_its_root_and_its_leaves() -> None:
    lines = note().decode().split("\n")
    leaves = b"".join(leaf_hash(record).hex().encode() + b"\n" for record in RECORDS)
    assert lines[0] == ORIGIN
    assert lines[1] == "3"
    assert base64.b64decode(lines[2]) == TREE.root()
    assert lines[3] == "leaves-sha256 " + hashlib.sha256(leaves).hexdigest()
    assert lines[4] == ""
    assert lines[5].startswith(f"\u2014 {ORIGIN} ")
    assert lines[6:] == [""]


@pytest.mark.parametrize("place", range(len(note())))
def test_no_byte_of_a_checkpoint_can_change(place: int) -> None:
    changed = bytearray(note())
    changed[place] ^= 1
    with pytest.raises(Damaged):
        cp.verify_checkpoint(bytes(changed), ORIGIN, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + b"\n",
        lambda text: text[:-1],
        lambda text: b"\n" + text,
        lambda text: text + text.split(b"\n\n")[1],
        lambda text: text.split(b"\n\n")[0] + b"\n",
        lambda text: text.replace(b"\n3\n", b"\n03\n"),
        lambda text: text.replace(b"\n3\n", b"\n3 \n"),
        lambda text: text.replace(b"\n\n", b"\nextra line\n\n"),
        lambda text: b"",
    ],
)
def test_a_checkpoint_has_one_spelling(change: object) -> None:
    assert callable(change)
    with pytest.raises(Damaged):
        cp.verify_checkpoint(change(note()), ORIGIN, PUBLIC)


def test_a_checkpoint_of_another_case_is_refused() -> None:
    other = f"handrail/case/{'1' * 32}"
    with pytest.raises(Damaged, match="another case"):
        cp.verify_checkpoint(note(), other, PUBLIC)


def test_a_checkpoint_of_another_key_is_refused() -> None:
    with pytest.raises(Damaged, match="another key"):
        cp.verify_checkpoint(note(), ORIGIN, OTHER_KEY.public_key().public_bytes_raw())


def test_signing_with_the_wrong_key_is_noticed_at_once() -> None:
    with pytest.raises(Damaged, match="not the key of this case"):
        cp.sign_checkpoint(cp.checkpoint_of(CASE, TREE), PUBLIC, OTHER_KEY.sign)


def test_a_public_key_comes_back_from_its_one_line_form() -> None:
    assert cp.decode_vkey(cp.encode_vkey(ORIGIN, PUBLIC)) == (ORIGIN, PUBLIC)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        ORIGIN,
        cp.encode_vkey(ORIGIN, PUBLIC) + "\n",
        cp.encode_vkey(ORIGIN, PUBLIC).replace(CASE, "1" * 32),
        cp.encode_vkey("example.com/log", PUBLIC),
        cp.encode_vkey(ORIGIN, PUBLIC)[:-4],
    ],
)
def test_a_key_that_is_not_of_a_case_is_refused(vkey: str) -> None:
    with pytest.raises(Damaged):
        cp.decode_vkey(vkey)


def test_the_pem_file_holds_the_same_key() -> None:
    read = load_pem_public_key(cp.encode_pem(PUBLIC))
    assert read == KEY.public_key()


def test_a_proof_comes_back_as_it_went_in_and_proves_its_record() -> None:
    proof = cp.decode_proof(cp.encode_proof(1, TREE.inclusion_path(1), note()))
    head = cp.verify_checkpoint(proof.note, ORIGIN, PUBLIC)
    assert proof.index == 1
    assert verify_inclusion(leaf_hash(b"two"), proof.index, head.size, proof.path, head.root)


def test_the_proof_of_a_log_with_one_record_has_no_path() -> None:
    text = cp.encode_proof(0, (), note())
    assert text.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nhandrail/case/")
    assert cp.decode_proof(text).path == ()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"c2sp.org/tlog-proof@v2\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 00\n\n",
        b"c2sp.org/tlog-proof@v1\nindex -1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0",
    ],
)
def test_a_proof_of_another_form_is_refused(text: bytes) -> None:
    with pytest.raises(Damaged):
        cp.decode_proof(text)
