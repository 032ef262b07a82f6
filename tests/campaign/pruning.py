# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a fleet that prunes delete what nobody listed, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .plays import Performance
from .runs import Run

__all__ = ["pruned_wrongly"]


def pruned_wrongly(performance: Performance) -> Iterator[str]:
    """What a run of a fleet left though it says that it pruned, and what it deleted though it was not to be pruned."""
    settings = performance.schedule.settings
    is_hidden = bool(settings.flapping_list or settings.visible_in_list_after or settings.create_only)
    for run in (*performance.runs, performance.rerun):
        if "endpoints" not in run.options:
            continue
        surplus = {endpoint["id"] for endpoint in run.truths[0] if _is_surplus(endpoint, run)}
        if run.options.get("prune") and not run.report.failed and not is_hidden:
            left = surplus & {endpoint["id"] for endpoint in run.truths[-1]}
            yield from (f"says that all is well, and has not pruned {identity}" for identity in sorted(left))
        meant = {identity for part in run.parts for identity in part.committed("DELETE")}
        meant |= surplus if run.options.get("prune") else set()
        created = run.committed("POST")
        wrong = [one for one in run.committed("DELETE") if one not in meant and one not in created]
        yield from (f"deleted {identity}, which nobody asked for" for identity in wrong)


def _is_surplus(endpoint: Mapping[str, Any], run: Run) -> bool:
    """Whether the fleet lists neither its name nor its id, and prunes names like this one."""
    listed = any(
        entry["id"] == endpoint["id"] if entry.get("id") else entry["name"] == endpoint["name"]
        for entry in run.options["endpoints"]
    )
    return not listed and endpoint["name"].startswith(run.options.get("name_prefix", ""))
