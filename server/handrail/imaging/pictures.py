"""Read a picture that someone else made, without letting it near a key.

Each picture is read by a fresh process (`child`), started by exec with closed descriptors and an
environment of its own: never by fork, which would hand it the vault key. What comes back is
checked as if an offender had written it. What a picture means is for others to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from typing import Annotated, Final, Literal
from weakref import WeakKeyDictionary

import msgspec

from ..core.errors import Refused
from ..core.summaries import PictureFacts
from . import limits

CHILD: Final = (sys.executable, "-I", "-m", "handrail.imaging.child")

# One thread for the numeric library: each would ask for memory of its own.
_ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_PNG: Final = b"\x89PNG\r\n\x1a\n"

_AT_ONCE: Final = 2
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

_Side = Annotated[int, msgspec.Meta(ge=1, le=limits.LONGEST_SIDE)]


class PictureRefused(Refused):
    """This picture was not read. The exhibit it came from is kept as it is."""

    def __init__(self, code: str) -> None:
        super().__init__(code, "the picture was not read", status=422)


class _Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an honest child may say, and not a byte more."""

    width: _Side
    height: _Side
    format: Literal["PNG", "JPEG", "WEBP"]
    phash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]


async def read_picture(data: bytes) -> PictureFacts:
    """Return the facts of one picture. Raises `PictureRefused` when it cannot be read safely.

    The perceptual hash is a hint for near-duplicates and never a reason to drop one.
    """
    untrusted_answer = await _ask(data, "facts")
    try:
        facts = msgspec.json.decode(untrusted_answer, type=_Answer)
    except msgspec.DecodeError as error:
        raise PictureRefused(limits.FAILED) from error
    return PictureFacts(
        width=facts.width, height=facts.height, format=facts.format, phash=facts.phash
    )


async def make_working_copy(data: bytes) -> bytes:
    """Return the picture drawn anew as PNG, with nothing in it but pixels.

    Raises `PictureRefused` when it cannot be read safely.
    """
    untrusted_answer = await _ask(data, "copy")
    if not untrusted_answer.startswith(_PNG):
        raise PictureRefused(limits.FAILED)
    return untrusted_answer


async def _ask(data: bytes, question: str) -> bytes:
    if len(data) > limits.MOST_BYTES:
        raise PictureRefused("picture-too-large")
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(loop, asyncio.Semaphore(_AT_ONCE)):
        return await run_child((*CHILD, question), data)


async def run_child(
    command: Sequence[str],
    data: bytes,
    *,
    wall_seconds: float = limits.WALL_SECONDS,
    most_answer: int = limits.MOST_ANSWER,
) -> bytes:
    """Give the data to a fresh process and return its answer.

    The process gets its input, a place for its answer, and nothing else of this one. It is
    stopped when it takes too long or says too much. Raises `PictureRefused`.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_ENVIRONMENT,
        cwd="/",
        close_fds=True,
        start_new_session=True,
    )
    giving = asyncio.create_task(_give(child.stdin, data))
    try:
        async with asyncio.timeout(wall_seconds):
            answer = await _take(child.stdout, most_answer)
            ended = await child.wait()
    except TimeoutError as error:
        raise PictureRefused(limits.FAILED) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)
    if ended == limits.Exit.READ:
        return answer
    raise PictureRefused(
        limits.CODES[limits.Exit(ended)] if ended in limits.CODES else limits.FAILED
    )


async def _give(stdin: asyncio.StreamWriter | None, data: bytes) -> None:
    """Write everything, or stop when the child no longer listens: how it ends says why."""
    assert stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(data)
        await stdin.drain()
    stdin.close()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        await stdin.wait_closed()


async def _take(stdout: asyncio.StreamReader | None, most: int) -> bytes:
    """Read to the end, or refuse an answer that is longer than any honest one."""
    assert stdout is not None
    answer = bytearray()
    while block := await stdout.read(256 * 1024):
        answer += block
        if len(answer) > most:
            raise PictureRefused(limits.FAILED)
    return bytes(answer)
