# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invoking: what a task does that asks a service, from its params to its result.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .._api.client import Client
from .._api.connection import Connection, Route, connection_from, route_from
from .._api.transport import Transport
from .._errors import InvalidOptions, NotFound, NotUnique, PpioError, printable, require
from .._options.invocation_options import invocation_spec, invocation_violations
from .._options.validation import Checked
from .._planning.conversation import Conversation
from .._planning.question import Question, job_from, keep_out, question_from
from .._planning.state import Current, current_from
from .._reconcile.ask import asked
from .._reconcile.job import worked
from .._reconcile.snapshot import is_deleting
from .._redaction import Secrets
from .._schema.resource import Resource
from .._schema.service import Service
from .conversation import NOTHING_ASKED, conversation_view
from .execution import Execution
from .result import call_facts
from .task import Report, Task, unverified

__all__ = ["invoke"]

#: The options that are sent to what runs there.
_SENT = ("url", "path", "headers", "secret_headers", "body", "input")


def invoke(resource: Resource) -> Task:
    """The task that asks one resource of a kind that is a service."""
    return Task(
        invocation_spec(),
        lambda params: Checked(invocation_violations(params), {}),
        partial(_report, resource, require(resource.service)),
    )


def _report(
    resource: Resource,
    service: Service,
    params: Mapping[str, Any],
    execution: Execution,
) -> Report:
    """Ask with validated params. Nothing is ever changed, and in check mode nothing is sent at all."""
    secrets, warnings = Secrets(), unverified(params)
    execution.progress.hide(secrets)
    try:
        keep_out((params["api_key"] or "").strip(), {name: params[name] for name in _SENT if params[name] is not None})
        question = question_from(params)
        secrets.add(question.secrets)
        # Check mode, too, refuses an address that cannot be used.
        route = _route(params, question, secrets)
        if execution.check_mode:
            return Report(
                {"changed": False, **NOTHING_ASKED, "url": params["url"], "msg": _preview(resource, params)},
                (),
                secrets,
            )
        if isinstance(route, Connection):
            talk = _asked(resource, service, params, question, route, execution)
        else:
            talk = asked(question, route, execution.clock, execution.progress, execution.wiring, suspect="url")
    except PpioError as error:
        told = {"changed": False, **NOTHING_ASKED, "msg": secrets.hide(error.message), "error": call_facts(error)}
        return Report(told, warnings, secrets, failed=True)
    result = {"changed": False, **conversation_view(talk, secrets)}
    if talk.trouble:
        return Report({**result, "msg": secrets.hide(talk.trouble), "error": _NO_CALL}, warnings, secrets, failed=True)
    return Report(result, warnings, secrets)


_NO_CALL = call_facts(PpioError(""))


def _preview(resource: Resource, params: Mapping[str, Any]) -> str:
    """What would be sent."""
    which = next(f"{name} {params[name]}" for name in ("url", "id", "name") if params[name] is not None)
    target = printable(which) if params["url"] is not None else f"the {resource.name} with {printable(which)}"
    what = "submit a job" if params["input"] is not None else f"send {params['method']} {printable(params['path'])}"
    return f"Nothing was sent in check mode. It would {what} to {target}."


def _route(params: Mapping[str, Any], question: Question, secrets: Secrets) -> Route:
    """The way to the URL that the params name, or the connection to the API, which knows those of names and ids."""
    if params["url"] is None:
        return connection_from(params, secrets)
    return route_from(
        params["url"],
        params["ca_path"],
        secrets,
        verified=params["validate_certs"],
        seconds=question.timeout,
        confidential=bool(question.secrets),
    )


def _asked(
    resource: Resource,
    service: Service,
    params: Mapping[str, Any],
    question: Question,
    connection: Connection,
    execution: Execution,
) -> Conversation:
    """The conversation with the resource that the params name."""
    current = _found(execution.client(resource, connection), params)
    if _takes_jobs(resource, service, current, params):
        queue = service.queue(current.id, current.fields)
        gateway = _gateway(service, connection, params, execution)
        return worked(job_from(params), gateway, queue, execution.progress)
    address = service.address(current.observed)
    if not address:
        raise InvalidOptions(f"The {resource.name} {current.id} has no URL yet. Wait until it serves (wait: true).")
    route = connection.to(address, question.timeout, confidential=bool(question.secrets))
    return asked(question, route, execution.clock, execution.progress, execution.wiring)


def _found(client: Client, params: Mapping[str, Any]) -> Current:
    """The resource that the params name, by a read. Raises NotFound and NotUnique."""
    resource, identity = client.resource, params["id"]
    if identity is None:
        name = params["name"]
        ids = [client.id_of(item) for item in client.named(name) if not is_deleting(resource, item)]
        if not ids:
            raise NotFound(f"There is no {resource.name} with the name {printable(name)!r}.")
        if len(ids) > 1:
            raise NotUnique(f"{len(ids)} {resource.plural} have the name {printable(name)!r}: give the id of one.")
        identity = ids[0]
    item = client.read(identity)
    if item is None:
        raise NotFound(f"There is no {resource.name} {printable(identity)}.")
    return current_from(resource, item)


def _takes_jobs(resource: Resource, service: Service, current: Current, params: Mapping[str, Any]) -> bool:
    """Whether a job is to be submitted. Raises InvalidOptions where it was asked for the other way."""
    takes, has_input = service.takes_jobs(current.fields), params["input"] is not None
    if takes and not has_input:
        raise InvalidOptions(f"The {resource.name} {current.id} takes jobs: give input, and no path or body.")
    if has_input and not takes:
        raise InvalidOptions(f"The {resource.name} {current.id} takes no jobs: give path or body, and no input.")
    return takes


def _gateway(
    service: Service,
    connection: Connection,
    params: Mapping[str, Any],
    execution: Execution,
) -> Transport:
    """The way to the job gateway: the one that belongs to api_url, or gateway_url. It alone gets the key, too."""
    host = urlsplit(connection.origin).hostname or ""
    address = params["gateway_url"] or service.gateways.get(host)
    if not address:
        raise InvalidOptions(f"No job gateway is known for {connection.host}. Give gateway_url.")
    gateway = connection_from({**params, "gateway_url": address}, connection.secrets, "gateway_url")
    return execution.transport(gateway)
