"""The picture child has nothing to steal and cannot hold anything up."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handrail.imaging import limits, pictures
from handrail.imaging.pictures import PictureRefused, read_picture, run_child
from tests.imaging.builders import draw, file_of

# A stand-in for the child that says what it was given and what it may still do.
SPY = """
import json, os, pathlib, resource, socket, sys
from handrail import system
given = {
    "environment": sorted(pathlib.Path("/proc/self/environ").read_text().split("\\0")),
    "descriptors": {name: os.readlink(f"/proc/self/fd/{name}")
                    for name in os.listdir("/proc/self/fd")
                    if os.path.lexists(f"/proc/self/fd/{name}")},
    "session": os.getsid(0) == os.getpid(),
    "isolated": sys.flags.isolated,
}
system.limit_this_process(memory=2**28, cpu_seconds=5, file_bytes=2**20, open_files=32)
try:
    bytearray(2**29)
    given["memory"] = "unlimited"
except MemoryError:
    given["memory"] = "limited"
given["files"] = resource.getrlimit(resource.RLIMIT_NOFILE)
given["cpu"] = resource.getrlimit(resource.RLIMIT_CPU)
given["size"] = resource.getrlimit(resource.RLIMIT_FSIZE)
given["core"] = resource.getrlimit(resource.RLIMIT_CORE)
status = pathlib.Path("/proc/self/status").read_text()
given["no_new_privileges"] = "NoNewPrivs:\\t1" in status
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2).close()
    given["reached"] = True
except OSError:
    given["reached"] = False
print(json.dumps(given))
"""


async def spy(port: int = 9) -> dict[str, object]:
    """Return what a child that Handrail starts has been given, and if it reaches a port."""
    command = (sys.executable, "-I", "-c", SPY, str(port))
    given: dict[str, object] = json.loads(await run_child(command, b""))
    return given


async def test_the_child_gets_no_open_file_of_its_parent(tmp_path: Path) -> None:
    secret = tmp_path / "vault.key"
    secret.write_bytes(b"k" * 32)
    with secret.open("rb") as held:
        os.set_inheritable(held.fileno(), True)  # even one that was left open for children
        given = await spy()
    descriptors = given["descriptors"]
    assert isinstance(descriptors, dict)
    assert descriptors.keys() <= {"0", "1", "2"}
    assert str(secret) not in descriptors.values()
    assert descriptors["2"] == "/dev/null"


async def test_the_child_gets_no_environment_but_the_number_of_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HANDRAIL_SECRET", "invented")
    given = await spy()
    assert given["environment"] == ["", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"]
    assert given["isolated"] == 1
    assert given["session"] is True


async def test_the_child_limits_itself_for_good() -> None:
    given = await spy()
    assert given["memory"] == "limited"
    assert given["files"] == [32, 32]
    assert given["cpu"] == [5, 5]
    assert given["size"] == [2**20, 2**20]
    assert given["core"] == [0, 0]
    assert given["no_new_privileges"] is True


def networks_can_be_left() -> bool:
    """Tell whether this system lets a process have an empty network of its own."""
    unshare = ["unshare", "--user", "--net", "true"]
    return subprocess.run(unshare, check=False, stderr=subprocess.DEVNULL).returncode == 0


async def test_the_child_leaves_the_network_where_the_system_lets_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        given = await spy(listening.getsockname()[1])
    assert given["reached"] is not networks_can_be_left()


def test_the_child_limits_itself_before_it_loads_a_decoder() -> None:
    told = (
        "import sys; from handrail.imaging import child; from handrail import system\n"
        "def limit(**most):\n"
        "    print([m for m in ('PIL', 'numpy', 'imagehash', 'scipy') if m in sys.modules])\n"
        "    sys.exit(0)\n"
        "system.limit_this_process = limit\n"
        "child.main(['facts'])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", told], stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    assert ended.stdout == b"[]\n"


async def test_the_child_draws_no_tile_that_is_not_a_png() -> None:
    """Its parent looks at the first bytes of a tile; the child does not lean on that."""
    tile = file_of(draw(), "JPEG")
    plan = json.dumps({"tiles": [[len(tile), 320, 200, 0, 0]]})
    with pytest.raises(PictureRefused) as refusal:
        await run_child((*pictures.CHILD, "tiles", plan), tile)
    assert refusal.value.code == "picture-kind"


def test_the_parent_never_loads_a_decoder() -> None:
    told = (
        "import sys, handrail.imaging.pictures\n"
        "print([m for m in ('PIL', 'numpy', 'imagehash', 'scipy') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True)
    assert ended.stdout == b"[]\n"


HANGING = (sys.executable, "-I", "-c", "import time; time.sleep(60)")
DEAF = (sys.executable, "-I", "-c", "import os; os.close(0); import time; time.sleep(60)")
FLOODING = (sys.executable, "-I", "-c", "import os\nwhile True: os.write(1, bytes(65536))")
KILLED = (sys.executable, "-I", "-c", "import os; os.kill(os.getpid(), 9)")
CRASHING = (sys.executable, "-I", "-c", "raise SystemExit(1)")
BUSY = (
    sys.executable, "-I", "-c",
    "from handrail import system\n"
    "system.limit_this_process(memory=2**30, cpu_seconds=1, file_bytes=0, open_files=32)\n"
    "while True: pass",
)  # fmt: skip


@pytest.mark.parametrize("command", [HANGING, DEAF])
async def test_a_child_that_hangs_is_stopped_in_time(command: tuple[str, ...]) -> None:
    began = time.monotonic()
    with pytest.raises(PictureRefused) as refusal:
        await run_child(command, bytes(4 << 20), wall_seconds=1.0)
    assert refusal.value.code == limits.FAILED
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("command", [FLOODING, KILLED, CRASHING, BUSY])
async def test_a_child_that_fails_is_a_refusal_and_the_next_picture_is_read(
    command: tuple[str, ...],
) -> None:
    with pytest.raises(PictureRefused) as refusal:
        await run_child(command, bytes(4 << 20), wall_seconds=20.0, most_answer=1 << 20)
    assert refusal.value.code == limits.FAILED
    assert (await read_picture(file_of(draw()))).format == "PNG"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b'{"width":1,"height":1,"format":"PNG","phash":"00"}',
        b'{"width":0,"height":1,"format":"PNG","phash":"0000000000000000"}',
        b'{"width":1,"height":1,"format":"SVG","phash":"0000000000000000"}',
        b'{"width":1,"height":1,"format":"PNG","phash":"0000000000000000","more":1}',
        b"\xff\xfe",
    ],
)
async def test_an_answer_of_a_child_that_was_taken_over_is_not_believed(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar = (sys.executable, "-I", "-c", f"import sys; sys.stdout.buffer.write({answer!r})")
    monkeypatch.setattr(pictures, "CHILD", liar)
    with pytest.raises(PictureRefused):
        await read_picture(file_of(draw()))
    with pytest.raises(PictureRefused):
        await pictures.make_working_copy(file_of(draw()))


def children() -> set[str]:
    """Return the processes that this one has started and not yet buried."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split())


async def test_no_child_is_left_behind_when_the_asker_goes_away() -> None:
    others = children()  # of other tests: a browser, a service
    asking = asyncio.create_task(run_child(HANGING, b""))
    async with asyncio.timeout(20):
        while not (mine := children() - others):
            await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(mine) == 1
    assert not mine & children()
