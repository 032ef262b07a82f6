# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does the API do where its documentation says nothing? Each answer is a fact that a run finds out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .calls import Api, Item, Unanswered, items_of

_LONGEST_LOOK = 60.0
_OBSERVED = frozenset({"id", "status", "url", "workers", "member_id", "owner_id", "created_at", "app_name"})

Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Fact:
    """One thing that the documentation leaves open, and what the API did. The setting is the simulator's for it."""

    question: str
    answer: str
    setting: str = ""


def of_lists(api: Api) -> Iterator[Fact]:
    """Facts about lists and about what is not there."""
    yield _fact("Endpoints on a page without a limit", lambda: _page_size(api), "page_size")
    yield _fact("Status of a list with limit=100", lambda: api.call("GET", limit="100").told)
    yield _fact("Status for an endpoint that is not there", lambda: api.call("GET", "/0000-not-there").told, "missing")


def of_new(api: Api, body: Item, identity: str, sleep: Sleep) -> Iterator[Fact]:
    """Facts about an endpoint that was created a moment ago with this body."""
    start = time.monotonic()

    def seconds(look: Callable[[], bool]) -> str:
        return _seconds(look, start, sleep)

    def shown() -> Item:
        return api.endpoint(identity)

    in_get, in_list = "visible_in_get_after", "visible_in_list_after"
    yield _fact("Seconds until a get shows a new endpoint", lambda: seconds(lambda: api.has(identity)), in_get)
    yield _fact("Seconds until the list shows it", lambda: seconds(lambda: api.lists(identity)), in_list)
    yield _fact("The list shows all whatever `keyword` says", lambda: _ignores_keyword(api, identity), "ignore_keyword")
    yield _fact("How numbers are written", lambda: _numbers(shown()), "numbers")
    yield _fact("Status of a new endpoint that keeps no worker", lambda: _status(shown()))
    yield _fact("Fields that were not given", lambda: _left_open(shown(), body), "default_style")
    yield _fact("The app name of an endpoint created without one", lambda: _app_name(shown(), identity))


def of_updates(api: Api, body: Item, identity: str) -> Iterator[Fact]:
    """Facts about PUT. The endpoint was created with this body, and has got a command since."""
    part = {name: value for name, value in body.items() if name != "type"}
    yield _fact("What a PUT does with a field that it does not name", lambda: _update(api, part, identity), "update")
    yield _fact("What is shown in the place of a variable's value", lambda: _mask(api, part, identity), "mask")
    yield _fact("Empty values in a PUT clear a field", lambda: _clears(api, part, identity))


def of_deletes(api: Api, identity: str, sleep: Sleep) -> Iterator[Fact]:
    """Facts about an endpoint that was deleted a moment ago."""
    start = time.monotonic()

    def seconds(look: Callable[[], bool]) -> str:
        return _seconds(lambda: not look(), start, sleep)

    yield _fact("Seconds until a get shows it no more", lambda: seconds(lambda: api.has(identity)), "linger_in_get")
    yield _fact("Seconds until the list does not", lambda: seconds(lambda: api.lists(identity)), "linger_in_list")
    yield _fact("Answer to a second delete", lambda: api.call("DELETE", f"/{identity}").told)


def _fact(question: str, find: Callable[[], str], setting: str = "") -> Fact:
    """The fact, even where it is only why nothing was found out."""
    try:
        return Fact(question, find(), setting)
    except Unanswered as error:
        return Fact(question, f"not found out: {error}", setting)


def _seconds(is_there: Callable[[], bool], start: float, sleep: Sleep) -> str:
    while not is_there():
        if time.monotonic() - start > _LONGEST_LOOK:
            return f"more than {_LONGEST_LOOK:.0f}"
        sleep(1)
    return f"{time.monotonic() - start:.1f}"


def _page_size(api: Api) -> str:
    page = api.call("GET").wanted()
    return f"{len(items_of(page))}{' and more pages' if page.get('next_cursor') else ''}"


def _ignores_keyword(api: Api, identity: str) -> str:
    page = api.call("GET", keyword=uuid.uuid4().hex).wanted()
    if not items_of(page) and not api.lists(identity):
        raise Unanswered("the list shows nothing without `keyword` either")
    return _word(bool(items_of(page)))


def _numbers(shown: Item) -> str:
    return "strings" if isinstance(shown.get("created_at"), str) else "numbers"


def _status(shown: Item) -> str:
    status = shown.get("status")
    return str(status.get("status") if isinstance(status, dict) else status)


def _left_open(shown: Item, body: Item) -> str:
    left_open = sorted(name for name in shown if name not in body and name not in _OBSERVED)
    return ", ".join(f"{name}={shown[name]!r}" for name in left_open) or "left out"


def _app_name(shown: Item, identity: str) -> str:
    name = shown.get("app_name")
    return "the id" if name == identity else repr(name)


def _update(api: Api, part: Item, identity: str) -> str:
    before = api.endpoint(identity).get("command")
    answer = api.call("PUT", f"/{identity}", part)
    if answer.status != 200:
        return f"refused with {answer.told}"
    return "merge" if api.endpoint(identity).get("command") == before else "replace"


def _mask(api: Api, part: Item, identity: str) -> str:
    given = {"key": "MODE", "value": "live"}
    api.call("PUT", f"/{identity}", {**part, "command": "sleep 1", "envs": [given]}).accepted()
    envs = api.endpoint(identity).get("envs")
    if not isinstance(envs, list) or len(envs) != 1 or not isinstance(envs[0], dict):
        raise Unanswered("the endpoint is shown without its variable")
    return "nothing: it is shown as it is" if envs[0] == given else repr(envs[0].get("value"))


def _clears(api: Api, part: Item, identity: str) -> str:
    answer = api.call("PUT", f"/{identity}", {**part, "command": "", "envs": []})
    if answer.status != 200:
        return f"refused with {answer.told}"
    after = api.endpoint(identity)
    return _word(not after.get("command") and not after.get("envs"))


def _word(value: bool) -> str:
    return "yes" if value else "no"
