"""A service in processes of its own, that a test can kill and start again like a power cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from handrail.app import control
from tests.building import quiet_port


@dataclass
class RunningService:
    """`handrail run` on one data folder and one port, started and killed at will."""

    data: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    arguments: tuple[str, ...] = ("run", "--no-browser")

    def __post_init__(self) -> None:
        self.port = self.port or quiet_port()

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [
                sys.executable, "-I", "-m", "handrail", *self.arguments,
                "--data", str(self.data), "--port", str(self.port),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        await self.answers()

    async def __aenter__(self) -> RunningService:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def answers(self) -> None:
        """Wait until it answers a command, also when the answer is that it is locked."""
        async with asyncio.timeout(30):
            while True:
                ended = None if self.process is None else self.process.poll()
                assert ended is None, f"the service ended with {ended}"
                with contextlib.suppress(control.NoService, OSError, ValueError):
                    await control.ask(self.data, "/way-in", to="/")
                    return
                await asyncio.sleep(0.02)

    def worker(self) -> int | None:
        """The process id of the worker that runs now."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(children.read_text().split()[0])
        return None

    def kill_worker(self) -> None:
        """Kill -9 the worker; the supervisor starts another."""
        pid = self.worker()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill -9 supervisor and worker, as when the power goes."""
        assert self.process is not None
        pid = self.worker()
        self.process.kill()
        self.process.wait()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end and wait until it has."""
        if self.process is not None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait)
