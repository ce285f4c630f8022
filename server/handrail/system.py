"""The one module for the operating system: locks, sockets, durable writes, process limits.

Nothing else in Handrail imports `fcntl`, `resource` or asks which system this is. Each function has
its Windows branch or says plainly that it has none yet. What to lock, bind or write is decided
elsewhere.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from .core.errors import DiskFull, Refused, Unavailable, VaultBusy

WINDOWS = sys.platform == "win32"

PORTS = (28417, 28418, 28419, 28420, 28421)
"""The ports the service tries, in this order: below every system's dynamic range."""

ROOM_TO_KEEP = 64 * 1024 * 1024
"""Bytes that must stay free on the disk after something new was stored."""


# ── Folders and files ────────────────────────────────────────────────────────────────────────


def default_data_folder() -> Path:
    """Return the folder for the vault that this system has for such things."""
    if WINDOWS:
        return Path(os.environ["LOCALAPPDATA"]) / "Handrail"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Handrail"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "handrail"


def is_root() -> bool:
    """Tell whether this process may do anything on this machine."""
    return not WINDOWS and os.geteuid() == 0


def make_private_folder(path: Path) -> Path:
    """Make a folder that only this login can enter, with its parents, and return it.

    Raises `Refused` when it exists and another login owns it or may enter it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not WINDOWS:
        found = path.stat()
        if found.st_uid != os.geteuid():
            raise Refused("folder-not-yours", "another login owns this folder")
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    return path


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable (a rename is not, until its folder is synced)."""
    if WINDOWS:
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that after a crash it has either the old bytes or the new ones."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        _write_new(temporary, data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def create_durably(path: Path, data: bytes) -> None:
    """Write a new file durably. Raises `FileExistsError` when the name is taken; never replaces."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        _write_new(temporary, data)
        place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def place(temporary: Path, path: Path) -> None:
    """Give a finished file its name, without ever replacing another file."""
    if WINDOWS:
        temporary.rename(path)  # on Windows this refuses a taken name
    else:
        os.link(temporary, path)
        temporary.unlink()


def move_durably(source: Path, target: Path) -> None:
    """Move a file into a folder that may not exist yet; durable in both folders."""
    if not target.parent.exists():
        target.parent.mkdir(mode=0o700, exist_ok=True)
        sync_folder(target.parent.parent)
    source.rename(target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def open_private(path: Path, *, read_back: bool = False) -> int:
    """Open a new file that only this login can read, for writing or also for reading it back.

    Returns its descriptor. Raises `FileExistsError` when the name is taken.
    """
    access = os.O_RDWR if read_back else os.O_WRONLY
    flags = access | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)


def _write_new(path: Path, data: bytes) -> None:
    with no_room_is_an_answer(), os.fdopen(open_private(path), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def check_room(folder: Path, length: int) -> None:
    """Raise `DiskFull` when storing `length` bytes would leave too little room."""
    if shutil.disk_usage(folder).free < length + ROOM_TO_KEEP:
        raise DiskFull("disk-full", "there is not enough room on this disk")


class no_room_is_an_answer:
    """Turn the system's "no space left" into `DiskFull`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("disk-full", "there is not enough room on this disk") from error


def overwrite_and_remove(path: Path) -> None:
    """Overwrite a small secret file, remove it, and make both durable.

    A disk that writes elsewhere than it says (an SSD) may keep an older copy of the block.
    """
    try:
        with path.open("r+b") as file:
            length = os.fstat(file.fileno()).st_size
            file.write(bytes(length))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink()
    sync_folder(path.parent)


def sweep_temporaries(folder: Path) -> None:
    """Remove what a crash left half written. Finished files never have these names."""
    for left in folder.glob(".*.tmp"):
        left.unlink(missing_ok=True)


# ── One instance ─────────────────────────────────────────────────────────────────────────────


def take_lock(path: Path) -> int:
    """Take the lock file of a vault and return its open descriptor, which may be inherited.

    The lock lasts until the last process that holds the descriptor has ended, also after a crash.
    Raises `VaultBusy` when another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise VaultBusy("vault-busy", "another Handrail holds this vault") from error
    return descriptor


def is_locked(path: Path) -> bool:
    """Tell whether another process holds a lock file. Makes no file, and keeps no lock."""
    if not path.exists():
        return False
    try:
        os.close(take_lock(path))
    except (VaultBusy, OSError):
        return True
    return False


# ── Sockets ──────────────────────────────────────────────────────────────────────────────────


def bind_loopback(ports: Iterable[int]) -> list[socket.socket]:
    """Bind 127.0.0.1 and ::1 on the first port that is free on both, and return the sockets.

    `*.localhost` goes to ::1 first in Chromium (measured), so a port that another program holds on
    either address is not ours: it could receive our pages. Without IPv6, 127.0.0.1 alone is used.
    No other address can be bound. Port 0 asks the system for any free port. Raises `Unavailable`
    when every port is taken.
    """
    for port in ports:
        sockets: list[socket.socket] = []
        try:
            first = _bind(socket.AF_INET, "127.0.0.1", port)
            sockets.append(first)
            actual = int(first.getsockname()[1])
            try:
                sockets.append(_bind(socket.AF_INET6, "::1", actual))
            except OSError as error:
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
            return sockets
        except OSError as error:
            for opened in sockets:
                opened.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise Unavailable("no-port", "every port that Handrail may use is taken")


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if WINDOWS:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        bound.listen(64)
        bound.setblocking(False)
    except BaseException:
        bound.close()
        raise
    return bound


def is_taken(port: int) -> bool:
    """Tell whether another program holds this port on 127.0.0.1 or on ::1. Nobody is called."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as trying:
                if not WINDOWS:
                    trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trying.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return True
    return False


def bind_owner_only(path: Path) -> socket.socket:
    """Listen on a socket file that only this login can open.

    Raises `Unavailable` on Windows, which has no such socket for Python yet.
    """
    if WINDOWS:
        raise Unavailable("no-owner-only-socket", "this system has no owner-only sockets yet")
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        bound.bind(str(path))
    except BaseException:
        bound.close()
        raise
    finally:
        os.umask(before)
    bound.listen(16)
    bound.setblocking(False)
    return bound


def owner_only_path(data: Path) -> Path:
    """Return where the owner-only socket of a data folder lies.

    A socket's path may have about 100 bytes; for a longer one a private folder of the system's
    temporary place is used, named after the data folder.
    """
    near = data / "control.sock"
    if len(os.fsencode(near)) <= 100:
        return near
    import hashlib

    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    return make_private_folder(Path(tempfile.gettempdir()) / f"handrail-{name}") / "control.sock"


# ── Processes ────────────────────────────────────────────────────────────────────────────────


def harden_this_process() -> None:
    """Keep the keys in this process from core files and from debuggers of the same login."""
    os.umask(0o077)
    if WINDOWS:
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pr_set_dumpable = 4  # include/uapi/linux/prctl.h
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_dumpable, 0, 0, 0, 0)


# ── A process that reads hostile bytes ───────────────────────────────────────────────────────


def limit_this_process(*, memory: int, cpu_seconds: int, file_bytes: int, open_files: int) -> None:
    """Give up, for good, everything that a process which only computes does not need.

    It cannot start a program, grow past `memory`, compute longer than `cpu_seconds`, or, where the
    system allows it, reach a network; it ends when its parent does. Call it first of all.
    """
    if WINDOWS:
        raise Unavailable("no-limits-here", "Handrail cannot yet limit a process on this system")
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most_allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most_allowed, most_allowed))
    if sys.platform == "linux":
        # include/uapi/linux/prctl.h and sched.h
        pr_set_pdeathsig, pr_set_dumpable, pr_set_no_new_privs = 1, 4, 38
        sigkill, clone_newuser, clone_newnet = 9, 0x10000000, 0x40000000
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(pr_set_pdeathsig, sigkill, 0, 0, 0)
        libc.prctl(pr_set_dumpable, 0, 0, 0, 0)
        libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0)
        # An empty network of its own. Some systems do not allow it; the other limits stand.
        libc.unshare(clone_newuser | clone_newnet)


def start_worker(arguments: list[str], shared: list[int]) -> subprocess.Popen[bytes]:
    """Start this program again as a worker that inherits the given descriptors.

    It is started by exec, never forked: a fork would inherit what lies in memory. Its standard
    input ends when this process ends, so it never outlives its supervisor; it says on its standard
    output when it is ready.
    """
    if WINDOWS:
        raise Unavailable("no-supervisor", "this system cannot run the supervisor yet")
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "handrail", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=shared,
        start_new_session=True,
    )


def become(arguments: list[str]) -> NoReturn:
    """Replace this process by a fresh one of this program, with the same descriptors and sockets.

    Nothing that lay in memory is left: neither a passphrase that was typed, nor a key.
    """
    os.execv(sys.executable, [sys.executable, "-I", "-m", "handrail", *arguments])  # noqa: S606


def secret_pipe(secret: bytes) -> int:
    """Return a descriptor from which a process that this one becomes reads a small secret, once."""
    reading, writing = os.pipe()
    os.write(writing, secret)
    os.close(writing)
    os.set_inheritable(reading, True)
    return reading


def start_apart(arguments: list[str]) -> None:
    """Start a program that goes on when this one ends, and that says nothing on this terminal."""
    quiet = subprocess.DEVNULL
    subprocess.Popen(
        arguments, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=not WINDOWS
    )


def first_program(names: Iterable[str]) -> Path | None:
    """Return the first of these programs that this computer has."""
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def has_screen() -> bool:
    """Tell whether a window can be opened here."""
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def close_lock(descriptor: int) -> None:
    """Give a lock back."""
    os.close(descriptor)
