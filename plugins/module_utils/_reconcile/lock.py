# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The advisory lock: tasks on one machine that may create the same resource run one after the other.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .._api.client import Client
from .._clock import Deadline, poll
from .home import directory_of

__all__ = ["advisory_lock", "canonical", "is_held", "scope_of"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(origin: str) -> str:
    """One spelling for all that lead to the same API: a host in small letters, no default port, nothing trailing."""
    parts = urlsplit(origin)
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS.get(parts.scheme)) else ""
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def scope_of(client: Client) -> str:
    """What tasks of one machine take turns for."""
    return f"{canonical(client.transport.connection.origin)}{client.resource.verbs.list.path}"


@contextmanager
def advisory_lock(subject: str, deadline: Deadline, *, shared: bool = False) -> Iterator[str]:
    """Hold the advisory lock for `subject`, alone or with others that share it, waiting for it until `deadline`.

    Yields an empty text, or why the lock is not held: work goes on without it. The lock ends with the process, so that
    none is left behind by a crash; its file stays, because removing it would let two tasks hold two locks.
    """
    try:
        file = _opened(subject)
    except (OSError, RuntimeError) as error:
        yield f"its lock file cannot be used ({error})"
        return
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        yield _trouble(file, kind, deadline)
    finally:
        os.close(file)


def is_held(subject: str) -> bool:
    """Whether somebody holds the lock for `subject` now. Where that cannot be found out, nobody does."""
    try:
        with os.fdopen(_opened(subject)) as file:
            return not _taken(file.fileno(), fcntl.LOCK_EX)
    except (OSError, RuntimeError):
        return False


def _opened(subject: str) -> int:
    directory = directory_of("locks")
    path = f"{directory}/{hashlib.sha256(subject.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        Path(directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, flags, 0o600)


def _trouble(file: int, kind: int, deadline: Deadline) -> str:
    """Why the lock cannot be had, or an empty text once it is held."""
    seconds = deadline.remaining
    try:
        taken = poll(lambda: _taken(file, kind), bool, deadline)
    except OSError as error:
        # Not every file system has locks.
        return f"its lock file cannot be locked ({error.strerror})"
    return "" if taken else f"another task holds its lock for more than {seconds:.0f} s"


def _taken(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
