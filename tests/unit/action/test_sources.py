# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where does a fleet on the controller get its endpoints from, and what is refused?"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from unit.bodies import MINIMAL, Body
from unit.playing import HERE, Played, Stage, Task

from ansible_collections.ppio.gpu.plugins.plugin_utils._directory import sources_in
from simulator import Simulator

PASSWORD = "canary-password-4e7d"
CANARY = "canary-9f2c"


def described(name: str) -> Body:
    return {**MINIMAL, "name": name}


def as_yaml(name: str, token: str = "") -> str:
    """The description of one endpoint as a list in YAML, with a secret if there is a token."""
    secret = f"\n  secret_envs:\n    - key: TOKEN\n      value: {token}" if token else ""
    return f"""\
---
- name: {name}
  type: sync
  product_id: serverless-rtx-4090-24
  image: registry.example.com/chat:1
  worker_config:
    max_replicas: 3{secret}
"""


def encrypted(text: str) -> str:
    vault = VaultLib([("default", VaultSecret(PASSWORD.encode()))])
    return str(vault.encrypt(text.encode()).decode())


def inline(text: str) -> str:
    """A value as `ansible-vault encrypt_string` writes it."""
    return "!vault |\n" + "".join(f"        {line}\n" for line in encrypted(text).splitlines())


FILES = {
    "fleet.yml": as_yaml("yaml", CANARY),
    "fleet.json": json.dumps([described("json")]),
    "mapping.yaml": json.dumps({"endpoints": [described("mapping")]}),
    "directory/1.yml": as_yaml("first"),
    "directory/2.yaml": as_yaml("second"),
    "directory/3.json": json.dumps({"endpoints": [described("third")]}),
    "directory/below/4.YML": as_yaml("fourth"),
    "directory/README.md": "no endpoints here",
    "encrypted.yml": encrypted(as_yaml("encrypted", CANARY)),
    "inline.yml": as_yaml("inline", inline(CANARY)),
    "template.yml": as_yaml("template").replace("chat:1", '\'{{ lookup("env", "HOME") }}\''),
    "variables.yml": f"---\ntoken: {inline(CANARY)}",
    "text.yml": "just a text",
    "other.yml": "---\nservers: []\n",
    "broken.yml": "---\n- name: [\n",
    "nothing/README.md": "no endpoints here",
    "null.yml": "---\n",
    "whole/1.yml": as_yaml("whole"),
    "whole/below/2.json": json.dumps([described("whole-below")]),
    "ending/1.yml": as_yaml("ending"),
    "ending/2.yml.j2": as_yaml("ending-2"),
    "linked/1.yml": as_yaml("linked"),
    "dangling/1.yml": as_yaml("dangling"),
    "pipe/1.yml": as_yaml("pipe"),
    "2026/1.yml": as_yaml("year"),
}
#: Links by their paths, and where they lead.
LINKS = {"linked/below": "../directory", "dangling/2.yml": "../never-there.yml"}
PRUNE = {"prune": True, "name_prefix": "no-such-prefix", "prune_empty": True}


def fleet(**options: Any) -> Task:
    return {"ppio.gpu.endpoint_fleet": options}


TASKS: Mapping[str, Task] = {
    "yaml": fleet(src="fleet.yml"),
    "json": fleet(src="fleet.json"),
    "mapping": fleet(src="mapping.yaml"),
    "directory": fleet(src="directory"),
    "encrypted": fleet(src="encrypted.yml"),
    "inline": fleet(src="inline.yml"),
    "template": fleet(src="template.yml"),
    "absolute": fleet(src="{{ playbook_dir }}/fleet.yml"),
    "variable": fleet(
        endpoints=[described("variable") | {"secret_envs": [{"key": "TOKEN", "value": "{{ token }}"}]}],
    ),
    "single": {
        "ppio.gpu.endpoint": described("single") | {"secret_envs": [{"key": "TOKEN", "value": "{{ token }}"}]},
    },
    "missing": fleet(src="missing.yml"),
    "text": fleet(src="text.yml"),
    "other": fleet(src="other.yml"),
    "broken": fleet(src="broken.yml"),
    "null": fleet(src="null.yml"),
    "nothing": fleet(src="nothing"),
    "both": fleet(src="fleet.yml", endpoints=[]),
    "neither": fleet(),
    "a directory whose name is a number": fleet(src="2026/"),
    "a number": fleet(src=2026),
    "a fraction": fleet(src=1.5),
    "a list": fleet(src=["fleet.yml"]),
    "a mapping": fleet(src={"path": "fleet.yml"}),
    "an empty mapping": fleet(src={}),
    "true": fleet(src=True),
    "false": fleet(src=False),
    "empty": fleet(src=""),
    "linked": fleet(src="linked"),
    "whole": fleet(src="whole", **PRUNE),
    "pruned with another ending": fleet(src="ending", **PRUNE),
    "pruned with a linked directory": fleet(src="linked", **PRUNE),
    "pruned with a dangling link": fleet(src="dangling", **{**PRUNE, "prune": "yes"}),
    "pruned with a pipe": fleet(src="pipe", **PRUNE),
    "the right prefix nowhere": fleet(src="whole", prune=True, name_prefix="wohle", prune_max_percent=100),
}
MADE = {
    "yaml": ["yaml"],
    "json": ["json"],
    "mapping": ["mapping"],
    "directory": ["first", "second", "third", "fourth"],
    "encrypted": ["encrypted"],
    "inline": ["inline"],
    "absolute": ["yaml"],
    "variable": ["variable"],
    "a directory whose name is a number": ["year"],
    "linked": ["linked"],
    "whole": ["whole", "whole-below"],
}
REFUSED = {
    "missing": "missing.yml",
    "text": "text.yml must have a list, or a mapping with the key endpoints and a list",
    "other": "other.yml must have a list, or a mapping with the key endpoints and a list",
    "null": "null.yml must have a list, or a mapping with the key endpoints and a list",
    "nothing": "has no file that ends in .yml, .yaml or .json",
    "both": "endpoints and src cannot be given together",
    "neither": "endpoints or src is needed",
    **dict.fromkeys(
        ("a number", "a fraction", "a list", "a mapping", "an empty mapping", "true", "false"),
        "src must be the path of a file or directory (2026/, not 2026)",
    ),
    "empty": "src must not be an empty string",
    "template": "template.yml: endpoints[0].image (template) looks like a template",
    "pruned with another ending": "/ending/2.yml.j2 (does not end in .yml, .yaml or .json)",
    "pruned with a linked directory": "/linked/below (a link to a directory)",
    "pruned with a dangling link": "/dangling/2.yml (a link that leads nowhere)",
    "pruned with a pipe": "/pipe/2.yml (not a regular file)",
    "the right prefix nowhere": "begins with 'wohle'",
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(scope="module")
def played(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Played:
    stage = Stage(Path(tmp_path_factory.mktemp("sources")), {"here": HERE})
    for name, content in FILES.items():
        path = stage.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for name, target in LINKS.items():
        (stage.directory / name).symlink_to(target)
    os.mkfifo(stage.directory / "pipe" / "2.yml")
    (stage.directory / "password").write_text(PASSWORD, encoding="utf-8")
    return stage.play(
        TASKS,
        "--vault-password-file=password",
        "--diff",
        verbosity=5,
        process={"PPIO_API_URL": simulator.url, "PPIO_API_KEY": simulator.api_key},
        vars_files=["variables.yml"],
    )


@pytest.mark.parametrize("name", MADE)
def test_what_is_described_is_made(played: Played, simulator: Simulator, name: str) -> None:
    result = played.results[name]["here"]
    assert not result["failed"], result["msg"]
    assert [one["name"] for one in result["endpoints"]] == MADE[name]
    assert {one["name"] for one in simulator.endpoints} >= set(MADE[name])


def test_the_files_that_were_read_are_told(played: Played) -> None:
    read = {name: played.results[name]["here"]["src_files"] for name in ("whole", "yaml", "variable")}
    assert [path.partition("/whole/")[2] for path in read["whole"]] == ["1.yml", "below/2.json"]
    assert [Path(path).name for path in read["yaml"]] == ["fleet.yml"]
    assert read["variable"] == []


def test_a_directory_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    scandir = os.scandir

    def refusing(path: Path) -> Any:
        # Root may read whatever its mode is, so that the mode proves nothing here.
        if path.name == "below":
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert sources_in(tmp_path).overlooked == (f"{tmp_path / 'below'} (cannot be read: Permission denied)",)


def test_a_second_look_at_the_same_file_changes_nothing(played: Played) -> None:
    assert played.results["yaml"]["here"]["changed"]
    assert not played.results["absolute"]["here"]["changed"]


@pytest.mark.parametrize("name", ["yaml", "encrypted", "inline", "variable", "single"])
def test_encrypted_values_arrive(played: Played, simulator: Simulator, name: str) -> None:
    assert name in played.results
    (made,) = [one for one in simulator.endpoints if one["name"] == name]
    assert made["envs"] == [{"key": "TOKEN", "value": CANARY}]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_fleet_is_refused(played: Played, name: str) -> None:
    result = played.results[name]["here"]
    assert result["failed"]
    assert REFUSED[name] in result["msg"]


def test_a_file_that_cannot_be_parsed_is_refused_and_named(played: Played) -> None:
    assert played.results["broken"]["here"]["failed"]
    # By the message, or with newer ansible-core below it.
    told = played.output.partition("TASK [broken]")[2].partition("TASK [null]")[0]
    assert "/broken.yml" in told


@pytest.mark.parametrize("secret", [CANARY, PASSWORD, "simulator-key"])
def test_nothing_that_is_secret_is_printed(played: Played, secret: str) -> None:
    assert played.results["encrypted"]
    assert secret not in played.output
