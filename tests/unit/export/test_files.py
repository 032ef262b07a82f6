# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are the files of an export complete or as they were, with their permissions, and only its own?"""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from unit import exporting, fleets
from unit.bodies import FULL, MINIMAL
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export_files import Content
from ansible_collections.ppio.gpu.plugins.plugin_utils._files import ControllerFiles
from simulator import Simulator


@pytest.fixture
def dest(simulator: Simulator, tmp_path: Path) -> Path:
    """A place for a file of one endpoint."""
    simulator.seed(FULL)
    return tmp_path / "endpoints.yml"


def changed(simulator: Simulator, time: Time) -> None:
    """From now on there is another file to write."""
    fleets.run(simulator, time, [{**MINIMAL, "command": "--slow"}])


def bits(path: Path) -> int:
    return path.stat().st_mode & 0o7777


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0, 0o777])
@pytest.mark.parametrize(
    ("mode", "expected"),
    [(None, 0o600), ("0600", 0o600), ("640", 0o640), ("0o644", 0o644)],
)
def test_the_permissions_are_those_that_were_asked_for(
    simulator: Simulator, time: Time, dest: Path, mask: int, mode: Any, expected: int
) -> None:
    with umask(mask):
        exporting.done(simulator, time, dest, mode=mode)
    assert bits(dest) == expected


def test_other_permissions_are_a_change(simulator: Simulator, time: Time, dest: Path) -> None:
    exporting.done(simulator, time, dest)
    dest.chmod(0o644)
    assert exporting.run(simulator, time, dest, check=True).result["changed"]
    assert bits(dest) == 0o644
    assert exporting.done(simulator, time, dest).result["changed"]
    assert bits(dest) == 0o600
    assert not exporting.done(simulator, time, dest).result["changed"]


@pytest.mark.parametrize("content", ["endpoints: []\n", "my notes\n", "---\n# Mine.\nendpoints: []\n", "\xff"])
def test_a_file_of_somebody_else_is_replaced_only_with_force(
    simulator: Simulator, time: Time, dest: Path, content: str
) -> None:
    dest.write_text(content, encoding="latin-1")
    report = exporting.run(simulator, time, dest)
    assert report.failed
    assert "force=true" in report.result["msg"]
    assert dest.read_text(encoding="latin-1") == content
    forced = exporting.done(simulator, time, dest, force=True)
    assert forced.result["changed"]
    assert content not in forced.result["diff"][0]["before"]
    assert exporting.read(dest)[0]["name"] == "chat"


def test_an_empty_file_is_nobodys(simulator: Simulator, time: Time, dest: Path) -> None:
    dest.touch()
    exporting.done(simulator, time, dest)
    assert exporting.read(dest)


def test_an_export_that_somebody_broke_is_written_anew(simulator: Simulator, time: Time, dest: Path) -> None:
    exporting.done(simulator, time, dest)
    for tail in ("  - name: [", "", "secret_envs: x"):
        head = "".join(dest.read_text(encoding="utf-8").splitlines(keepends=True)[:2])
        dest.write_text(head + tail, encoding="utf-8")
        assert exporting.done(simulator, time, dest).result["changed"]
        assert exporting.read(dest)


def test_a_symbolic_link_stays_and_leads_to_the_new_file(simulator: Simulator, time: Time, dest: Path) -> None:
    dest.symlink_to(dest.parent / "real.yml")
    exporting.done(simulator, time, dest)
    assert dest.is_symlink()
    assert exporting.read(dest.parent / "real.yml")


def test_what_is_no_file_is_refused_at_once(simulator: Simulator, time: Time, dest: Path) -> None:
    os.mkfifo(dest)
    report = exporting.run(simulator, time, dest, force=True)
    assert report.failed
    assert "not a regular file" in report.result["msg"]


def test_a_place_that_takes_no_file_is_named(simulator: Simulator, time: Time, dest: Path) -> None:
    report = exporting.run(simulator, time, "/proc/1/no/such/place.yml")
    assert report.failed
    assert "/proc/1/no/such/place.yml cannot be written" in report.result["msg"]
    (dest.parent / "file").touch()
    assert exporting.run(simulator, time, dest.parent / "file" / "x.yml").failed


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process can be larger than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_leaves_the_old_file(simulator: Simulator, time: Time, dest: Path) -> None:
    exporting.done(simulator, time, dest)
    before = dest.read_bytes()
    changed(simulator, time)
    with full_disk(100):
        report = exporting.run(simulator, time, dest)
    assert report.failed
    assert f"{dest} cannot be written (File too large), and is unchanged." in report.result["msg"]
    assert dest.read_bytes() == before
    assert list(dest.parent.iterdir()) == [dest]


def test_a_killed_export_leaves_the_old_file_and_nothing_that_a_fleet_reads(
    simulator: Simulator, time: Time, dest: Path
) -> None:
    exporting.done(simulator, time, dest)
    before = dest.read_bytes()
    files = ControllerFiles(DataLoader())
    file = files.planned(str(dest), Content(ENDPOINT, [{"name": "new"}], {}), 0o600, force=False)
    child = os.fork()
    if child == 0:
        with files.staged([file], 0o600, check_mode=False):
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert dest.read_bytes() == before
    assert len(list(dest.parent.iterdir())) == 2
    assert files.others(str(dest.parent), [str(dest)]) == []
    changed(simulator, time)
    assert exporting.done(simulator, time, dest).result["changed"]


def test_a_directory_that_cannot_be_synced_is_no_failure(
    simulator: Simulator, time: Time, dest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, synced = os.fsync, []

    def refuse_directories(handle: int) -> None:
        is_directory = stat.S_ISDIR(os.fstat(handle).st_mode)
        synced.append(is_directory)
        if is_directory:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refuse_directories)
    assert exporting.done(simulator, time, dest).result["changed"]
    assert synced == [False, True]
    assert exporting.read(dest)


def test_what_was_written_before_a_file_that_fails_is_told(
    simulator: Simulator, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.seeded(simulator, fleets.named(2))
    first, second = tmp_path / "chat-0.yml", tmp_path / "chat-1.yml"
    replace = Path.replace

    def refuse_the_second(path: Path, target: str) -> Path:
        if target == str(second):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse_the_second)
    report = exporting.run(simulator, time, tmp_path)
    assert report.failed
    assert report.result["changed"]
    assert f"{second} cannot be written" in report.result["msg"]
    assert f"Written before that: {first}." in report.result["msg"]
    assert list(tmp_path.iterdir()) == [first]
    again = exporting.run(simulator, time, tmp_path)
    assert not again.result["changed"]
    assert "Written before" not in again.result["msg"]


def test_no_value_of_an_option_that_somebody_added_is_shown(simulator: Simulator, time: Time, dest: Path) -> None:
    exporting.done(simulator, time, dest)
    added = "    smoke_test:\n      secret_headers:\n        Authorization: Bearer canary-8812\n"
    dest.write_text(dest.read_text(encoding="utf-8") + added, encoding="utf-8")
    report = exporting.done(simulator, time, dest)
    assert report.result["changed"]
    assert 'smoke_test: "(hidden)"' in report.result["diff"][0]["before"]
    assert "canary-8812" not in str(report.result)
