# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does an endpoint look in an answer: in a list, by a get, as digit strings, without zero values?

Source of the differences between list item and get: the field table of the contract.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .endpoints import Endpoint
from .lifecycle import crew_of, endpoint_status, shown, workers
from .settings import Settings

OWNER = "5f0c1b9e-2f4e-4a52-9d0b-3a7c7f1e8d21"
MEMBER = "member-1"


def detail(endpoint: Endpoint, now: float, settings: Settings, origin: str) -> dict[str, Any]:
    """The answer to a get: with the type, volumes without their size."""
    view = common(endpoint, now, settings, origin)
    volumes = [{name: volume[name] for name in ("id", "type", "mount_point")} for volume in view["volumes"]]
    return {**view, "type": endpoint.fields["type"], "volumes": volumes}


def list_item(endpoint: Endpoint, now: float, settings: Settings, origin: str) -> dict[str, Any]:
    """An item of a list: without the type, volumes with their size."""
    return common(endpoint, now, settings, origin)


def common(endpoint: Endpoint, now: float, settings: Settings, origin: str) -> dict[str, Any]:
    fields, live = endpoint.fields, shown(endpoint, now, settings)
    # What is shown of the time before an update stands still.
    now = now if live is endpoint else endpoint.updated
    crew = crew_of(live, now, settings)
    return {
        **endpoint.answered,
        **({"envs": [{**env, "value": settings.mask} for env in fields["envs"][::-1]]} if settings.mask else {}),
        "status": endpoint_status(live, crew, now, settings).as_json(),
        "url": service_url(endpoint, origin),
        "workers": workers(live, crew, origin),
        "member_id": MEMBER,
        "owner_id": OWNER,
        "created_at": int(endpoint.created),
        # A key that the contract does not know, as live answers have them.
        "labels": {},
    }


def service_url(endpoint: Endpoint, origin: str) -> str:
    return f"{origin}/serve/{quote(endpoint.fields['app_name'], safe='')}"


def distorted(body: Any, settings: Settings) -> Any:
    """The body as a server with these settings writes it. The list of a page is always there."""
    if settings.omit_empty and isinstance(body, dict):
        body = {**({"data": []} if "data" in body else {}), **without_zero_values(body)}
    return with_digit_strings(body) if settings.numbers == "strings" else body


def without_zero_values(value: Any) -> Any:
    """The value without object members that are "", 0, false, [] or {}; an object that becomes empty stays."""
    kind = type(value)
    if kind is list:
        return [without_zero_values(element) for element in value]
    if kind is dict:
        return {
            name: without_zero_values(member) if type(member) in (dict, list) else member
            for name, member in value.items()
            if member
        }
    return value


def with_digit_strings(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return [with_digit_strings(element) for element in value]
    if kind is dict:
        return {
            name: with_digit_strings(member) if type(member) in (int, dict, list) else member
            for name, member in value.items()
        }
    # A boolean has a type of its own.
    return str(value) if kind is int else value
