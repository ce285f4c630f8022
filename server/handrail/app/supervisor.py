"""`handrail run`: holds the lock and the sockets, and keeps one worker alive (DESIGN D6).

    take the lock → bind the sockets → start a worker with both → open the window → wait

The supervisor holds no key and never reads what was saved. When the worker dies, a new one gets the
same sockets, so that no caller is refused meanwhile; the lock is held by both, so that two workers
can never write to one vault.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import system
from ..core.errors import Unavailable, VaultBusy

LOCK_FILE = "handrail.lock"
READY = b"ready\n"
WAIT_FOR_LOCK_SECONDS = 5.0
CRASHES_IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class Held:
    """What the supervisor holds for its workers: the lock and the listening sockets."""

    data: Path
    lock: int
    listening: list[socket.socket]
    control: socket.socket

    @property
    def port(self) -> int:
        """The port of the two hosts."""
        return int(self.listening[0].getsockname()[1])


async def hold(data: Path, ports: tuple[int, ...]) -> Held:
    """Take the lock and bind. Raises `VaultBusy` when another Handrail runs here.

    A worker that outlives a killed supervisor for a moment still holds the lock: wait for it.
    """
    system.make_private_folder(data)
    loop = asyncio.get_running_loop()
    until = loop.time() + WAIT_FOR_LOCK_SECONDS
    lock = None
    while lock is None:
        try:
            lock = system.take_lock(data / LOCK_FILE)
        except VaultBusy:
            if loop.time() > until or await _is_answered(data):
                raise
            await asyncio.sleep(0.1)
    return Held(
        data=data,
        lock=lock,
        listening=system.bind_loopback(ports),
        control=system.bind_owner_only(system.owner_only_path(data)),
    )


async def _is_answered(data: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(str(system.owner_only_path(data)))
    except OSError:
        return False
    writer.close()
    return True


async def supervise(held: Held, when_ready: Callable[[Held], None]) -> int:
    """Keep a worker alive until this process is asked to end. Returns the exit status.

    `when_ready` is called once, when the first worker answers. Raises `Unavailable` when workers
    die again and again without ever getting ready.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    crashes, announced = 0, False
    while not stop.is_set():
        worker = _start(held)
        ended = asyncio.create_task(asyncio.to_thread(worker.wait))
        ready = asyncio.create_task(asyncio.to_thread(_first_line, worker))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([ready, stopping], return_when=asyncio.FIRST_COMPLETED)
        if ready.done() and ready.result() == READY:
            crashes = 0
            if not announced:
                announced = True
                when_ready(held)
        await asyncio.wait([ended, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        _end(worker)
        await ended
        await ready
        if not stop.is_set():
            crashes += 1
            if crashes >= CRASHES_IN_A_ROW:
                raise Unavailable("worker-crashes", "the service does not stay up")
            await asyncio.sleep(0.2 * (crashes - 1))
    system.owner_only_path(held.data).unlink(missing_ok=True)
    return 0


def _start(held: Held) -> subprocess.Popen[bytes]:
    listening = [one.fileno() for one in held.listening]
    return system.start_worker(
        [
            "worker",
            "--data",
            str(held.data),
            "--listen",
            ",".join(map(str, listening)),
            "--control",
            str(held.control.fileno()),
        ],
        [held.lock, *listening, held.control.fileno()],
    )


def _first_line(worker: subprocess.Popen[bytes]) -> bytes:
    assert worker.stdout is not None
    return worker.stdout.readline(64)


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Ask the worker to end by ending its input; it finishes what it does and goes."""
    if worker.stdin is not None:
        worker.stdin.close()
