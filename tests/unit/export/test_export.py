# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does an export write of which endpoints, what does it tell, and what may never be in it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from unit import exporting, fleets
from unit.bodies import FULL, MINIMAL, Body
from unit.passing import Time

from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export_description import Descriptions
from simulator import Fault, Settings, Simulator

CANARY, OPEN = "canary-secret-4711", "canary-open-0815"
ENVS = [{"key": "TOKEN", "value": CANARY}, {"key": "MODE", "value": OPEN}]
#: A local volume, whose size only the list shows.
LOCAL = {"type": "local", "size": 30, "mount_point": "/scratch"}


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "endpoints.yml"


def named(*names: str, **options: Any) -> list[Body]:
    return [fleets.entry(name, **options) for name in names]


def written(simulator: Simulator, time: Time, dest: Path, **options: Any) -> list[Body]:
    """The entries of an export."""
    exporting.done(simulator, time, dest, **options)
    return exporting.read(dest)


def test_an_entry_has_every_setting_and_nothing_that_only_the_api_says(
    simulator: Simulator, time: Time, dest: Path
) -> None:
    simulator.seed({**FULL, "envs": ENVS, "volumes": [*FULL["volumes"], LOCAL]})
    (entry,) = written(simulator, time, dest, plain_env_keys=["MODE", "NONE"])
    assert entry == {
        **{name: value for name, value in FULL.items() if name != "volumes"},
        "volumes": sorted([*FULL["volumes"], LOCAL], key=lambda volume: volume["mount_point"]),
        "envs": [{"key": "MODE", "value": OPEN}],
        "secret_envs": [{"key": "TOKEN"}],
    }
    assert list(entry) == [
        "name",
        *(name for name in _ORDER if name in entry),
    ]


_ORDER = (
    *("type", "product_id", "image", "worker_config", "app_name", "registry_auth_id", "entrypoint", "command"),
    *("policy", "volumes", "envs", "secret_envs", "ports", "health_check", "region_id"),
)


def test_what_is_empty_is_left_out_unless_a_create_would_fill_it_in(
    simulator: Simulator, time: Time, dest: Path
) -> None:
    simulator.settings = Settings(default_style="zero")
    simulator.seed(MINIMAL)
    assert written(simulator, time, dest) == [
        {
            **MINIMAL,
            "worker_config": {"max_replicas": 3, "min_replicas": 0},
            "ports": [],
            "health_check": {"path": "", "port": 0},
            "region_id": "",
        }
    ]


def test_the_order_of_the_api_means_nothing(simulator: Simulator, time: Time, dest: Path) -> None:
    bodies = [fleets.entry(name, **{part: FULL[part] for part in ("envs", "ports", "volumes")}) for name in "cab"]
    turned = [{**body, **{part: body[part][::-1] for part in ("envs", "ports", "volumes")}} for body in bodies[::-1]]
    texts = []
    for there in (bodies, turned):
        simulator.reset()
        fleets.seeded(simulator, there)
        exporting.done(simulator, time, dest)
        texts.append(dest.read_bytes())
    assert texts[0] == texts[1]
    assert [entry["name"] for entry in exporting.read(dest)] == ["a", "b", "c"]


def test_an_export_reads_the_list_once_and_each_endpoint_once(simulator: Simulator, time: Time, dest: Path) -> None:
    fleets.seeded(simulator, fleets.named(41))
    exporting.done(simulator, time, dest, name_prefix="chat-1")
    assert fleets.calls(simulator) == {"list": 3, "get": 11}


SELECTIONS: Mapping[str, tuple[Mapping[str, Any], Sequence[str]]] = {
    "everything": ({}, ["a-1", "a-2", "b-1"]),
    "names": ({"names": ["b-1", "a-1"]}, ["a-1", "b-1"]),
    "a prefix": ({"name_prefix": "a-"}, ["a-1", "a-2"]),
    "a region": ({"region_id": "region-7"}, ["a-2"]),
    "names of a prefix": ({"names": ["a-1"], "name_prefix": "a-"}, ["a-1"]),
    "nothing that is there": ({"name_prefix": "c-"}, []),
    "no names": ({"names": []}, []),
}


@pytest.mark.parametrize("what", SELECTIONS)
def test_it_exports(simulator: Simulator, time: Time, dest: Path, what: str) -> None:
    fleets.seeded(simulator, [*named("a-1", "b-1"), *named("a-2", region_id="region-7")])
    options, names = SELECTIONS[what]
    report = exporting.done(simulator, time, dest, **options)
    assert [one["name"] for one in report.result["endpoints"]] == names
    assert [entry["name"] for entry in exporting.read(dest)] == names


def test_ids_and_names_are_taken_together(simulator: Simulator, time: Time, dest: Path) -> None:
    ids = fleets.seeded(simulator, named("a", "b", "c"))
    entries = written(simulator, time, dest, ids=[ids["c"]], names=["a"])
    assert [entry["name"] for entry in entries] == ["a", "c"]


@pytest.mark.parametrize(
    ("options", "word"),
    [({"names": ["b", "c"]}, "'c'"), ({"ids": ["ep-9"]}, "ep-9"), ({"names": ["b"], "name_prefix": "a"}, "'b'")],
)
def test_what_is_asked_for_and_not_there_is_an_error(
    simulator: Simulator, time: Time, dest: Path, options: Mapping[str, Any], word: str
) -> None:
    fleets.seeded(simulator, named("a", "b"))
    report = exporting.run(simulator, time, dest, **options)
    assert report.failed
    assert word in report.result["msg"]
    assert not dest.exists()


def test_what_is_being_deleted_does_not_exist_any_more(simulator: Simulator, time: Time, dest: Path) -> None:
    simulator.settings = Settings(linger_in_get=60, linger_in_list=60)
    fleets.seeded(simulator, named("a", "b"))
    fleets.run(simulator, time, [{"name": "a", "state": "absent"}])
    assert [entry["name"] for entry in written(simulator, time, dest)] == ["b"]


def test_two_of_one_name_are_adopted_by_their_ids(simulator: Simulator, time: Time, dest: Path) -> None:
    bodies = [*named("twin", command="--one"), *named("twin", command="--two"), *named("single")]
    ids = [simulator.seed(body) for body in bodies]
    entries = written(simulator, time, dest)
    assert {entry["id"]: entry["command"] for entry in entries if "id" in entry} == {ids[0]: "--one", ids[1]: "--two"}
    assert not exporting.fleet(simulator, time, entries, check=True).result["changed"]
    assert [entry["name"] for entry in written(simulator, time, dest, ids=[ids[0]])] == ["twin"]
    assert exporting.read(dest)[0]["id"] == ids[0]


TEXTS = (
    *("{{ 7 * 7 }}", "{% raw %}", "{# no #}", "!vault", "!unsafe x", "yes", "No", "~", "null", "1e3", "010", "0x1f"),
    *(
        "1.10",
        "2026-01-01",
        "1:30",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#",
        "'",
        '"',
        "\\",
        "&a",
        "*a",
        "@",
        "`",
        "%",
        "|",
        ">",
    ),
    *(" a ", "a\nb", "a\r\nb", "\n", "\ta", "\x07\x1b[31m", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe", "\x7f"),
    *("中文", "é", "e\u0301", "😀", "\U0010ffff", "x" * 4095, "a " * 2000, "---", "...", "? a", "<<", "=", "[]", "{}"),
    *("$ANSIBLE_VAULT;1.1;AES256", "{{ vault_chat_token }}", "endpoints:", "None", "true", "++", ".inf", "1_000"),
)


@pytest.mark.parametrize("secrets", ["keep", "refuse"])
def test_every_text_comes_back_as_it_was(simulator: Simulator, time: Time, dest: Path, secrets: str) -> None:
    bodies = [
        fleets.entry(f"text-{number:03}", command=text, envs=[{"key": text[:500], "value": text}])
        for number, text in enumerate(TEXTS)
    ]
    fleets.seeded(simulator, bodies)
    plain = [text[:500] for text in TEXTS]
    entries = written(simulator, time, dest, plain_env_keys=plain, secrets=secrets)
    assert [(entry["command"], entry["envs"]) for entry in entries] == [
        (body["command"], body["envs"]) for body in bodies
    ]
    assert not exporting.fleet(simulator, time, entries, check=True).result["changed"]


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_can_be_a_name(simulator: Simulator, time: Time, tmp_path: Path, text: str) -> None:
    names = [f"{text[:200]}{end}" for end in ("", "/../x", "/")]
    fleets.seeded(simulator, named(*names))
    report = exporting.done(simulator, time, f"{tmp_path}/there/")
    files = sorted((tmp_path / "there").iterdir())
    assert sorted(report.result["files"]) == [str(file) for file in files]
    assert sorted(entry["name"] for file in files for entry in exporting.read(file)) == sorted(names)
    assert list(tmp_path.iterdir()) == [tmp_path / "there"]


def sinks(report: Any, *files: Path) -> str:
    """All that anybody can see of an export."""
    return "\n".join([repr(report), *(file.read_text(encoding="utf-8") for file in files if file.exists())])


@pytest.mark.parametrize("secrets", ["keep", "reference"])
def test_a_secret_is_nowhere(simulator: Simulator, time: Time, dest: Path, secrets: str) -> None:
    simulator.seed({**FULL, "envs": ENVS})
    report = exporting.done(simulator, time, dest, secrets=secrets, plain_env_keys=["MODE"])
    assert report.result["secret_keys"] == ["TOKEN"]
    assert OPEN in sinks(report, dest)
    assert CANARY not in sinks(report, dest)


def test_secrets_can_be_refused(simulator: Simulator, time: Time, dest: Path) -> None:
    simulator.seed({**FULL, "envs": ENVS})
    report = exporting.run(simulator, time, dest, secrets="refuse", plain_env_keys=["MODE"])
    assert report.failed
    assert "TOKEN of chat" in report.result["msg"]
    assert "plain_env_keys" in report.result["msg"]
    assert CANARY not in sinks(report)
    assert not dest.exists()


def test_references_have_names_of_their_own_and_a_skeleton(simulator: Simulator, time: Time, dest: Path) -> None:
    envs = [{"key": "TOKEN", "value": "x"}, {"key": "A.B", "value": "y"}]
    fleets.seeded(simulator, named("a-b", "a_b", "中文", command="{{ 1 }}", envs=envs))
    report = exporting.done(simulator, time, dest, secrets="reference")
    names = [
        *("vault_a_b_a_b", "vault_a_b_token", "vault_a_b_a_b_2", "vault_a_b_token_2"),
        *("vault_a_b", "vault_token"),
    ]
    assert report.result["variables"] == names
    text = dest.read_text(encoding="utf-8")
    assert [f'# {name}: ""\n' in text for name in names] == [True] * 6
    assert [f'value: "{{{{ {name} }}}}"\n' in text for name in names] == [True] * 6
    assert text.count('command: !unsafe "{{ 1 }}"') == 3
    with pytest.raises(Exception, match="must have a list, or a mapping with the key endpoints"):
        exporting.read(dest)
    assert not exporting.done(simulator, time, dest, secrets="reference").result["changed"]


def test_references_need_one_file(simulator: Simulator, time: Time, tmp_path: Path) -> None:
    report = exporting.run(simulator, time, tmp_path, secrets="reference")
    assert report.failed
    assert "dest" in report.result["msg"]


def test_a_secret_that_somebody_filled_in_is_not_in_the_difference(
    simulator: Simulator, time: Time, dest: Path
) -> None:
    simulator.seed({**FULL, "envs": ENVS})
    exporting.done(simulator, time, dest, plain_env_keys=["MODE"])
    filled = dest.read_text(encoding="utf-8").replace("- key: TOKEN\n", f"- key: TOKEN\n        value: {CANARY}\n")
    assert CANARY in filled
    dest.write_text(filled, encoding="utf-8")
    for check in (True, False):
        report = exporting.run(simulator, time, dest, check=check)
        (diff,) = report.result["diff"]
        assert "(hidden)" in diff["before"]
        assert f"value: {OPEN}" not in diff["before"] + diff["after"]
        assert CANARY not in sinks(report)
    assert CANARY not in dest.read_text(encoding="utf-8")


def test_check_mode_writes_nothing_and_foresees_everything(simulator: Simulator, time: Time, tmp_path: Path) -> None:
    fleets.seeded(simulator, named("a", "b"))
    dest = tmp_path / "new" / "endpoints.yml"
    foreseen = exporting.run(simulator, time, dest, check=True)
    assert list(tmp_path.iterdir()) == []
    done = exporting.run(simulator, time, dest)
    assert foreseen == done
    assert done.result["diff"] == [
        {
            "before": "",
            "after": dest.read_text(encoding="utf-8"),
            "before_header": str(dest),
            "after_header": str(dest),
        }
    ]
    assert exporting.run(simulator, time, dest).result["diff"] == []


@pytest.mark.parametrize("operation", ["listEndpoints", "getEndpoint"])
def test_what_cannot_be_read_leaves_no_file(simulator: Simulator, time: Time, dest: Path, operation: Any) -> None:
    simulator.settings = Settings(page_size=2)
    fleets.seeded(simulator, fleets.named(6))
    exporting.done(simulator, time, dest)
    before = dest.read_bytes()
    fleets.run(simulator, time, [{"name": "chat-5", "state": "absent"}])
    simulator.script([Fault("pass", operation=operation), Fault("status", operation=operation, status=403, times=9)])
    report = exporting.run(simulator, time, dest)
    assert report.failed
    assert report.result["error"]["status"] == 403
    assert dest.read_bytes() == before
    assert list(dest.parent.iterdir()) == [dest]


@pytest.mark.parametrize("options", [{}, {"names": ["chat"]}, {"name_prefix": "chat"}], ids=str)
def test_a_name_that_is_not_a_text_is_not_one_that_is_asked_for(
    simulator: Simulator, time: Time, dest: Path, options: Mapping[str, Any]
) -> None:
    simulator.script([Fault("status", operation="listEndpoints", body={"data": [{"id": "ep-1", "name": ["chat"]}]})])
    report = exporting.run(simulator, time, dest, **options)
    assert report.failed is ("names" in options)


#: What an API may show, and no task can ask for: what is left out, and the path that is named.
STRANGE: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "a variable twice": ({"envs": [ENVS[0], ENVS[0]]}, "secret_envs", "secret_envs[1].key"),
    "a NUL": ({"entrypoint": "a\0b"}, "entrypoint", "entrypoint"),
    "a choice that nobody knows": ({"policy": {"type": "magic", "value": 1}}, "policy", "policy.type"),
    "too great a number": ({"worker_config": {"max_replicas": 5000}}, "worker_config", "worker_config.max_replicas"),
    "a name that is too long": ({"name": "n" * 300}, "name", "name"),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_no_task_can_ask_for_is_left_out_and_named(
    simulator: Simulator, time: Time, dest: Path, what: str
) -> None:
    shown, option, path = STRANGE[what]
    simulator.settings = Settings(validate_answers=False)
    identity = simulator.seed(FULL)
    answer = {"id": identity, **FULL, **shown}
    simulator.script(
        [
            Fault("overlay", operation="listEndpoints", when="after_commit", body={"data": [answer]}, times=9),
            Fault("overlay", operation="getEndpoint", when="after_commit", body=answer, times=9),
        ]
    )
    report = exporting.done(simulator, time, dest)
    (entry,) = exporting.read(dest)
    assert option not in entry
    assert entry["image"] == FULL["image"]
    assert [one["path"] for one in report.result["left_out"]] == [path]
    assert path in "".join(report.warnings)
    assert CANARY not in sinks(report, dest)


def test_a_directory_has_a_file_for_each_and_tells_of_others(simulator: Simulator, time: Time, tmp_path: Path) -> None:
    fleets.seeded(simulator, named("a", "A", "b"))
    first = exporting.done(simulator, time, tmp_path)
    assert first.warnings == ()
    assert (tmp_path / "b.yml").exists()
    # Some file systems cannot tell them apart.
    assert len([file for file in first.result["files"] if file.casefold().startswith(f"{tmp_path}/a-".casefold())]) == 2
    fleets.run(simulator, time, [{"name": "b", "state": "absent"}])
    second = exporting.done(simulator, time, tmp_path)
    assert not second.result["changed"]
    assert "b.yml" in "".join(second.warnings)


def test_only_the_files_that_change_are_changed(simulator: Simulator, time: Time, tmp_path: Path) -> None:
    fleets.seeded(simulator, named("a", "b"))
    exporting.done(simulator, time, tmp_path)
    before = revision(tmp_path / "a.yml")
    fleets.run(simulator, time, named("b", command="--slow"))
    report = exporting.done(simulator, time, tmp_path)
    assert [one["before_header"] for one in report.result["diff"]] == [str(tmp_path / "b.yml")]
    assert revision(tmp_path / "a.yml") == before


def revision(path: Path) -> tuple[int, int]:
    """Another one whenever a file is written, in its place or as a new one; the same where it is only read."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def test_a_certificate_that_nobody_checks_warns(simulator: Simulator, time: Time, dest: Path) -> None:
    report = exporting.done(simulator, time, dest, validate_certs=False)
    assert "validate_certs" in "".join(report.warnings)


def test_a_description_that_a_fleet_would_change_is_not_written(
    simulator: Simulator, time: Time, dest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours in a description must never reach a file."""
    simulator.seed(FULL)
    right = Descriptions.of

    def wrong(self: Any, current: Any, *, is_only_one: bool) -> Any:
        one = right(self, current, is_only_one=is_only_one)
        return replace(one, entry={**one.entry, "command": "--other"})

    monkeypatch.setattr(Descriptions, "of", wrong)
    report = exporting.run(simulator, time, dest)
    assert report.failed
    assert "chat would not be left as it is (command)" in report.result["msg"]
    assert not dest.exists()
    assert list(dest.parent.iterdir()) == []
