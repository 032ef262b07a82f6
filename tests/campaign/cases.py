# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are there, and what does the task do about each?

The table of docs/failures.md: what stands here is played against the simulator, and what the user sees is what the
core really says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator import Fault, Settings

from .schedules import MANNER, WANTED, Controller, Schedule

__all__ = ["CASES", "Case"]

_IMPATIENT = 0.3
_SEED = 7
_OLD: Mapping[str, Any] = {**WANTED, "command": "--old"}
_OTHER_TYPE: Mapping[str, Any] = {**WANTED, "type": "async"}
_HIDDEN = 100.0
_NOBODY_LISTENS = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Case:
    """One failure: its chapter and name, what the task does about it, how it ends, and how to cause it.

    `options` are those that matter; `others` are the controllers beside the one whose result counts.
    """

    chapter: str
    what: str
    does: str
    failed: bool
    changed: bool
    faults: tuple[Fault, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    existing: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Mapping[str, Any], ...] = ()
    by_id: bool = False

    @property
    def schedule(self) -> Schedule:
        runs = (self.options, *self.others)
        controllers = (
            Controller(machine, {**MANNER, **WANTED, **options}, self.by_id) for machine, options in enumerate(runs)
        )
        return Schedule(_SEED, Settings(**self.settings), self.existing, self.faults, tuple(controllers))


def _create(kind: Any, **more: Any) -> tuple[Fault, ...]:
    return (Fault(kind, operation="createEndpoint", **more),)


def _answer(operation: Any, status: int, reason: str = "", times: int = 1, **more: Any) -> tuple[Fault, ...]:
    body = {"code": status, "reason": reason, "message": "in the API's words"} if reason else ""
    return (Fault("status", operation=operation, status=status, body=body, times=times, **more),)


_CREATING = "Creating: the answer is lost or unclear"
_REFUSED = "Creating: the API says no"
_RIVALS = "Creating: somebody else does the same"
_BLIND = "Creating: when nothing can be looked up"
_READING = "Reading"
_UPDATING = "Changing"
_DELETING = "Removing"
_RECREATING = "Replacing"
_WAITING = "Waiting"

_ADOPTS = "Looks for the exact name on all pages until it shows up, and adopts it."
_UNKNOWN = "Looks for up to 30 s, finds nothing, and never sends the request again."

CASES: tuple[Case, ...] = (
    Case(
        _CREATING,
        "The connection breaks, and the endpoint was created",
        _ADOPTS,
        failed=False,
        changed=True,
        faults=_create("reset", when="after_commit"),
    ),
    Case(
        _CREATING,
        "The connection breaks, and nothing was created",
        _UNKNOWN,
        failed=True,
        changed=True,
        faults=_create("reset"),
    ),
    Case(
        _CREATING,
        "No answer comes within `api_timeout`",
        _ADOPTS,
        failed=False,
        changed=True,
        faults=_create("hang", when="after_commit", seconds=3 * _IMPATIENT),
    ),
    Case(
        _CREATING,
        "The answer comes byte by byte and does not end",
        "Gives up after `api_timeout` in all. " + _ADOPTS,
        failed=False,
        changed=True,
        faults=_create("drip", when="while_answering", seconds=0.01),
    ),
    Case(
        _CREATING,
        "The answer is cut short",
        _ADOPTS,
        failed=False,
        changed=True,
        faults=_create("truncate", when="while_answering"),
    ),
    Case(
        _CREATING,
        "Success, but the answer is not JSON, or far too deep or large",
        _ADOPTS,
        failed=False,
        changed=True,
        faults=_create("wrong_json", when="after_commit"),
    ),
    Case(
        _CREATING,
        "Success, but without an id that can be used",
        _ADOPTS,
        failed=False,
        changed=True,
        faults=_create("overlay", when="after_commit", body={"id": ".."}),
    ),
    *(
        Case(
            _CREATING,
            f"HTTP {status}: {words}",
            _ADOPTS,
            failed=False,
            changed=True,
            faults=_answer("createEndpoint", status, when="after_commit"),
        )
        for status, words in (
            (307, "a redirect, which is never followed"),
            (408, "too slow"),
            (409, "a conflict, perhaps with what this very request created"),
            (425, "too early"),
            (500, "the API broke"),
            (502, "a gateway broke"),
            (503, "not now, says a gateway that may have passed it on"),
            (504, "a gateway lost patience"),
        )
    ),
    Case(
        _CREATING,
        "The answer is lost, and the list cannot be read either",
        "Goes on looking. A page that fails says nothing about what exists, so it never means that nothing does.",
        failed=True,
        changed=True,
        faults=(
            *_create("reset", when="after_commit"),
            Fault("pass", operation="listEndpoints"),
            *_answer("listEndpoints", 500, "UNKNOWN", times=500),
        ),
    ),
    Case(
        _CREATING,
        "The answer is lost, and the list shows the endpoint only later than the task looks",
        _UNKNOWN,
        failed=True,
        changed=True,
        faults=_create("reset", when="after_commit"),
        settings={"visible_in_list_after": _HIDDEN},
    ),
    Case(
        _CREATING,
        "The API makes another name of the one that was given",
        "Reads it back. No rerun creates another one.",
        failed=True,
        changed=True,
        options={"name": "Prize"},
        settings={"normalizations": ("lower_name",)},
    ),
    Case(
        _CREATING,
        "The answer is lost, and another one of the name shows up",
        "Adopts only what is as wanted, and looks once more for others.",
        failed=True,
        changed=True,
        existing=(_OLD,),
        faults=_create("reset", when="after_commit"),
        settings={"visible_in_list_after": 2.0},
    ),
    Case(
        _CREATING,
        "The answer is lost, and there is no time for retries",
        "Looks once.",
        failed=False,
        changed=True,
        faults=_create("reset", when="after_commit"),
        options={"retry_timeout": 0},
    ),
    Case(
        _CREATING,
        "The answer is lost, nothing was created, and `on_ambiguous=resend`",
        "Looks for up to 30 s, and sends the request again only after that.",
        failed=False,
        changed=True,
        faults=_create("reset"),
        options={"on_ambiguous": "resend"},
    ),
    Case(
        _CREATING,
        "The same, but the first one was created and shows up late",
        "Looks once more after creating, and keeps both: this is the risk of that option.",
        failed=True,
        changed=True,
        faults=_create("reset", when="after_commit"),
        settings={"visible_in_list_after": 33.0},
        options={"on_ambiguous": "resend"},
    ),
    Case(
        _CREATING,
        "The API accepts a field and does not apply it",
        "Reads the endpoint back and compares, for up to 30 s.",
        failed=True,
        changed=True,
        settings={"ignored_fields": ("command",)},
    ),
    Case(
        _CREATING,
        "The API accepts the create and does not show it",
        "Reads it for up to 30 s.",
        failed=True,
        changed=True,
        settings={"visible_in_get_after": _HIDDEN, "visible_in_list_after": _HIDDEN},
    ),
    Case(
        _REFUSED,
        "HTTP 400 with a reason",
        "Fails at once with the API's words and what to check.",
        failed=True,
        changed=False,
        faults=_answer("createEndpoint", 400, "IMAGE_NOT_FOUND"),
    ),
    Case(
        _REFUSED,
        "HTTP 401 or 403",
        "Fails at once, and says which key of which host.",
        failed=True,
        changed=False,
        faults=_answer("createEndpoint", 401, "UNAUTHORIZED"),
    ),
    Case(
        _REFUSED,
        "No money",
        "Fails at once.",
        failed=True,
        changed=False,
        settings={"balance": "debt"},
    ),
    Case(
        _REFUSED,
        "HTTP 429",
        "Was refused, so it waits as told, looks again, and sends it again.",
        failed=False,
        changed=True,
        faults=_answer("createEndpoint", 429, "RATE_LIMIT_EXCEEDED", headers={"Retry-After": "7"}),
    ),
    Case(
        _REFUSED,
        "HTTP 429 that asks to wait longer than `retry_timeout`",
        "Fails at once and quotes it.",
        failed=True,
        changed=False,
        faults=_answer("createEndpoint", 429, "RATE_LIMIT_EXCEEDED", headers={"Retry-After": "86400"}),
    ),
    Case(
        _RIVALS,
        "Another controller creates the same name at the same moment",
        "Looks once more after creating, and keeps both.",
        failed=True,
        changed=True,
        others=({},),
    ),
    Case(
        _RIVALS,
        "The same with `on_duplicate=keep_oldest` on both",
        "All runs agree on the older one; each deletes only what it created itself.",
        failed=False,
        changed=True,
        options={"on_duplicate": "keep_oldest"},
        others=({"on_duplicate": "keep_oldest"},),
    ),
    Case(
        _RIVALS,
        "Several endpoints have the name already",
        "Changes nothing.",
        failed=True,
        changed=False,
        existing=(WANTED, WANTED),
    ),
    Case(
        _RIVALS,
        "One is there whose name differs only in case, in spaces around it or in its Unicode form",
        "Creates nothing.",
        failed=True,
        changed=False,
        existing=({**WANTED, "name": "Prize"},),
    ),
    Case(
        _BLIND,
        "The server offers nothing but create",
        "Creates, because it cannot look.",
        failed=False,
        changed=True,
        settings={"create_only": 405},
    ),
    Case(
        _BLIND,
        "The same, and the answer is lost",
        "Cannot look for it.",
        failed=True,
        changed=True,
        settings={"create_only": 405},
        faults=_create("reset", when="after_commit"),
    ),
    Case(
        _BLIND,
        "The answer is lost with `unique_name=false`",
        "Does not look, because any endpoint of the name may be another one.",
        failed=True,
        changed=True,
        faults=_create("reset", when="after_commit"),
        options={"unique_name": False},
    ),
    Case(
        _READING,
        "No connection can be made",
        "Tries again until `retry_timeout` is over.",
        failed=True,
        changed=False,
        options={"api_url": _NOBODY_LISTENS},
    ),
    Case(
        _READING,
        "The connection breaks, HTTP 408, 425, 429 or 5xx",
        "Tries again, with growing pauses, or as told by `Retry-After`.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        faults=(*_answer("listEndpoints", 503, times=2), Fault("reset", operation="getEndpoint")),
    ),
    Case(
        _READING,
        "The same until `retry_timeout` is over",
        "Gives up. Nothing was written.",
        failed=True,
        changed=False,
        faults=_answer("listEndpoints", 503, "UNKNOWN", times=500),
    ),
    Case(
        _READING,
        "A page of the list that is not what the API documents",
        "Fails at once: a shorter list would be a lie.",
        failed=True,
        changed=False,
        faults=(Fault("wrong_json", operation="listEndpoints"),),
    ),
    Case(
        _READING,
        "The page size is refused",
        "Asks for pages of the API's own size.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        faults=_answer("listEndpoints", 400, "VALIDATOR_PARAM"),
    ),
    Case(
        _READING,
        "The list does not come to an end",
        "Stops when a cursor comes again.",
        failed=True,
        changed=False,
        existing=(WANTED,),
        settings={"repeat_cursor": True},
    ),
    Case(
        _READING,
        "A page after the first one is missing",
        "Fails: what is on that page is unknown, not absent.",
        failed=True,
        changed=False,
        existing=(WANTED, {**WANTED, "name": "other"}),
        settings={"page_size": 1},
        faults=(Fault("pass", operation="listEndpoints"), *_answer("listEndpoints", 404, "REQUEST")),
    ),
    Case(
        _UPDATING,
        "The answer is lost, HTTP 408, 425 or 5xx",
        "Reads again, plans again, and sends that, so that nothing old overwrites what moved meanwhile.",
        failed=False,
        changed=True,
        existing=(_OLD,),
        faults=(Fault("reset", operation="updateEndpoint"), *_answer("updateEndpoint", 502)),
    ),
    Case(
        _UPDATING,
        "The answer is lost, but the change arrived",
        "Reads again, and sends nothing.",
        failed=False,
        changed=True,
        existing=(_OLD,),
        faults=(Fault("reset", operation="updateEndpoint", when="after_commit", times=500),),
    ),
    Case(
        _UPDATING,
        "No answer comes until `retry_timeout` is over, and nothing arrived",
        "A get decides.",
        failed=True,
        changed=True,
        existing=(_OLD,),
        faults=(Fault("reset", operation="updateEndpoint", times=500),),
    ),
    Case(
        _UPDATING,
        "The answer is lost, and when it is sent again, it is refused",
        "A get decides: the first one may have arrived.",
        failed=True,
        changed=True,
        existing=(_OLD,),
        faults=(
            Fault("reset", operation="updateEndpoint"),
            *_answer("updateEndpoint", 400, "VALIDATOR_PARAM"),
        ),
    ),
    Case(
        _UPDATING,
        "HTTP 409: somebody else was faster",
        "Reads again, plans again, and sends that; three times at most.",
        failed=False,
        changed=True,
        existing=(_OLD,),
        faults=_answer("updateEndpoint", 409, "CONFLICT"),
    ),
    Case(
        _UPDATING,
        "HTTP 409 again and again",
        "Gives up after the third.",
        failed=True,
        changed=False,
        existing=(_OLD,),
        faults=_answer("updateEndpoint", 409, "CONFLICT", times=500),
    ),
    Case(
        _UPDATING,
        "With `id`, the endpoint is to get a name that another one has",
        "Sends nothing.",
        failed=True,
        changed=False,
        existing=(WANTED, {**WANTED, "name": "taken"}),
        options={"name": "taken"},
        by_id=True,
    ),
    Case(
        _UPDATING,
        "The API shows the values of variables only as a mask, such as `***`, and the task does not give them",
        "Sends nothing: the mask would overwrite the real values.",
        failed=True,
        changed=False,
        existing=({**_OLD, "envs": [{"key": "OTHER", "value": "real"}]},),
        settings={"mask": "***"},
        options={"purge_envs": False},
    ),
    Case(
        _UPDATING,
        "The same, and the task gives them",
        "Sends them. Nobody can compare them, so each run does.",
        failed=False,
        changed=True,
        existing=({**_OLD, "envs": [{"key": "TOKEN", "value": "real"}]},),
        settings={"mask": "***"},
        options={"secret_envs": [{"key": "TOKEN", "value": "real"}]},
    ),
    Case(
        _UPDATING,
        "The status is a word that nobody knows, and sounds like being deleted",
        "Does nothing, because nobody knows whether it stays.",
        failed=True,
        changed=False,
        existing=(WANTED,),
        faults=(Fault("overlay", "getEndpoint", "after_commit", body={"status": {"status": "removing"}}, times=500),),
    ),
    Case(
        _UPDATING,
        "Any other refusal",
        "Fails at once with the API's words.",
        failed=True,
        changed=False,
        existing=(_OLD,),
        faults=_answer("updateEndpoint", 400, "VALIDATOR_PARAM"),
    ),
    Case(
        _UPDATING,
        "The API accepts a field and does not apply it",
        "Reads it back for up to 30 s, and names the field.",
        failed=True,
        changed=True,
        existing=(_OLD,),
        settings={"ignored_fields": ("command",)},
    ),
    Case(
        _UPDATING,
        "The API makes another value of one that it is given",
        "Reads it back for up to 30 s, and names both. A rerun fails without sending it again.",
        failed=True,
        changed=True,
        existing=(_OLD,),
        options={"image": "prize:1"},
        settings={"normalizations": ("image_registry",)},
    ),
    Case(
        _DELETING,
        "It is gone already",
        "Nothing.",
        failed=False,
        changed=False,
        options={"state": "absent"},
    ),
    Case(
        _DELETING,
        "The answer is lost, HTTP 408, 425 or 5xx",
        "Sends it again; that it is gone then is success.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=(Fault("close", operation="deleteEndpoint", when="after_commit"),),
    ),
    Case(
        _DELETING,
        "The answer is lost, and when it is sent again, it is refused",
        "A get and the list decide: the first one may have arrived.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=(
            Fault("reset", operation="deleteEndpoint", when="after_commit"),
            *_answer("deleteEndpoint", 400, "OPERATION_LIMIT"),
        ),
    ),
    Case(
        _DELETING,
        "HTTP 409",
        "A get and the list decide.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=_answer("deleteEndpoint", 409, "CONFLICT", when="after_commit"),
    ),
    Case(
        _DELETING,
        "The API accepts it, and goes on showing the endpoint",
        "Looks for up to 30 s.",
        failed=True,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        settings={"linger_in_list": _HIDDEN, "linger_in_get": _HIDDEN, "linger_status": "unchanged"},
    ),
    Case(
        _DELETING,
        "The server does not list, so that nobody knows what has the name",
        "Fails: it must not say that something is gone that it cannot see.",
        failed=True,
        changed=False,
        options={"state": "absent"},
        settings={"create_only": 404},
    ),
    Case(
        _DELETING,
        "The same with `id`, where its 404 does not mean that the endpoint is gone",
        "Fails.",
        failed=True,
        changed=False,
        existing=(WANTED,),
        options={"state": "absent"},
        settings={"create_only": 404},
        by_id=True,
    ),
    Case(
        _DELETING,
        "With `id`, a read says that the endpoint is gone, and the list shows it",
        "Deletes it: it is gone only once neither shows it.",
        failed=False,
        changed=True,
        existing=(WANTED,),
        options={"state": "absent"},
        faults=_answer("getEndpoint", 400, "SERVERLESS_ENDPOINT_NOT_FOUND", times=500),
        by_id=True,
    ),
    Case(
        _RECREATING,
        "The old one is deleted, and the new one refused",
        "Creates the old one again, with all its settings, and fails.",
        failed=True,
        changed=True,
        existing=(_OTHER_TYPE,),
        options={"allow_recreate": True},
        faults=_answer("createEndpoint", 400, "INSUFFICIENT_RESOURCE"),
    ),
    Case(
        _RECREATING,
        "The same, and the old one is refused, too",
        "Fails, and returns in `deleted` what it was, without secret values. A rerun creates what the task says.",
        failed=True,
        changed=True,
        existing=(_OTHER_TYPE,),
        options={"allow_recreate": True},
        faults=_answer("createEndpoint", 400, "INSUFFICIENT_RESOURCE", times=2),
    ),
    Case(
        _RECREATING,
        "The old one is deleted, and the answer to the create is lost",
        _ADOPTS,
        failed=False,
        changed=True,
        existing=(_OTHER_TYPE,),
        options={"allow_recreate": True},
        faults=_create("reset", when="after_commit"),
    ),
    Case(
        _WAITING,
        "All workers keep failing the same way",
        "Ends early with the API's words and the addresses of the logs.",
        failed=True,
        changed=True,
        options={"wait": True},
        settings={"life": "image_pull_failure"},
    ),
    Case(
        _WAITING,
        "The endpoint itself fails",
        "Ends at once.",
        failed=True,
        changed=True,
        options={"wait": True},
        settings={"life": "endpoint_error"},
    ),
    Case(
        _WAITING,
        "It does not become ready within `wait_timeout`",
        "Ends then.",
        failed=True,
        changed=True,
        options={"wait": True, "wait_timeout": 60},
        settings={"life": "never"},
    ),
    Case(
        _WAITING,
        "A look fails in between",
        "Tries again until `wait_timeout` is over.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        options={"wait": True},
        faults=(Fault("pass", operation="getEndpoint"), *_answer("getEndpoint", 500, times=4)),
    ),
    Case(
        _WAITING,
        "A look gets a page of HTML with status 200, or an answer that is not an endpoint",
        "Looks again in the next interval, until `wait_timeout` is over.",
        failed=False,
        changed=False,
        existing=(WANTED,),
        options={"wait": True},
        faults=(
            Fault("pass", operation="getEndpoint"),
            Fault("status", operation="getEndpoint", status=200, body="<html>back in a minute</html>", times=4),
        ),
    ),
)
