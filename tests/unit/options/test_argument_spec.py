# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before a byte is sent, and in which words?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from unit.bodies import FULL, MINIMAL
from unit.running import run_endpoint

from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import (
    CONNECTION,
    checked,
    doubts,
)
from ansible_collections.ppio.gpu.plugins.module_utils._options.validation import check_of
from ansible_collections.ppio.gpu.plugins.module_utils._options.violation import Violation
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Kind
from simulator import Simulator

Account = Mapping[str, Any]


def workers(**fields: Any) -> Mapping[str, Any]:
    return {"worker_config": {"max_replicas": 3, **fields}}


def env(**fields: Any) -> Mapping[str, Any]:
    return {"envs": [{"key": "A", "value": "1", **fields}]}


#: What is given, and what the message must say: the option's path, the value and the rule.
REFUSALS: Mapping[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "true for a whole number": (workers(gpu_num=True), ("worker_config.gpu_num", "True", "whole number")),
    "a number with a point for a whole number": (
        workers(gpu_num=1.5),
        ("worker_config.gpu_num", "1.5", "whole number"),
    ),
    "a text for a whole number": (workers(gpu_num="two"), ("worker_config.gpu_num", "two", "whole number")),
    "a list for a whole number": (workers(gpu_num=[1]), ("worker_config.gpu_num", "[1]", "whole number")),
    "a list for a text": ({"command": ["run", "fast"]}, ("command must be a string, not ['run', 'fast']",)),
    "a mapping for a text": ({"command": {"run": 1}}, ("command must be a string, not {'run': 1}",)),
    "true for a text": ({"command": True}, ("command must be a string (quote it", "True")),
    "true for an env value": (env(value=True), ("envs[0].value", "True", "quote")),
    "a fraction for an env value": (env(value=1.10), ("envs[0].value", "1.1", "quote")),
    "true for a list": ({"ports": True}, ("ports", "True", "list")),
    "a mapping for a list": ({"ports": {"http": 80}}, ("ports must be a list, not {'http': 80}",)),
    "a mapping for a list of names and values": (
        {"envs": {"A": "b"}},
        ("envs must be a list such as [{key: A, value: b}], not a mapping",),
    ),
    "a text for a list of mappings": ({"volumes": "disk-1"}, ("volumes[0] must be a mapping, not a string",)),
    "a list for a mapping": ({"policy": ["queue"]}, ("policy must be a mapping, not a list",)),
    "a text that is no JSON for a mapping": ({"policy": "{value: "}, ("policy", "mapping")),
    "a placeholder for a text": ({"command": "(hidden)"}, ("command", "must be a real value", "(hidden)")),
    "a placeholder for an env value": (env(value="(hidden, changed)"), ("envs[0].value", "(hidden, changed)")),
    "a placeholder for a secret": (
        {"secret_envs": [{"key": "A", "value": "(hidden)"}]},
        ("secret_envs[0].value", "must be a real value"),
    ),
    "a placeholder for a name": ({"name": "(hidden)"}, ("name must be a real value", "(hidden)")),
    "a placeholder for the key": ({"api_key": "(hidden)"}, ("api_key must be a real value",)),
    "a state that there is not": ({"state": "running"}, ("state", "running", "present, absent")),
    "a text for true or false": ({"unique_name": "perhaps"}, ("unique_name", "perhaps", "true or false")),
    "a text for a mapping": ({"policy": "queue"}, ("policy", "mapping")),
    "null in a list": ({"ports": [8080, None]}, ("ports[1]", "null")),
    "a number that is too great": (workers(gpu_num=9), ("worker_config.gpu_num", "9", "1 to 8")),
    "a number that is too small": (workers(rootfs_size_gb=9), ("worker_config.rootfs_size_gb", "9", "10 to 100")),
    "a port that is none": ({"ports": [8080, 65536]}, ("ports[1]", "65536", "1 to 65535")),
    "a text of a number that is too great": (workers(gpu_num="9"), ("worker_config.gpu_num must be 1 to 8, not 9.",)),
    "a name that is too long": ({"name": "n" * 256}, ("name has 256 characters; at most 255 are allowed.",)),
    "a text that no program can take": ({"command": "run\0fast"}, ("command", "NUL")),
    "an option that there is not": (
        workers(min_replica=1),
        ("worker_config.min_replica is not a supported option (did you mean min_replicas?)",),
    ),
    "an option that there is not, in a list": (
        env(val="x"),
        ("envs[0].val is not a supported option (did you mean value?)",),
    ),
    "an option that nothing is like": (env(colour="x"), ("envs[0].colour is not a supported option.",)),
    "an option that there is not, at the top": (
        {"imgae": "x"},
        ("imgae is not a supported option (did you mean image?)",),
    ),
    "an empty image": ({"image": ""}, ("image must not be an empty string.",)),
    "a mount point that is too long": (
        {"volumes": [{"mount_point": "/" * 4096}]},
        ("volumes[0].mount_point", "4095", "4096"),
    ),
    "a choice that there is not": ({"policy": {"type": "random"}}, ("policy.type", "random", "queue, concurrency")),
    "a CUDA version that there is not": (
        workers(min_cuda_version="11.8"),
        ("worker_config.min_cuda_version", "11.8", "12.4, 12.6, 12.8, 12.9, 13.0"),
    ),
    "a CUDA version that a float spoils": (workers(min_cuda_version=13.1), ("worker_config.min_cuda_version", "13.1")),
    "fewer workers at most than at least": (
        workers(min_replicas=4),
        ("worker_config.min_replicas", "4", "max_replicas", "3"),
    ),
    "a path that leads nowhere": (
        {"ignore_changes": ["worker_config.max"]},
        ("ignore_changes[0]: worker_config.max is not a supported option (did you mean worker_config.max_replicas?)",),
    ),
    "a path that says which one is meant": (
        {"ignore_changes": ["name"]},
        ("ignore_changes[0]: name cannot be ignored, because it identifies the endpoint.",),
    ),
    "a key twice": ({"envs": [{"key": "A", "value": "1"}, {"key": "A", "value": "2"}]}, ("envs[1].key", "envs[0].key")),
    "a key in both lists": (
        {**env(), "secret_envs": [{"key": "A", "value": "2"}]},
        ("secret_envs[0].key", "envs[0].key"),
    ),
    "no key twice": ({"envs": [{"value": "1"}, {"value": "2"}]}, ("envs[1].key", "envs[0].key")),
    "an id that is too long": ({"id": "i" * 256}, ("id has 256 characters",)),
    "an empty id": ({"id": ""}, ("id must not be an empty string",)),
    "a list for a URL": ({"api_url": ["https://x.example"]}, ("api_url must be a string, not ['https://x.example']",)),
    "a timeout of nothing": ({"api_timeout": 0}, ("api_timeout", "0", "1 to 3600")),
    "a budget below nothing": ({"retry_timeout": -1}, ("retry_timeout", "-1", "0 to 86400")),
    "a wait of nothing": ({"wait_timeout": 0}, ("wait_timeout", "0", "1 to 86400")),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_the_api_would_refuse_is_refused_before_anything_is_sent(
    simulator: Simulator, account: Account, what: str
) -> None:
    given, words = REFUSALS[what]
    said = run_endpoint({**account, **MINIMAL, **given})
    assert said.failed
    assert [word for word in words if word not in said.message] == []
    assert said.message.startswith("Nothing was sent")
    assert simulator.journal == ()


@pytest.mark.parametrize("key", [["key-0123"], {"key": "key-0123"}, 0.123, "key-0123\0"])
def test_a_key_that_is_none_is_not_shown(key: Any) -> None:
    (violation,) = checked(ENDPOINT, {**MINIMAL, "api_key": key}).violations
    assert violation.option == "api_key"
    assert "123" not in str(violation)


@pytest.mark.parametrize(
    ("value", "shown"), [("x" * 58, f"'{'x' * 58}'"), ("x" * 59, f"'{'x' * 59}..."), ("x" * 1000, f"'{'x' * 59}...")]
)
def test_a_long_value_is_cut_where_it_is_shown(value: str, shown: str) -> None:
    (violation,) = checked(ENDPOINT, {**MINIMAL, **workers(gpu_num=value)}).violations
    assert str(violation) == f"worker_config.gpu_num must be a whole number, not {shown}"


def test_a_number_may_be_as_great_as_the_one_that_bounds_it() -> None:
    assert checked(ENDPOINT, {**MINIMAL, **workers(min_replicas=3)}).violations == []


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"command": "run\ud800"}, "command must be valid Unicode, not 'run\\ud800'"),
        ({"ca_path": "\ud800"}, "ca_path must be valid Unicode, not '\\ud800'"),
        ({"secret_envs": [{"key": "A", "value": "canary\ud800"}]}, "secret_envs[0].value must be valid Unicode"),
    ],
)
def test_half_a_character_is_refused(options: Mapping[str, Any], rule: str) -> None:
    """Older releases of ansible-core let it through to the check, and so does a task that runs on the controller."""
    assert [str(one) for one in checked(ENDPOINT, {**MINIMAL, **options}).violations] == [rule]


@pytest.mark.parametrize("number", [-(10**18) + 1, -1, 0, 10**18 - 1])
def test_a_number_without_limits_may_be_any(number: int) -> None:
    found: list[Violation] = []
    assert check_of(Field("size", Kind.INTEGER))(number, found) == number
    assert found == []


@pytest.mark.parametrize(
    ("option", "least", "most"),
    [
        ("api_timeout", 1, 3600),
        ("retry_timeout", 0, 86400),
        ("wait_timeout", 1, 86400),
        ("failure_patience", 0, 86400),
        ("worker_config.gpu_num", 1, 8),
        ("rollout.stable_for", 0, 3600),
        ("rollout.surge", 0, 100),
        ("rollout.timeout", 1, 86400),
    ],
)
def test_a_number_may_be_at_its_limits_and_not_beyond(option: str, least: int, most: int) -> None:
    outer, _dot, name = option.rpartition(".")

    def refused(number: int) -> list[str]:
        beside = workers().get(outer, {})
        given = {outer: {**beside, name: number}} if outer else {name: number}
        return [violation.option for violation in checked(ENDPOINT, {**MINIMAL, "wait": True, **given}).violations]

    assert [refused(number) for number in (least - 1, least, most, most + 1)] == [[option], [], [], [option]]


@pytest.mark.parametrize(("length", "rules"), [(255, []), (256, ["name has 256 characters; at most 255 are allowed"])])
def test_a_text_may_be_as_long_as_its_limit(length: int, rules: list[str]) -> None:
    assert [str(one) for one in checked(ENDPOINT, {**MINIMAL, "name": "n" * length}).violations] == rules


def test_a_choice_that_the_provider_is_dropping_is_warned_about() -> None:
    volumes = [{"type": "network", "id": "storage-1"}, {"type": "local", "size": 30}]
    assert doubts(ENDPOINT, {**MINIMAL, "volumes": volumes}) == (
        "volumes[1].type: local works today, but the provider is dropping it",
    )
    assert doubts(ENDPOINT, {**MINIMAL, "volumes": volumes[:1], "policy": {"type": "queue"}}) == ()


def test_an_empty_secret_is_warned_about() -> None:
    secrets = [{"key": "TOKEN", "value": ""}, {"key": "KEPT"}, {"key": "GOOD", "value": "s"}]
    assert doubts(ENDPOINT, {**MINIMAL, "envs": [{"key": "EMPTY", "value": ""}], "secret_envs": secrets}) == (
        "secret_envs.TOKEN is an empty string. If it comes from the environment, set it there",
    )


def test_a_task_says_what_it_warns_about_and_goes_on(account: Account) -> None:
    said = run_endpoint({**account, **MINIMAL, "secret_envs": [{"key": "TOKEN", "value": ""}]})
    assert not said.failed
    assert said.warnings.count("secret_envs.TOKEN is an empty string") == 1


@pytest.mark.parametrize(("most", "least"), [(-1, 1), (3, 1001)])
def test_a_number_is_not_held_against_one_that_is_none(account: Account, most: int, least: int) -> None:
    said = run_endpoint({**account, **MINIMAL, "worker_config": {"max_replicas": most, "min_replicas": least}})
    assert "1 option is not valid" in said.message


def test_everything_that_is_wrong_is_said_in_one_message(simulator: Simulator, account: Account) -> None:
    wrong = {name: given for given, _rule in list(REFUSALS.values())[-3:] for name in given}
    given = {**MINIMAL, "image": "", **workers(gpu_num=9, min_replicas=4), **env(value=True), "ports": [0], **wrong}
    said = run_endpoint({**account, **given, "id": "", "api_timeout": 0, "retry_timeout": -1, "wait_timeout": 0})
    paths = ("image", "worker_config.gpu_num", "worker_config.min_replicas", "envs[0].value", "ports[0]", "id")
    assert [path for path in (*paths, "api_timeout", "retry_timeout", "wait_timeout") if path not in said.message] == []
    assert "9 options are" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize("field", ["type", "product_id", "image", "worker_config"])
@pytest.mark.parametrize("null", [True, False])
@pytest.mark.parametrize("check", [True, False])
def test_a_create_needs_each_field_that_the_api_needs(
    simulator: Simulator, account: Account, field: str, null: bool, check: bool
) -> None:
    given = {**MINIMAL, field: None} if null else {name: MINIMAL[name] for name in MINIMAL if name != field}
    said = run_endpoint({**account, **given}, check=check)
    assert said.failed
    path = "worker_config.max_replicas" if field == "worker_config" else field
    assert said.message == f"Nothing was written. There is no endpoint 'chat' yet; to create it, also give {path}."
    assert simulator.writes == ()


def test_everything_that_a_create_needs_is_said_at_once(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({**account, "name": "chat", "worker_config": {"min_replicas": 1}})
    needed = "type, product_id, image, worker_config.max_replicas"
    assert said.message == f"Nothing was written. There is no endpoint 'chat' yet; to create it, also give {needed}."
    said = run_endpoint({**account, "name": "chat", "unique_name": False})
    assert said.message == f"Nothing was written. To create another endpoint 'chat', also give {needed}."
    assert simulator.writes == ()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_something_must_say_which_one_is_meant(simulator: Simulator, account: Account, state: str) -> None:
    said = run_endpoint({**account, **MINIMAL, "name": None, "state": state})
    assert said.failed
    assert "name or id is needed" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize(
    "value",
    [True, 1.5, ["hunter2-hunter2"], {"a": "hunter2-hunter2"}, "hunter2-" * 600],
    ids=lambda value: type(value).__name__,
)
def test_a_secret_value_is_refused_without_being_shown(simulator: Simulator, account: Account, value: Any) -> None:
    said = run_endpoint({**account, **MINIMAL, "secret_envs": [{"key": "A", "value": value}]})
    assert said.failed
    assert "secret_envs[0].value" in said.message
    assert "hunter2" not in said.text
    assert "True" not in said.message
    assert simulator.journal == ()


def test_a_secret_at_a_wrong_place_is_never_shown(simulator: Simulator, account: Account) -> None:
    misplaced = [{"key": "A", "hunter2-hunter2": "hunter2-hunter3"}, "hunter2=4", ["hunter2"]]
    said = run_endpoint({**account, **MINIMAL, "secret_envs": misplaced, "hunter_option": {"hunter": "hunter2-5"}})
    assert said.failed
    assert "secret_envs[0] has an option that is not supported" in said.message
    assert "secret_envs[2] must be a mapping, not a list" in said.message
    assert "hunter2" not in said.text
    assert simulator.journal == ()


@pytest.mark.parametrize("suffix", ["/?token=hunter2", "/#hunter2", "@hunter2.example.com"])
def test_what_has_no_place_in_an_address_is_never_shown(account: Account, suffix: str) -> None:
    said = run_endpoint({**account, **MINIMAL, "api_url": f"https://api.example.com{suffix}"})
    assert said.failed
    assert "hunter2" not in said.text


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (workers(min_cuda_version=12.4), {"worker_config": {"max_replicas": 3, "min_cuda_version": "12.4"}}),
        (workers(gpu_num="2"), {"worker_config": {"max_replicas": 3, "gpu_num": 2}}),
        (env(value=10), {"envs": [{"key": "A", "value": "10"}]}),
        (env(value=None), {"envs": [{"key": "A"}]}),
        ({"command": 7}, {"command": "7"}),
        ({"ports": ["8080"]}, {"ports": [8080]}),
        ({"ports": "8000,8001"}, {"ports": [8000, 8001]}),
        ({"ports": 8000}, {"ports": [8000]}),
        ({"worker_config": '{"max_replicas": 1}'}, {"worker_config": {"max_replicas": 1}}),
        ({"worker_config": "max_replicas=1 gpu_num=2"}, {"worker_config": {"max_replicas": 1, "gpu_num": 2}}),
        ({"envs": "key=A value=1"}, {"envs": [{"key": "A", "value": "1"}]}),
        ({"unique_name": "yes"}, {}),
        ({"command": None, "policy": None, "ports": None}, {}),
        ({"command": "", "ports": [], "policy": {}}, {"command": "", "ports": [], "policy": {}}),
    ],
)
def test_what_can_only_mean_one_thing_is_taken_as_that(
    simulator: Simulator, account: Account, given: Mapping[str, Any], sent: Mapping[str, Any]
) -> None:
    said = run_endpoint({**account, **MINIMAL, **given})
    assert not said.failed, said.message
    (post,) = simulator.writes
    assert post.body == {**MINIMAL, **sent}


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://api.example.com", "https"),
        ("http://127.0.0.1.example.com", "https"),
        ("http://10.0.0.1", "https"),
        ("ftp://127.0.0.1", "https"),
        ("127.0.0.1", "host"),
        ("", "host"),
        ("https://", "host"),
        ("https://user@api.example.com", "user"),
        ("https://user:hunter2@api.example.com", "password"),
        ("https://api.example.com/?key=1", "query"),
        ("https://api.example.com/#a", "fragment"),
        ("https://api.example.com:port", "URL"),
        ("https://[::1", "URL"),
        ("https://api.example.com\r\nX-Other: 1", "api_url"),
        ("https://api.example.com\\@127.0.0.1", "api_url"),
    ],
)
def test_an_address_that_could_lead_the_key_astray_is_refused(account: Account, url: str, word: str) -> None:
    said = run_endpoint({**account, **MINIMAL, "api_url": url})
    assert said.failed
    assert "api_url" in said.message
    assert word in said.message
    assert "hunter2" not in said.message


@pytest.mark.parametrize("suffix", ["/", "//", " ", "/ "])
def test_white_space_and_slashes_at_the_end_of_the_address_do_not_matter(
    simulator: Simulator, account: Account, suffix: str
) -> None:
    assert run_endpoint({**account, **MINIMAL, "api_url": simulator.url + suffix}).changed


@pytest.mark.parametrize(
    "key", ["", "   ", "\n", "abcd-efgh\r\nX-Other: 1", "abcd\tefgh", "schlüssel-1", "key\u2028one"]
)
def test_a_key_that_is_none_is_refused_without_being_shown(simulator: Simulator, account: Account, key: str) -> None:
    said = run_endpoint({**account, **MINIMAL, "api_key": key})
    assert said.failed
    assert "api_key" in said.message
    assert "*" not in said.message
    assert not key.strip() or key not in said.message
    assert simulator.journal == ()


def test_a_missing_key_is_asked_for_by_its_option(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({name: value for name, value in {**account, **FULL}.items() if name != "api_key"})
    assert said.failed
    assert "api_key" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize("variable", ["PPIO_API_KEY", "NOVITA_API_KEY"])
def test_the_key_comes_from_the_environment_where_the_option_is_not_set(
    simulator: Simulator, account: Account, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f" {simulator.api_key}\n")
    monkeypatch.setenv("PPIO_API_URL", simulator.url)
    said = run_endpoint({**MINIMAL, "retry_timeout": 0})
    assert said.changed
    assert simulator.api_key not in said.text


def test_an_option_that_there_is_not_is_refused(simulator: Simulator, account: Account) -> None:
    said = run_endpoint({**account, **MINIMAL, "worker_config": {"max_replicas": 1, "max_replica": 2}})
    assert said.failed
    assert "max_replica" in said.message
    assert simulator.journal == ()


@pytest.mark.parametrize(("text", "rule"), [("", "must not be an empty string"), ("a", "has 1 characters; at least 2")])
def test_a_text_that_is_too_short_is_told_by_its_length(text: str, rule: str) -> None:
    found: list[Violation] = []
    assert check_of(Field("code", Kind.TEXT, 2))(text, found) == text
    assert [violation.rule.startswith(rule) for violation in found] == [True]


def test_an_empty_variable_of_the_environment_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PPIO_API_KEY", ""), ("NOVITA_API_KEY", "key-of-novita"), ("PPIO_API_URL", " ")):
        monkeypatch.setenv(name, value)
    params = ArgumentSpecValidator(CONNECTION).validate({}).validated_parameters
    assert (params["api_key"], params["api_url"]) == ("key-of-novita", CONNECTION["api_url"]["default"])
