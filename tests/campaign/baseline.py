# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would the usual playbook have done?

The answer of today is a few `ansible.builtin.uri` tasks: list, compare by name, POST if there is none, each with
`until`, `retries` and `delay`, and an assert at the end. This is that logic as its careful author means it, over the
same HTTP, with the same faults: every answer but 2xx and every lost one is tried again, all pages are read, and nothing
is sent when the list could not be read. It is modelled in Python because twenty thousand playbooks take days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from ansible_collections.ppio.gpu.plugins.module_utils._clock import Clock
from ansible_collections.ppio.gpu.plugins.module_utils._redaction import Secrets
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.task import Report

from .schedules import WANTED, Schedule

__all__ = ["can_play", "played_by_uri"]

_RETRIES = 5
_DELAY = 3.0
#: A playbook asks for the next page in a list of numbered tasks, or in one that includes itself.
_MOST_PAGES = 10
_PATH = "/gpus/v2/endpoints"


class TaskFailed(Exception):
    """A task used up its retries."""


@dataclass(frozen=True)
class _Playbook:
    """One play: its variables, and the time in which its delays pass."""

    options: Mapping[str, Any]
    clock: Clock

    def run(self) -> Report:
        """Its recap, and everything that it prints."""
        printed: list[str] = []
        try:
            identity, changed = (
                self._absent(printed) if self.options.get("state") == "absent" else self._present(printed)
            )
        except TaskFailed as error:
            return Report(
                {"changed": False, "id": None, "endpoint": None, "msg": str(error)},
                tuple(printed),
                Secrets(),
                failed=True,
            )
        return Report({"changed": changed, "id": identity, "endpoint": None}, tuple(printed), Secrets())

    def _present(self, printed: list[str]) -> tuple[str, bool]:
        body = {name: self.options[name] for name in WANTED}
        for item in self._named():
            shown = self._uri("GET", f"{_PATH}/{item['id']}")
            if all(shown.get(name) == value for name, value in body.items()):
                return item["id"], False
            self._uri("PUT", f"{_PATH}/{item['id']}", {k: v for k, v in body.items() if k not in ("type", "app_name")})
            return item["id"], True
        created = self._uri("POST", _PATH, body)
        printed.append(str(created))
        return str(created.get("id")), True

    def _absent(self, printed: list[str]) -> tuple[None, bool]:
        found = list(self._named())
        printed += [str(self._uri("DELETE", f"{_PATH}/{item['id']}", fine=(200, 404))) for item in found]
        return None, bool(found)

    def _named(self) -> Iterator[Mapping[str, Any]]:
        if self.options.get("id"):
            yield {"id": self.options["id"]}
            return
        cursor = ""
        for _page in range(_MOST_PAGES):
            page = self._uri("GET", f"{_PATH}?limit=100" + (f"&cursor={quote(cursor)}" if cursor else ""))
            yield from (item for item in page.get("data") or () if item["name"] == self.options["name"])
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return

    def _uri(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, fine: tuple[int, ...] = (200,)
    ) -> dict[str, Any]:
        """One task: `until` the status is a fine one, and `failed` when the retries are used up."""
        said = "not reached"
        for _attempt in range(1 + _RETRIES):
            self.clock.random()
            try:
                response = requests.request(
                    method,
                    self.options["api_url"] + path,
                    json=body,
                    headers={"Authorization": f"Bearer {self.options['api_key']}"},
                    timeout=self.options["api_timeout"],
                    allow_redirects=False,
                )
                said = f"HTTP {response.status_code}"
                if response.status_code in fine:
                    content = response.json()
                    return content if isinstance(content, dict) else {}
            except (requests.exceptions.RequestException, RecursionError) as error:
                said = type(error).__name__
            self.clock.sleep(_DELAY)
        raise TaskFailed(f"{method} {path}: {said}")


def can_play(schedule: Schedule) -> bool:
    """Whether the usual playbook could do what a schedule asks for: one endpoint, described in full."""
    return all(
        controller.options.get("state") == "absent" or (WANTED.keys() <= controller.options.keys())
        for controller in schedule.controllers
    ) and not any(controller.dies or "rollout" in controller.options for controller in schedule.controllers)


def played_by_uri(options: Mapping[str, Any], clock: Clock) -> Report:
    """What the usual playbook does with the same options."""
    return _Playbook(options, clock).run()
