# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that an export writes on the controller: aside first, and into their places all at once.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ..module_utils._errors import PartialResult, PpioError, Unwritable, first_of
from ..module_utils._redaction import HIDDEN
from ..module_utils._tasks.export_description import Reference
from ..module_utils._tasks.export_files import Content, File
from ._sources import entries_of, is_source
from ._yaml import key_of, text_of, title_of

__all__ = ["ControllerFiles"]

#: How many files a message names.
_NAMED = 5
_NOT_SHOWN = "(not shown: this file was not written by an export)\n"


@dataclass(frozen=True)
class ControllerFiles:
    """The files of the controller. `loader` finds and reads them as Ansible does for a fleet."""

    loader: DataLoader

    def is_directory(self, dest: str) -> bool:
        """Whether `dest` is a directory, or ends like one that is to be made."""
        return dest.endswith("/") or Path(self.path(dest)).is_dir()

    def path(self, *parts: str) -> str:
        """The absolute path, relative to the playbook, of what a symbolic link leads to."""
        return os.path.realpath(str(self.loader.path_dwim(str(Path(*parts)))))

    def planned(self, path: str, content: Content, mode: int, *, force: bool) -> File:
        """What becomes of a file. Raises Unwritable for one that an export has not written, unless with `force`."""
        text = text_of(content)
        with _unwritable_on_error(path):
            before, bits = _read(Path(path))
        is_ours = before is not None and before.startswith(f"---\n{title_of(content)}\n")
        if before and not is_ours and not force:
            raise Unwritable(
                f"{path} exists, and was not written by an export. Nothing was written. "
                f"Choose another dest, or set force=true to replace it."
            )
        shown = self._shown(Path(path), content) if is_ours else _NOT_SHOWN if before else ""
        return File(path, text, shown, before != text or bits != mode, content)

    def others(self, directory: str, paths: Sequence[str]) -> list[str]:
        """The files that a fleet would read from a directory besides these."""
        there = sorted(str(file) for file in Path(self.path(directory)).rglob("*") if is_source(file))
        return [path for path in there if path not in paths]

    @contextmanager
    def staged(self, files: Sequence[File], mode: int, *, check_mode: bool) -> Iterator[StagedFiles]:
        """The files beside their places, or elsewhere in check mode. Nothing of it is left behind."""
        with ExitStack() as stack:
            elsewhere = stack.enter_context(tempfile.TemporaryDirectory()) if check_mode else ""
            aside: list[tuple[File, Path]] = []
            for file in files:
                with _unwritable_on_error(file.path):
                    temporary = _written_aside(file, elsewhere, mode)
                stack.callback(_removed, temporary)
                aside.append((file, temporary))
            yield StagedFiles(self.loader, aside)

    def _shown(self, path: Path, content: Content) -> str:
        """What a file says now, with every value hidden that may be secret."""
        try:
            entries = entries_of(self.loader, path, key_of(content), templates=content.has_references)
        except AnsibleError:
            # Somebody has changed it since.
            return _NOT_SHOWN
        hidden = [_without_secrets(content, entry) for entry in entries if isinstance(entry, dict)]
        return text_of(replace(content, entries=hidden, variables=()))


@dataclass(frozen=True)
class StagedFiles:
    """Files that are written, each at a path aside, and not in their place yet."""

    loader: DataLoader
    aside: Sequence[tuple[File, Path]]

    def entries(self) -> list[Mapping[str, Any]]:
        """What all of them say, in their order, as a fleet reads them."""
        return [entry for file, path in self.aside for entry in self._read_back(file, path)]

    def commit(self) -> None:
        """Move them into their places. Each is replaced as a whole or not at all."""
        written: list[str] = []
        for file, path in self.aside:
            if file.changed:
                try:
                    with _unwritable_on_error(file.path):
                        path.replace(file.path)
                except Unwritable as error:
                    raise _after(written, error) from None
                written.append(file.path)
                _synced(Path(file.path).parent)

    def _read_back(self, file: File, path: Path) -> list[Mapping[str, Any]]:
        try:
            entries = entries_of(self.loader, path, key_of(file.content), templates=file.content.has_references)
        except AnsibleError as error:
            raise Unwritable(f"The export to {file.path} cannot be read back. Nothing was written. {error}") from None
        references = {str(Reference(name)): Reference(name) for name in file.content.variables}
        return [_referenced(file.content, entry, references) for entry in entries]


def _read(path: Path) -> tuple[str | None, int]:
    """What a file says, and its permissions; None where there is none. Bytes that are no text are kept apart."""
    if not path.exists():
        return None, 0
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        # To open a pipe would last until somebody writes to it.
        raise Unwritable(f"{path} is not a regular file. Nothing was written.")
    return path.read_bytes().decode("utf-8", "surrogateescape"), stat.S_IMODE(mode)


def _written_aside(file: File, elsewhere: str, mode: int) -> Path:
    """The path of a complete copy, which is on disk, and nobody else's to read before it has its permissions."""
    place = Path(file.path)
    if not elsewhere:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # No fleet reads a file with this suffix.
    handle, name = tempfile.mkstemp(prefix=f".{place.name[:60]}.", suffix=".tmp", dir=elsewhere or place.parent)
    with ExitStack() as stack:
        stack.callback(_removed, Path(name))
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(file.text)
            stream.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        # It is complete, so it stays.
        stack.pop_all()
    return Path(name)


def _removed(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def _synced(directory: Path) -> None:
    """Have the name of a file on disk as well, where that can be done for a directory."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _after(written: Sequence[str], error: Unwritable) -> PpioError:
    """The error of a file, and which ones were written before it."""
    if not written:
        return error
    return error.telling(PartialResult("none", changed=True)).noted(
        f"Written before that: {first_of(written, _NAMED)}."
    )


@contextmanager
def _unwritable_on_error(path: str) -> Iterator[None]:
    """Raises Unwritable for what the system says of a file."""
    try:
        yield
    except OSError as error:
        raise Unwritable(f"{path} cannot be written ({error.strerror}), and is unchanged.") from None


def _without_secrets(content: Content, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of an old file, which somebody may have completed with secret values."""
    fields = content.resource.fields
    exported = {row.name for row in fields} | {row.secret_twin for row in fields if row.secret_entries}
    # Of an option that no export writes, such as smoke_test, anything inside may be secret.
    shown = {
        name: HIDDEN if isinstance(value, (dict, list)) and name not in exported else value
        for name, value in entry.items()
    }
    for row in fields:
        if row.secret and row.name in shown:
            shown[row.name] = HIDDEN
        for name in (row.name, row.secret_twin) if row.secret_entries else ():
            plain = content.plain.get(row.name, frozenset()) if name == row.name else frozenset()
            if name in shown:
                entries = shown[name]
                shown[name] = [_hidden(row.key, one, plain) for one in entries] if isinstance(entries, list) else HIDDEN
    return shown


def _hidden(key: str, entry: Any, plain: frozenset[str]) -> Any:
    if not isinstance(entry, dict):
        return HIDDEN
    if entry.get(key) in plain:
        return entry
    return {name: value if name == key or _is_reference(value) else HIDDEN for name, value in entry.items()}


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{{ vault_") and value.endswith(" }}")


def _referenced(content: Content, entry: Mapping[str, Any], references: Mapping[str, Reference]) -> Mapping[str, Any]:
    """An entry with the variables in it that stand for secret values."""
    told = dict(entry)
    for row in content.resource.fields:
        if row.secret_entries and row.secret_twin in told:
            told[row.secret_twin] = [
                {name: references.get(value, value) for name, value in one.items()} for one in told[row.secret_twin]
            ]
    return told
