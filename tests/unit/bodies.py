# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bodies does the contract allow, and which does it forbid?

Everything here follows from docs/openapi.yaml; the collection's own table is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from unit.openapi import Schema, schema

from ansible_collections.ppio.gpu.plugins.module_utils._planning.masks import is_mask

Body = dict[str, Any]

MINIMAL: Body = {
    "type": "sync",
    "name": "chat",
    "product_id": "serverless-rtx-4090-24",
    "image": "registry.example.com/chat:1",
    "worker_config": {"max_replicas": 3},
}
FULL: Body = {
    **MINIMAL,
    "worker_config": {
        "max_replicas": 3,
        "min_replicas": 1,
        "idle_timeout": 60,
        "max_concurrent_per_worker": 4,
        "gpu_num": 2,
        "rootfs_size_gb": 40,
        "min_cuda_version": "12.8",
        "request_timeout": 90,
    },
    "app_name": "chat-app",
    "registry_auth_id": "auth-1",
    "entrypoint": "/bin/run",
    "command": "--fast",
    "policy": {"type": "concurrency", "value": 5},
    "volumes": [
        {"id": "disk-1", "type": "network", "mount_point": "/data"},
        {"id": "disk-2", "type": "network", "mount_point": "/cache"},
    ],
    "envs": [{"key": "MODE", "value": "fast"}, {"key": "LEVEL", "value": "info"}],
    "ports": [8080, 9090],
    "health_check": {"path": "/healthz", "port": 8080},
    "region_id": "cn-east-1",
}

#: Where the contract states no bound, values are drawn up to these: JSON numbers are exact below 2 to the power of 53.
_LARGEST_NUMBER = 2**53 - 1
_LONGEST_DRAWN_TEXT = 12
_LONGEST_DRAWN_LIST = 4

# The contract does not forbid NUL, but no program can take it.
_TEXT = st.characters(codec="utf-8", exclude_characters="\0")


def bodies(name: str = "EndpointCreate") -> st.SearchStrategy[Body]:
    """Every body that the named schema allows, and that means one thing only.

    Not drawn: a key twice in the environment, fewer workers at most than at least, and a text such as `***`, which
    stands for a value and is none.
    """
    return _values(schema(name)).filter(_means_one_thing)


def forbidden_bodies() -> st.SearchStrategy[Body]:
    """A create body with exactly one value that the contract forbids."""
    return bodies().flatmap(lambda body: st.sampled_from(_places(schema("EndpointCreate"))).flatmap(_breaking(body)))


def _means_one_thing(body: Body) -> bool:
    keys = [entry.get("key", "") for entry in body.get("envs", ())]
    workers = body.get("worker_config", {})
    return (
        len(keys) == len(set(keys))
        and workers.get("min_replicas", 0) <= workers.get("max_replicas", 0)
        and not any(map(is_mask, _strings_in(body)))
    )


def _strings_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for inner in value.values():
                yield from _strings_in(inner)
        case list():
            for inner in value:
                yield from _strings_in(inner)


def _values(rule: Schema) -> st.SearchStrategy[Any]:
    """Every value that a schema allows."""
    if "enum" in rule:
        return st.sampled_from(rule["enum"])
    match rule["type"]:
        case "object":
            return _objects(rule)
        case "array":
            return st.lists(_values(rule["items"]), max_size=_LONGEST_DRAWN_LIST)
        case "integer":
            return st.integers(rule.get("minimum", -_LARGEST_NUMBER), rule.get("maximum", _LARGEST_NUMBER))
        case "string":
            return _texts(rule)
    raise NotImplementedError(rule)


def _objects(rule: Schema) -> st.SearchStrategy[Body]:
    required = frozenset(rule.get("required", ()))
    rows = {name: _values(inner) for name, inner in rule["properties"].items()}
    return st.fixed_dictionaries(
        {name: row for name, row in rows.items() if name in required},
        optional={name: row for name, row in rows.items() if name not in required},
    )


def _texts(rule: Schema) -> st.SearchStrategy[str]:
    """Short ones, and one of the greatest length."""
    shortest, longest = rule.get("minLength", 0), rule.get("maxLength", _LONGEST_DRAWN_TEXT)
    usual = st.text(_TEXT, min_size=shortest, max_size=min(longest, _LONGEST_DRAWN_TEXT))
    return usual | _TEXT.map(lambda character: character * longest)


Path = tuple[str, ...]


def _places(rule: Schema, path: Path = ()) -> list[tuple[Path, Schema, bool]]:
    """The path of every value below an object, its schema, and whether it is needed; `[]` is a list's element."""
    if rule.get("type") == "object":
        needed = rule.get("required", ())
        return [
            place
            for name, inner in rule["properties"].items()
            for place in [((*path, name), inner, name in needed), *_places(inner, (*path, name))]
        ]
    if rule.get("type") == "array":
        return [((*path, "[]"), rule["items"], False), *_places(rule["items"], (*path, "[]"))]
    return []


def _breaking(body: Body) -> Callable[[tuple[Path, Schema, bool]], st.SearchStrategy[Body]]:
    def broken(place: tuple[Path, Schema, bool]) -> st.SearchStrategy[Body]:
        path, rule, needed = place
        drawn = _wrong_values(rule).map(lambda value: _replaced(body, path, value))
        return drawn | st.just(_replaced(body, path, None)) if needed else drawn

    return broken


def _wrong_values(rule: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema forbids, and that say nothing it allows (as the text "8" says the number 8)."""
    wrong: list[st.SearchStrategy[Any]] = [st.booleans()]
    if "enum" in rule:
        wrong.append(st.text(_TEXT, max_size=_LONGEST_DRAWN_TEXT).filter(lambda text: text not in rule["enum"]))
    if rule["type"] in ("string", "integer"):
        wrong += [st.just([]), st.just({}), st.just(["x"])]
    if rule["type"] == "integer":
        wrong += [st.just("many"), st.just(""), st.just(1.5)]
    if rule["type"] in ("object", "array"):
        wrong.append(st.just("x"))
    if "minimum" in rule:
        wrong.append(
            st.integers(-_LARGEST_NUMBER, rule["minimum"] - 1) | st.integers(rule["maximum"] + 1, _LARGEST_NUMBER)
        )
    if rule.get("minLength"):
        wrong.append(st.text(_TEXT, max_size=rule["minLength"] - 1))
    if "maxLength" in rule:
        wrong.append(_TEXT.map(lambda character: character * (rule["maxLength"] + 1)))
    return st.one_of(wrong)


def _replaced(node: Any, path: Path, value: Any) -> Any:
    """A copy of `node` with `value` at `path`, or without what is there where `value` is None."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if step == "[]":
        first = _replaced(node[0] if node else {}, rest, value)
        return [first, *(node or ())[1:]]
    members: Mapping[str, Any] = node or {}
    if not rest and value is None:
        return {name: member for name, member in members.items() if name != step}
    return {**members, step: _replaced(members.get(step), rest, value)}


def workers_fit(existing: Body, wanted: Body) -> bool:
    """Whether, once the one has become the other, no more workers are kept than there may be."""
    config = {**(existing.get("worker_config") or {}), **(wanted.get("worker_config") or {})}
    return int(config.get("min_replicas") or 0) <= int(config.get("max_replicas") or 0)
