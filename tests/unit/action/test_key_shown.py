# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the key come to light where it stands in an option that is refused?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from unit.playing import ELSEWHERE, HERE, Played, Stage, Task

KEY = "canary-key-64b1"
TASKS: Mapping[str, Task] = {
    "a state": {"ppio.gpu.endpoint": {"name": "chat", "state": "{{ key }}"}},
    "true or false": {"ppio.gpu.endpoint": {"name": "chat", "validate_certs": "{{ key }}"}},
    "a header": {
        "ppio.gpu.endpoint_invoke": {
            "name": "chat",
            "headers": {"Authorization": "Bearer {{ key }}"},
            "timeout": 0,
        }
    },
    "a state of a fleet": {"ppio.gpu.endpoint_fleet": {"endpoints": [{"name": "chat", "state": "{{ key }}"}]}},
}
REFUSED = {
    "a state": "state must be one of present, absent",
    "true or false": "validate_certs",
    "a header": "timeout must be 1 to 3600, not 0",
    "a state of a fleet": "endpoints[0].state (chat) must be one of present, absent",
}


@pytest.fixture(scope="module", params=["option", "PPIO_API_KEY"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The tasks with the key in an option, or in the environment of the process alone."""
    hosts = {name: {**connection, "key": KEY} for name, connection in (("here", HERE), ("elsewhere", ELSEWHERE))}
    stage = Stage(Path(tmp_path_factory.mktemp("key")), hosts)
    if request.param == "option":
        return stage.play(TASKS, module_defaults={"group/ppio.gpu.all": {"api_key": "{{ key }}"}})
    return stage.play(TASKS, process={request.param: KEY})


@pytest.mark.parametrize("host", ["here", "elsewhere"])
@pytest.mark.parametrize("name", TASKS)
def test_what_is_refused_does_not_show_the_key(played: Played, name: str, host: str) -> None:
    result = played.results[name][host]
    assert result["failed"]
    assert REFUSED[name] in result["msg"]
    assert KEY not in result["msg"]


@pytest.mark.parametrize("name", TASKS)
def test_its_invocation_does_not_show_the_key(played: Played, name: str) -> None:
    shown = played.results[name]["here"]["invocation"]["module_args"]
    assert "chat" in repr(shown)
    assert KEY not in repr(shown)
