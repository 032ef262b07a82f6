# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every body that the contract allows, and for every state that an API may show?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from unit.bodies import Body, bodies, forbidden_bodies, workers_fit
from unit.openapi import breaches
from unit.values import applied, current, desired, sent_by

from ansible_collections.ppio.gpu.plugins.module_utils._errors import Call, PartialResult, PpioError, Rejected
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import checked
from ansible_collections.ppio.gpu.plugins.module_utils._planning.compare import differences
from ansible_collections.ppio.gpu.plugins.module_utils._planning.outcome import Outcome
from ansible_collections.ppio.gpu.plugins.module_utils._planning.plan import Action, Plan, incomplete, plan
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.result import failure, success

SHOWN_OBJECTS = ("worker_config", "policy", "health_check")


@st.composite
def shown_bodies(draw: st.DrawFn) -> Body:
    """What an API may show: fields left out, as empty values do, and numbers as texts of digits."""
    body = draw(bodies())
    hidden = draw(st.sets(st.sampled_from(sorted(body))))
    body = {name: value for name, value in body.items() if name not in hidden}
    for name in SHOWN_OBJECTS:
        if name in body:
            kept = draw(st.sets(st.sampled_from(sorted(body[name])))) if body[name] else ()
            body[name] = {inner: value for inner, value in body[name].items() if inner in kept}
    return digits(body) if draw(st.booleans()) else body


def digits(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: digits(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [digits(element) for element in value]
    return str(value) if isinstance(value, int) else value


def changes(existing: Body, wanted: Body) -> Plan:
    assume(workers_fit(existing, wanted))
    return plan(ENDPOINT, current(existing), desired({**wanted, "allow_recreate": True}))


@given(body=bodies())
def test_every_allowed_body_can_be_expressed_and_is_sent_unchanged(body: Body) -> None:
    assert checked(ENDPOINT, body).violations == []
    assert sent_by(plan(ENDPOINT, None, desired(body))) == body


@given(body=bodies())
def test_every_allowed_body_comes_back_as_no_change(body: Body) -> None:
    for shown in (body, digits(body), applied({}, body, merges=True)):
        assert differences(ENDPOINT, current(shown), desired(body)) == ()


@given(body=forbidden_bodies())
def test_every_forbidden_body_breaks_a_limit_or_is_too_little_to_create(body: Body) -> None:
    # What is missing matters only if it has to be created.
    assert checked(ENDPOINT, body).violations or incomplete(ENDPOINT, desired(body))


@given(existing=shown_bodies(), wanted=bodies(), merges=st.booleans())
def test_a_plan_that_was_applied_leaves_nothing_to_do(existing: Body, wanted: Body, merges: bool) -> None:
    planned = changes(existing, wanted)
    if planned.action is Action.UPDATE:
        left = applied(existing, sent_by(planned), merges=merges)
    else:
        left = existing if planned.action is Action.NONE else dict(sent_by(planned))
    assert changes(left, wanted).action is Action.NONE


@given(existing=shown_bodies(), wanted=bodies())
def test_something_is_done_exactly_where_before_and_after_differ(existing: Body, wanted: Body) -> None:
    planned = changes(existing, wanted)
    assert (planned.action is not Action.NONE) == (planned.before != planned.after)
    assert (planned.action is not Action.NONE) == bool(differences(ENDPOINT, current(existing), desired(wanted)))


@given(existing=shown_bodies(), wanted=bodies("EndpointUpdate"))
def test_every_update_keeps_the_contract(existing: Body, wanted: Body) -> None:
    assume(workers_fit(existing, wanted))
    planned = plan(ENDPOINT, current(existing), desired({"id": "ep-1", **acceptable(wanted)}))
    if planned.action is Action.UPDATE:
        assert breaches("EndpointUpdate", sent_by(planned)) == []


def acceptable(wanted: Body) -> Body:
    """The part of an update that keeps the stricter limits of a create."""
    return {name: value for name, value in wanted.items() if name not in ("name", "image") or 0 < len(value) < 256}


@given(existing=bodies(), wanted=bodies())
def test_every_recreate_keeps_the_contract(existing: Body, wanted: Body) -> None:
    planned = changes(existing, wanted)
    if planned.action is Action.RECREATE:
        assert breaches("EndpointCreate", sent_by(planned)) == []


SECRETS = st.text(st.sampled_from('αβγδ"\\\n\u2028'), min_size=8, max_size=16).map(lambda text: f"§{text}§")


@st.composite
def environments(draw: st.DrawFn) -> tuple[Body, Body, list[str]]:
    """What is there, what is asked for, and the secret values in both; keys occur in one, in both, open or secret."""
    secrets = draw(st.lists(SECRETS, min_size=6, max_size=6, unique=True))
    there = [{"key": key, "value": value} for key, value in zip("ABC", secrets, strict=False)]
    asked = [{"key": key, "value": value} for key, value in zip("BCD", secrets[3:], strict=True)]
    task = {
        "secret_envs": draw(st.permutations(asked)),
        "envs": draw(st.sampled_from([None, [], [{"key": "OPEN", "value": "open"}]])),
        "purge_envs": draw(st.booleans()),
    }
    return {"envs": draw(st.permutations(there))}, task, secrets


@given(environment=environments(), existing=bodies(), wanted=bodies(), new=st.booleans())
def test_no_secret_is_in_a_result_or_a_diff(
    environment: tuple[Body, Body, list[str]], existing: Body, wanted: Body, new: bool
) -> None:
    assume(workers_fit(existing, wanted))
    there, asked, secrets = environment
    asked_for = desired({**wanted, **asked, "allow_recreate": True})
    seen = None if new else current({**existing, **there})
    planned = plan(ENDPOINT, seen, asked_for)
    told = f"it says {secrets[3]} and {secrets[5]}"
    observed = {"status": {"status": "running", "error": "", "message": told}, "url": told, "workers": []}
    outcome = Outcome(planned.action, "ep-1", planned.after, observed, planned.before, planned.after)
    result = success(ENDPOINT, outcome, asked_for.shown, Secrets(asked_for.secrets), diff=True)
    assert leaks(result, secrets) == []


@given(environment=environments(), wanted=bodies())
def test_no_secret_is_in_an_error(environment: tuple[Body, Body, list[str]], wanted: Body) -> None:
    there, asked, secrets = environment
    asked_for = desired({**wanted, **asked})
    known = asked_for.secrets
    error: PpioError = Rejected(f"Could not create: {list(known)} {known[0]}", Call("POST", "/x", 400))
    error = error.after(PartialResult("create", changed=True, id="ep-1", fields=current(there).fields))
    assert leaks(failure(ENDPOINT, error, asked_for.shown, Secrets(known)), secrets) == []


def leaks(result: Any, secrets: list[str]) -> list[str]:
    """The secrets that stand in any text of a result."""
    return [secret for secret in secrets if any(secret in text for text in texts(result))]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (name, *texts(inner))
    elif isinstance(value, (list, tuple)):
        for element in value:
            yield from texts(element)
