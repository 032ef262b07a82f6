# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Was everything right?

Judges a schedule by what the simulator knows to be true, never by what the core believes. The rules are those of the
collection's promise: nothing lost, nothing doubled, nothing misreported, and a plain rerun puts it right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .plays import Performance
from .pruning import pruned_wrongly
from .rollouts import left_over, untrue
from .runs import Run
from .schedules import Schedule
from .together import disagreed, failed_needlessly, forgotten
from .world import Truth

__all__ = ["is_false", "unmentioned", "violations"]

#: Options that are fields of the endpoint, so that truth can be compared with them.
_FIELDS = ("name", "type", "image", "command", "ports", "worker_config")
#: Seconds beyond its budgets that a task may take: the last pause of each, and its steps.
_GRACE = 120


def violations(performance: Performance) -> tuple[str, ...]:
    """Everything that broke a promise, each as a sentence; empty if all was well."""
    schedule = performance.schedule
    return (
        *(
            f"run {place}: {found}"
            for place, run in enumerate(performance.runs)
            for part in run.parts
            for found in (*_wrong(part, schedule), *untrue(part, performance))
        ),
        *(f"run {place}: {found}" for place, run in enumerate(performance.runs) for found in _too_long(run)),
        *(f"{identity} is alive and unmentioned" for identity in unmentioned(performance)),
        *disagreed(performance),
        *forgotten(performance),
        *failed_needlessly(performance),
        *pruned_wrongly(performance),
        *(f"rerun: {found}" for found in _not_converged(performance)),
    )


def unmentioned(performance: Performance) -> list[str]:
    """The endpoints that a run created, that are left, and that its own words do not name."""
    left = {endpoint["id"] for endpoint in performance.left}
    return [
        identity
        for run in performance.runs
        if not run.is_killed
        for identity in run.committed("POST")
        if identity in left and identity not in run.text and not _says_unknown(run, performance.schedule)
    ]


def is_false(run: Run, schedule: Schedule) -> bool:
    """Whether a run says that all is well, and that was true at no moment of it, though the API did not hide that."""
    told = not run.report.failed and not _is_deceived(run, schedule)
    return told and not any(_is_as_wanted(run, truth) for truth in run.truths)


def _says_unknown(run: Run, schedule: Schedule) -> bool:
    """Whether the run says that an endpoint of this name may exist whose id it cannot know yet.

    What comes into being or into sight only later, or goes out of sight for a while, nobody can tell from what a rival
    created; and a user who has a create sent again takes the risk that the first one shows up late.
    """
    settings = schedule.settings
    late = settings.visible_in_list_after > 0 or any(fault.kind == "delay" for fault in schedule.faults)
    resends = any(part.options["on_ambiguous"] == "resend" for part in run.parts)
    return any(part.options["name"] in run.text for part in run.parts if part.options.get("name")) and (
        (run.report.failed and "utcome unknown" in run.text)
        or ((late or settings.flapping_list) and "show up later" in run.text)
        or (resends and "it was sent again" in run.text)
    )


def _wrong(run: Run, schedule: Schedule) -> Iterator[str]:
    created = run.committed("POST")
    if len(created) > 1 and run.options["on_ambiguous"] != "resend":
        yield f"created {len(created)} endpoints: {', '.join(created)}"
    strangers = [identity for identity in run.committed("DELETE") if identity not in created]
    if len(strangers) > (run.options.get("allow_recreate") is True) and run.options.get("state") != "absent":
        yield f"deleted what it did not create: {', '.join(strangers)}"
    if others := [identity for identity in strangers if not _was_meant(identity, run)]:
        yield f"deleted what it was not asked for: {', '.join(others)}"
    if not run.is_killed:
        yield from _wrong_failure(run) if run.report.failed else _wrong_success(run, schedule)


def _too_long(run: Run) -> Iterator[str]:
    options, parts = run.options, run.parts
    # What comes after a wait, such as a rollback, has as much time again; and so has each batch.
    rounds = 2 if any(part.options.get("rollout") for part in parts) else 1
    rounds *= 1 + len(parts) if options.get("batches") else 1
    waits = options["wait"] + any(part.options.get("allow_recreate") is True for part in parts)
    budget = rounds * (options["retry_timeout"] + waits * options["wait_timeout"])
    if run.seconds > budget + rounds * _GRACE:
        yield f"took {run.seconds:.0f} s, where {budget} s were allowed"


def _wrong_failure(run: Run) -> Iterator[str]:
    if run.committed("POST", "PUT", "DELETE") and not run.result["changed"]:
        yield f"failed as unchanged, but wrote: {_requests(run)}"
    # A connection may break before the simulator notes what came over it.
    doubtful = "utcome unknown" in run.text or "the connection to" in run.text
    if run.result["changed"] and not doubtful and not any(entry.is_write for entry in run.requests):
        yield "failed as changed, but sent nothing that writes"


def _wrong_success(run: Run, schedule: Schedule) -> Iterator[str]:
    wrote = bool(run.committed("POST", "PUT", "DELETE"))
    sent = any(entry.is_write for entry in run.requests)
    if wrote and not run.result["changed"]:
        yield f"says unchanged, but wrote: {_requests(run)}"
    if run.result["changed"] and not sent:
        yield "says changed, but sent nothing that writes"
    if is_false(run, schedule):
        yield f"says that all is well, but what exists is {run.truths[-1]}"
    if _is_deceived(run, schedule):
        return
    if run.result["endpoint"] and not any(_is_shown_truly(run.result["endpoint"], truth) for truth in run.truths):
        yield f"shows an endpoint that never was: {run.result['endpoint']}"


def _is_deceived(run: Run, schedule: Schedule) -> bool:
    """Whether nobody could have noticed that the API hid what exists, or did not do as it said."""
    settings = schedule.settings
    if run.options.get("state") == "absent":
        return bool(settings.flapping_list or settings.visible_in_list_after or settings.visible_in_get_after)
    return bool(settings.create_only and (settings.ignored_fields or settings.normalizations))


def _is_as_wanted(run: Run, truth: Truth) -> bool:
    wanted = run.options
    if wanted.get("state") == "absent":
        # What somebody else creates meanwhile is not of this run.
        first = {run.result["id"], *(endpoint["id"] for endpoint in run.truths[0] if _is_meant(endpoint, wanted))}
        return not any(endpoint["id"] in first for endpoint in truth)
    named = [name for name in _FIELDS if name in wanted]
    products = wanted.get("product_ids")
    return any(
        endpoint["id"] == run.result["id"]
        and all(_holds(endpoint[name], wanted[name]) for name in named)
        and (not products or endpoint["product_id"] in products)
        for endpoint in truth
    )


def _is_meant(endpoint: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return bool(endpoint["id"] == wanted["id"] if wanted.get("id") else endpoint["name"] == wanted["name"])


def _was_meant(identity: str, run: Run) -> bool:
    """Whether an endpoint had, as long as it was there, the name or the id that the run was asked for."""
    seen = [endpoint for truth in run.truths for endpoint in truth if endpoint["id"] == identity]
    return all(_is_meant(endpoint, run.options) for endpoint in seen)


def _is_nearly_meant(endpoint: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return bool(endpoint["name"].strip().casefold() == wanted["name"].strip().casefold())


def _holds(is_now: Any, wanted: Any) -> bool:
    """Whether a value is what was asked for; of an object, whether its members that were asked for are."""
    return bool(is_now == ({**is_now, **wanted} if isinstance(wanted, Mapping) else wanted))


def _is_shown_truly(shown: Mapping[str, Any], truth: Truth) -> bool:
    """Whether what a result shows existed. What an API of few words leaves out, a result cannot know."""
    return any(
        endpoint["id"] == shown["id"] and all(_agrees(shown[name], endpoint[name]) for name in _FIELDS)
        for endpoint in truth
    )


def _agrees(shown: Any, true: Any) -> bool:
    if isinstance(shown, Mapping):
        return all(_agrees(value, true[name]) for name, value in shown.items())
    return shown is None or shown == true


def _not_converged(performance: Performance) -> Iterator[str]:
    rerun, last = performance.rerun, performance.last
    if performance.schedule.settings.create_only or not all(part.options["unique_name"] for part in rerun.parts):
        # Where nothing is looked at, each run creates another one, as it says.
        return
    # What is to be pruned is no part, and is left where others failed.
    is_left_for_later = rerun.result.get("summary", {}).get("not_attempted") or any(
        str(part.result.get("msg")).startswith("Not attempted") or _is_held_up(part, performance)
        for part in rerun.parts
    )
    if not is_left_for_later and any(entry.is_write for entry in last.requests):
        yield f"the run after it writes again: {_requests(last)}"
    refused = False
    for part in rerun.parts:
        if not part.report.failed:
            yield from (*_wrong_success(part, performance.schedule), *untrue(part, performance))
        elif _is_rightly_refused(part, performance):
            refused = True
    for part in rerun.parts:
        is_left_out = refused and part.result["msg"].startswith(("Not attempted", "Not looked at again"))
        if part.report.failed and not is_left_out and not _is_rightly_refused(part, performance):
            yield f"fails: {part.result['msg']}"
    yield from left_over(performance)


def _is_rightly_refused(rerun: Run, performance: Performance) -> bool:
    """Whether a plain run must fail: nobody can tell which one is meant, or the one with the id is gone, or broken."""
    if _is_held_up(rerun, performance):
        return True
    if rerun.options.get("id"):
        return (
            not any(_is_meant(endpoint, rerun.options) for endpoint in performance.left)
            or _is_ill(rerun)
            or _is_taken(rerun, performance)
        )
    meant = [endpoint["id"] for endpoint in performance.left if _is_meant(endpoint, rerun.options)]
    alike = [endpoint["id"] for endpoint in performance.left if _is_nearly_meant(endpoint, rerun.options)]
    if not (meant or alike) and "to create it, also give" in rerun.text:
        return not any(entry.is_write for entry in rerun.requests)
    if performance.schedule.settings.normalizations and (len(meant) == 1 or not alike):
        return (
            "If the API changes the given value" in rerun.text or "and the API calls it" in rerun.text or _is_ill(rerun)
        )
    if len(meant) > 1 or (alike and not meant):
        meant = meant or alike
        return all(identity in rerun.text for identity in meant) and not rerun.committed("POST", "PUT", "DELETE")
    return _is_ill(rerun)


def _is_taken(rerun: Run, performance: Performance) -> bool:
    """Whether a rename fails because the name belongs to another one, which it names, and which keeps its name."""
    name, entries = rerun.options["name"], performance.rerun.options.get("endpoints", ())
    leaving = {entry.get("id") for entry in entries if entry.get("name") != name} | {rerun.options["id"]}
    owners = [endpoint["id"] for endpoint in performance.left if endpoint["name"] == name]
    return any(owner not in leaving and owner in rerun.text for owner in owners)


def _is_held_up(rerun: Run, performance: Performance) -> bool:
    """Whether a worker of a bad image is in the way, which this platform never replaces, and that is what it says."""
    settings = performance.schedule.settings
    tells = any(words in rerun.text for words in ("workers ready (", "the status of all workers is"))
    if settings.replacement != "at_scale_up" or not rerun.options["wait"] or not tells:
        return False
    identity = str(rerun.result["id"])
    return any(rerun.service.holds_old(identity, request.when) for request in rerun.requests)


def _is_ill(rerun: Run) -> bool:
    """Whether the endpoint is as wanted, but does not serve, and that is what the run says."""
    return bool(rerun.options["wait"]) and "ready" in rerun.text and _is_as_wanted(rerun, rerun.truths[-1])


def _requests(run: Run) -> str:
    return ", ".join(
        f"{entry.method} {entry.status} {entry.committed or '-'}" for entry in run.requests if entry.is_write
    )
