# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was a run asked, what did it say, and what really happened meanwhile?"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report
from simulator import Entry, Settings
from simulator.endpoints import Endpoint
from simulator.generations import READY, concerns_workers
from simulator.lifecycle import crew_of, serving

from .schedules import MANNER
from .world import Truth

__all__ = ["KILLED", "Run", "Service", "said"]

#: What is left of a run that was killed.
KILLED = Report(
    {"changed": True, "operation": "none", "id": None, "endpoint": None, "msg": "killed"}, (), Secrets(), failed=True
)


@dataclass(frozen=True)
class Service:
    """Who really served at each moment: each state that an endpoint ever had, and how the API behaved."""

    past: Sequence[Endpoint]
    settings: Settings

    def proven(self, identity: str, when: float) -> int:
        """How many workers serve that run what was written last."""
        endpoint = self._at(identity, when)
        if endpoint is None:
            return 0
        return sum(1 for worker in serving(endpoint, when, self.settings) if worker.generation is endpoint.newest)

    def any(self, identity: str, when: float) -> int:
        """How many workers serve, whatever they run."""
        endpoint = self._at(identity, when)
        return len(serving(endpoint, when, self.settings)) if endpoint else 0

    def holds_old(self, identity: str, when: float) -> bool:
        """Whether a worker from before the last write that concerned workers is still there, and does not serve."""
        endpoint = self._at(identity, when)
        if endpoint is None:
            return False
        crew = crew_of(endpoint, when, self.settings)
        return any(worker.generation is not endpoint.newest and status != READY for worker, status in crew)

    def images(self, identity: str, when: float) -> set[str]:
        """The images that an endpoint had before a moment."""
        return {state.fields["image"] for state in self.past if state.id == identity and state.since < when}

    def restarted(self, identity: str, when: float) -> bool:
        """Whether a write at this moment concerned workers."""
        after, before = self._at(identity, when), self._at(identity, when, before=True)
        return after is not None and (before is None or concerns_workers(before.fields, after.fields))

    def _at(self, identity: str, when: float, *, before: bool = False) -> Endpoint | None:
        """The endpoint at a moment, or right before it."""
        states = (state for state in reversed(self.past) if state.id == identity and state.since <= when)
        return next((state for state in states if not before or state.since < when), None)


@dataclass(frozen=True)
class Run:
    """One run of a module, or one entry of a fleet's run."""

    options: Mapping[str, Any]
    report: Report
    seconds: float
    ended: float
    truths: tuple[Truth, ...]
    requests: tuple[Entry, ...]
    service: Service

    @property
    def result(self) -> Mapping[str, Any]:
        return self.report.result

    @property
    def is_killed(self) -> bool:
        return self.report is KILLED

    @functools.cached_property
    def text(self) -> str:
        """Everything that the user sees."""
        return said(self.report)

    @functools.cached_property
    def parts(self) -> tuple[Run, ...]:
        """The run, or those of a fleet's entries."""
        entries = self.options.get("endpoints")
        if entries is None:
            return (self,)
        shown = self.result.get("endpoints") or [None] * len(entries)
        return tuple(self._part(entry, told) for entry, told in zip(entries, shown, strict=False))

    def committed(self, *methods: str) -> list[str]:
        """The ids that requests of these methods really created, changed or deleted."""
        return [entry.committed for entry in self.requests if entry.committed and entry.method in methods]

    def _part(self, entry: Mapping[str, Any], told: Mapping[str, Any] | None) -> Run:
        shared = {name: value for name, value in self.options.items() if name != "endpoints"}
        options = {**MANNER, **shared, **entry}
        if self.is_killed:
            return replace(self, options=options, requests=self._of(entry, None))
        result = {"changed": False, "operation": "none", "id": None, **self.result, **(told or {}), "endpoint": None}
        if told:
            result["msg"] = told.get("message", "")
        failed = self.report.failed if told is None else "message" in told
        report = Report(result, self.report.warnings, self.report.secrets, failed=failed)
        return replace(self, options=options, report=report, requests=self._of(entry, result["id"]))

    def _of(self, entry: Mapping[str, Any], identity: str | None) -> tuple[Entry, ...]:
        """The requests that were about an entry. Lists are about all."""
        ids = {identity, entry.get("id")}
        if not entry.get("id"):
            # What another entry renames is the business of that one.
            others = {other.get("id") for other in self.options["endpoints"]}
            named = {one["id"] for truth in self.truths for one in truth if one["name"] == entry["name"]}
            ids |= named - others
        return tuple(one for one in self.requests if _is_about(one, ids, entry.get("name")))


def said(report: Report) -> str:
    return "\n".join([str(report.result), *report.warnings])


def _is_about(request: Entry, ids: set[Any], name: Any) -> bool:
    if request.method == "POST":
        return isinstance(request.body, dict) and request.body.get("name") == name
    addressed = unquote(request.path).removeprefix("/gpus/v2/endpoints").strip("/")
    return addressed in ids if addressed else not request.is_write
