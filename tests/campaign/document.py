# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How do the cases read as a page? `python -m campaign --page` writes docs/failures.md."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from simulator import Simulator

from .cases import CASES, Case
from .plays import Performance, perform
from .world import fresh

__all__ = ["PAGE", "page", "performed"]

PAGE = Path(__file__).parents[2] / "docs" / "failures.md"
_INTRODUCTION = """\
# What can fail, and what happens then

An endpoint costs money for every second, so nothing is created twice, and nothing is left behind without a word. The
API has no idempotency key. So a request to create is sent once, on a connection of its own; if its answer is lost, the
task looks whether it came about.

A rerun on the same machine is safe. A list may lag behind, or lose again what it has shown, so every create is noted in
`~/.ansible/ppio_gpu_creates` before it is sent, with the id as soon as it is known, until the list shows it 10 minutes
later or after that. A task whose list does not show what is noted reads the id, waits for the list until
`retry_timeout`, and creates nothing as long as the first one may still show up. What left no trace for 10 minutes
counts as never created. What a list has shown counts as deleted once neither a read nor the list shows it; in the first
30 s they are asked again. (A note has the origin, the name, the time and the id, nothing secret.) Where nothing can be
looked up (see below), a rerun is not safe, and then the task says so. Nor can a list be seen through that loses an
endpoint which is older than 10 minutes, or which another machine created.

A task may be stopped, by the keyword `timeout`, Ctrl-C or SIGTERM. On the controller it shows the id of what it creates
as soon as that is known, and after two seconds the name of what was sent and has no answer yet. A task that `timeout`
stops waits up to 5 s for that answer, and names in `msg` what it has created and what is still without an answer.
Everywhere it is noted as above, so that the next run goes on with it.

Some APIs make another value of one that they are given, such as an image with its registry. The task then fails and
names both values. Give the value that the API shows, or name the option in `ignore_changes`. What was sent in vain is
noted, too, and not sent again for a day, so that no run replaces workers for nothing: a value of which the API made a
third one at once, and one that it left as it was after the second time. Nothing is deleted and created anew for it.

Workers that `rollout.surge` keeps only for the proof of a change are noted, too, in `~/.ansible/ppio_gpu_surges`,
before they are asked for. If the task is killed meanwhile, the next one of this machine takes them back, also where it
says nothing of `worker_config`, unless somebody has changed their number since.

Locks and notes are those of one home directory on one machine. Another user, another container or another machine
knows nothing of them: there, only what the list shows protects, and `on_duplicate`. Waiting for another task of this
machine takes time from retries, and none from looking whether a change arrived.

An update sends all settings, and those that the task leaves alone as a read right before has shown them; before it is
sent again, it is read and planned anew. The API takes no condition, so what somebody changes in the moment between that
read and the update is overwritten, and nobody can see that.

In a fleet, an answer about one endpoint that cannot be read fails only the entries that it concerns. An entry that
gives a name up is carried out before the one that gets it. With `prune`, anything in `src` that was not read is an
error before the first write; what is pruned goes last, and only where nothing has failed.

This page is made from cases that are tests, too: each is played against the simulator, and what the user sees is what
the module really said. All of it is for `ppio.gpu.endpoint` with its defaults, unless it says otherwise.

A failed task returns what it knows: `msg`, `changed`, `operation`, `id`, `endpoint` and, in `error`, the call that
failed, with empty strings where there was none. Where a number in the answer after a create cannot be read, the id is
there all the same. Where options were refused, there are only `msg` and `changed`.
"""
_PROVEN = """\
## What was run

`make faults` plays a million schedules over a simulated wire: creates, updates, deletes, recreates, rollouts with surge
and rollback, fleets with and without batches, and names that are handed on, by one to four controllers on one to four
machines, of which some are killed between two calls or in the middle of one. The network and the API meanwhile do what
networks and APIs do: they lose, cut, delay, refuse and lag, make other values of those they are given, and replace
workers in five ways. After each schedule its first task is run twice more without faults: the first of these runs has
to put everything right, and the second one must not write anything.

It also counts out every placement of up to two faults in a create: for one controller at each of its calls, for two in
every order of their first seven calls. It then plays two thousand of the schedules over sockets, and cuts a create at
each of its bytes. `make test` plays two thousand schedules. A test plays the same seeds over both wires, and another
one puts twenty-six bugs into the core, each of which is found.

What nobody can know is not judged, and only that: whether something is gone where the API hides what exists, and two
machines of which one changes an endpoint between the last look of the other one and its change.

| when | at commit | what | promises broken |
|---|---|---|---|
| 25 November 2026 | 12a6809 | 7,310 placements, the run was ended before it was through | 0 |
| 25 November 2026 | e8e902c, with the wire of 12a6809 | 73,688 placements, with orders of turns, not of calls | 0 |
| 25 November 2026 | af1e7ff, with the wire of 12a6809 | 28,000 schedules, seeds 5,000, 100,000 and 200,000 on | 2 |
| 25 November 2026 | af1e7ff, with the wire of 12a6809 | 1,294 cuts of a create over sockets | 0 |
| 28 November 2026 | 13f0c21 | 9,000 schedules, seeds 20,000,000 on | 0 |

The schedules of 28 November were the first ones with rollouts, fleets, kills and APIs that make other values. They
found ten mistakes of the core, each of which is mended and has a test of its own: an election on a list that hides the
own endpoint; workers of a surge that a rollback left where the API leaves empty values out of its answers, or where the
task before was killed; a surge of which the API applied a part and that nobody took back; a task that failed as
unchanged after a change; a wait that ended well although somebody else had changed the endpoint; a read that lags and
was taken for a delete; a worker that was still starting and was taken for a new one; names that could not be handed on
in batches; and a warning that a failure swallowed. A whole million has not been played yet.
"""


def page() -> str:
    """The whole page. Takes some seconds, because every case is played."""
    with Simulator() as simulator, tempfile.TemporaryDirectory() as directory:
        rows = [_row(case, performed(case, simulator, fresh(directory))) for case in CASES]
    return "\n".join([_INTRODUCTION, _PROVEN, *_chapters(rows)])


def performed(case: Case, simulator: Simulator, directory: Path) -> Performance:
    return perform(case.schedule, simulator, directory)


def _chapters(rows: list[tuple[str, str]]) -> Iterator[str]:
    for chapter, group in itertools.groupby(rows, lambda row: row[0]):
        yield from (f"## {chapter}", "", "| what happens | what the task does | what the user sees |", "|---|---|---|")
        yield from (row for _chapter, row in group)
        yield ""


def _row(case: Case, performance: Performance) -> tuple[str, str]:
    report = performance.runs[0].report
    ending = f"**{'failed' if report.failed else 'ok'}**, {'changed' if report.result['changed'] else 'not changed'}"
    said = [*([report.result["msg"]] if report.failed else []), *(f"Warning: {warning}" for warning in report.warnings)]
    seen = "<br>".join([ending, *(_everyday(text, performance) for text in said)])
    return case.chapter, f"| {case.what} | {case.does} | {seen} |"


def _everyday(text: str, performance: Performance) -> str:
    """The text with names that a reader knows, instead of those of the simulator."""
    truths = (performance.first, *(truth for run in performance.runs for truth in run.truths))
    ids = dict.fromkeys(endpoint["id"] for truth in truths for endpoint in truth)
    for number, identity in enumerate(ids, start=1):
        text = text.replace(identity, f"ep-{number}")
    text = re.sub(
        r"(http://)?127\.0\.0\.1:\d+", lambda match: "https://api.ppio.com" if match[1] else "api.ppio.com", text
    )
    # The tests are less patient than a user.
    text = text.replace(f"{performance.schedule.api_timeout:g} s (api_timeout)", "30 s (api_timeout)")
    return text.replace("|", "\\|").replace("<", "&lt;")
