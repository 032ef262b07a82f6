# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is what a wait says of a change true? The simulator knows which workers serve, and what they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator import Entry, Settings

from .plays import Performance
from .runs import Run
from .world import Truth

__all__ = ["left_over", "untrue"]

#: Seconds that a look takes at most: a call for each id that is waited for, and others may come in between.
_LONGEST_LOOK = 0.7
#: Seconds within which a task looks after it began.
_LOOK = 1.0
_ENDINGS = ("kept", "rolled_back", "rollback_failed", "rollback_skipped")


def untrue(run: Run, performance: Performance) -> Iterator[str]:
    """What a run says of its rollout that was not so."""
    rollout = run.result.get("rollout")
    if run.is_killed or not rollout:
        return
    outcome = rollout["outcome"]
    if outcome in _ENDINGS and not run.report.failed:
        yield f"is ok, though its change was {outcome}"
    if not _is_alone(run, performance):
        return
    settings = performance.schedule.settings
    # Nobody can tell a worker of the product before from one of the next, and one that crashes by itself looks like one
    # that restarted with the change.
    is_alike = bool(run.options.get("product_ids")) or _crashed_before(run, settings)
    # Where the API shows the workers from before for some time, too, these may not even serve.
    is_blurred = is_alike and settings.stale_status_seconds > 0
    if outcome in ("completed", "partial") and not (run.report.failed or performance.schedule.is_slow or is_blurred):
        yield from _unserved(run, run.service.any if is_alike else run.service.proven)
    if not settings.ignored_fields and not settings.normalizations:
        yield from _unlike_before(run, outcome)


def left_over(performance: Performance) -> Iterator[str]:
    """What was only for a proof and is still there after two plain runs on the machine that asked for it."""
    controllers = performance.schedule.controllers
    if not any("rollout" in controller.options for controller in controllers):
        return
    if any(controller.machine for controller in controllers) or not performance.first or performance.last.report.failed:
        return
    (before,) = performance.first
    wanted = performance.rerun.options.get("worker_config", {})
    for endpoint in performance.end:
        expected = {**_sizes(before), **{name: wanted[name] for name in _sizes(before) if name in wanted}}
        if endpoint["id"] == before["id"] and _sizes(endpoint) != expected:
            yield f"keeps {_sizes(endpoint)}, where {expected} is wanted"


def _unserved(run: Run, serves: Callable[[str, float], int]) -> Iterator[str]:
    """A success without enough workers that may have run what was written, in every look for long enough."""
    outcome = run.result["rollout"]["outcome"]
    identity, stable = run.result["id"], (run.options.get("rollout") or {}).get("stable_for", 15)
    writes = [one for one in run.requests if one.method in ("POST", "PUT") and one.committed == identity]
    if not writes or not run.service.restarted(identity, writes[0].when):
        return
    # A surge is taken back by another write, after the proof.
    end = next((one.when for one in writes if _kept(one) != _kept(writes[0])), float("inf"))
    looks = [one.when for one in run.requests if one.method == "GET" and one.status == 200]
    looks = [when for when in looks if writes[0].when < when < end]
    # The one right before it is made is for its plan only.
    looks = looks[:-1] if end < float("inf") else looks
    serving = []
    for when in reversed(looks):
        if not serves(identity, when):
            break
        serving.append(when)
    if not serving or serving[0] - serving[-1] < stable - _LONGEST_LOOK:
        lasted = serving[0] - serving[-1] if serving else None
        yield f"says {outcome}, but what was written served for {lasted} s of {stable} s"
        return
    old = run.service.any(identity, serving[0]) - serves(identity, serving[0])
    if old and outcome == "completed":
        yield f"says completed, but {old} workers serve what was there before"


def _kept(write: Entry) -> Any:
    """How many workers a write wants to be kept."""
    return write.body["worker_config"].get("min_replicas")


def _unlike_before(run: Run, outcome: str) -> Iterator[str]:
    """What a rollback, or the end of a surge, has left otherwise than it was. Nobody else wrote meanwhile."""
    before, after = _shown(run, run.truths[0]), _shown(run, run.truths[-1])
    if before is None or after is None or not run.committed("POST", "PUT"):
        return
    if outcome == "rolled_back" and after != before and "This task removes them" not in run.text:
        differing = [name for name in before if after[name] != before[name]]
        yield f"says rolled back, but {', '.join(differing)} is not as before"
    wanted = run.options.get("worker_config", {})
    expected = {**_sizes(before), **{name: wanted[name] for name in _sizes(before) if name in wanted}}
    ends = (_sizes(before), expected)
    is_over = outcome in ("completed", "partial", "unproven", "kept") and "rollout.surge" not in run.text
    if is_over and _sizes(after) not in ends:
        yield f"keeps {_sizes(after)} after its proof, where {expected} is wanted"


def _is_alone(run: Run, performance: Performance) -> bool:
    """Whether nobody else wrote to the endpoint as long as the run was at it.

    Who writes between the last look before a change and the change is seen by nobody, and neither is who wrote right
    before that look where the API shows the workers from before a write for some time.
    """
    if not run.requests:
        return False
    identity = run.result["id"]
    began = run.ended - run.seconds - performance.schedule.settings.stale_status_seconds - _LOOK
    own = {id(entry) for entry in run.requests}
    return not any(
        entry.is_write and entry.committed == identity and began <= entry.when <= run.ended and id(entry) not in own
        for other in (*performance.runs, performance.rerun, performance.last)
        for entry in other.requests
    )


def _crashed_before(run: Run, settings: Settings) -> bool:
    """Whether workers from before crash and come back by themselves, which looks like a restart with the change.

    A platform that replaces no worker keeps those of all images that there were. There, one that failed before and gets
    well looks like that, too, unless a surge shows that new workers have new ids.
    """
    before = _shown(run, run.truths[0])
    images, lives = {before["image"]} if before else set(), {"flapping"}
    if settings.replacement == "at_scale_up":
        images |= run.service.images(run.result["id"], run.requests[0].when)
        is_shown = (run.options.get("rollout") or {}).get("surge")
        lives |= set() if is_shown or settings.heal_seconds is None else {"image_pull_failure", "no_stock"}
    return any(settings.image_lives.get(image) in lives for image in images)


def _shown(run: Run, truth: Truth) -> Mapping[str, Any] | None:
    return next((one for one in truth if one["id"] == run.result["id"]), None)


def _sizes(endpoint: Mapping[str, Any]) -> dict[str, int]:
    return {name: endpoint["worker_config"][name] for name in ("min_replicas", "max_replicas")}
