# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the table, the documentation and the contract say the same of every field?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml
from unit.contract.facts import (
    Fact,
    Facts,
    contradictions,
    facts_of_contract,
    facts_of_documentation,
    facts_of_table,
    facts_of_update,
    prose,
    stated_bounds,
    states_a_limit,
)
from unit.contract.kinds import kinds_of_documentation, kinds_of_schema, kinds_of_table, walked
from unit.openapi import document, schema

from ansible_collections.ppio.gpu.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.ppio.gpu.plugins.module_utils._options.argument_spec import CONNECTION, argument_spec
from ansible_collections.ppio.gpu.plugins.module_utils._options.fleet_options import SHARED
from ansible_collections.ppio.gpu.plugins.module_utils._options.limits import OWN_LIMITS
from ansible_collections.ppio.gpu.plugins.module_utils._options.question_options import EXPECT_LIMITS, QUESTION_LIMITS
from ansible_collections.ppio.gpu.plugins.module_utils._reconcile.snapshot import SETTLE_WINDOW
from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import Field, Resource
from ansible_collections.ppio.gpu.plugins.modules import endpoint, endpoint_fleet

#: An update documents no length for the name and takes an empty image. We keep to the stricter limits of a create.
_LOOSER_IN_UPDATE = {"name": Fact("string"), "image": Fact("string", None, 500)}


@dataclass(frozen=True)
class Sources:
    """What has to agree: the table, the contract, and the module's options and return values as documented."""

    table: Resource
    own_limits: tuple[Field, ...]
    contract: Mapping[str, Any]
    options: Mapping[str, Any]
    returned: Mapping[str, Any]


def sources() -> Sources:
    """What the repository says now."""
    own = yaml.safe_load(endpoint.DOCUMENTATION)["options"]
    return Sources(ENDPOINT, OWN_LIMITS, document(), _fragment() | own, yaml.safe_load(endpoint.RETURN))


def sources_of_fleet() -> Sources:
    """The same, with the options of an entry of a fleet and with those that a fleet has once for all."""
    own = yaml.safe_load(endpoint_fleet.DOCUMENTATION.replace("endpoints[].", ""))["options"]
    shared = {name: own[name] for name in SHARED}
    # Only a fleet has a prefix.
    shared["budget"]["suboptions"]["scope"]["choices"].remove("prefix")
    return replace(sources(), options=_fragment() | own["endpoints"]["suboptions"] | shared)


def _fragment() -> Mapping[str, Any]:
    options: Mapping[str, Any] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    return options


def complaints(said: Sources) -> list[str]:
    """Everything in which the sources do not agree, a line each."""
    return [
        *_argument_complaints(said),
        *_options_complaints(said),
        *_update_complaints(said),
        *_answer_complaints(said),
        *_own_option_complaints(said),
        *_smoke_test_complaints(said),
    ]


def _argument_complaints(said: Sources) -> Iterator[str]:
    """The arguments that Ansible checks are those that are documented."""
    taken = {name: argument(option, "options") for name, option in (CONNECTION | argument_spec(said.table)).items()}
    documented = {name: argument(option, "suboptions") for name, option in said.options.items()}
    wrong = (name for name in taken.keys() | documented.keys() if taken.get(name) != documented.get(name))
    yield from _named("the documented arguments", wrong)


def argument(option: Mapping[str, Any], inner: str) -> Mapping[str, Any]:
    """What Ansible checks of an argument, in the argument spec's words; `inner` is the word for what is inside."""
    plain = {key: option.get(key) for key in ("type", "elements", "default", "choices")}
    options = {name: argument(below, inner) for name, below in option.get(inner, {}).items()}
    return {**plain, "required": option.get("required", False), "options": options}


def _options_complaints(said: Sources) -> Iterator[str]:
    """Each field that can be asked for: table = documentation = contract."""
    table = facts_of_table(said.table)
    fields = {row.name for row in said.table.fields}
    documented = {name: option for name, option in said.options.items() if name in fields}
    yield from _named("the documentation", contradictions(table, facts_of_documentation(documented)))
    yield from _named("the contract", contradictions(table, facts_of_contract(said.contract)))
    yield from _named("the documentation states no limit", _unlimited(documented))


def _unlimited(options: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The options without a word about their limit. Choices speak for themselves."""
    for name, option in options.items():
        is_scalar = "suboptions" not in option and "choices" not in option
        if is_scalar and not states_a_limit(prose(option)):
            yield prefix + name
        yield from _unlimited(option.get("suboptions", {}), f"{prefix}{name}.")


def _update_complaints(said: Sources) -> Iterator[str]:
    """Each field that can change has the same limits in an update as in a create, or known looser ones."""
    table = {path: replace(fact, mutable=True) for path, fact in facts_of_table(said.table).items() if fact.mutable}
    expected = {path: _unneeded(path, fact) for path, fact in table.items()} | _LOOSER_IN_UPDATE
    yield from _named("the contract's update", contradictions(expected, facts_of_update(said.contract)))


def _unneeded(path: str, fact: Fact) -> Fact:
    """At the top an update needs nothing."""
    return fact if "." in path else replace(fact, required=False)


def _answer_complaints(said: Sources) -> Iterator[str]:
    """What an answer shows: table = contract, and = the documented return values."""
    rows = (*said.table.fields, *said.table.observed)
    kinds = kinds_of_table(rows)
    detail, item = (kinds_of_schema(schema(name, said.contract)) for name in ("EndpointDetail", "EndpointListItem"))
    yield from _named("the contract's get and list", contradictions(kinds, detail | item))
    always = {path for path, row in walked(rows) if row.always_answered}
    yield from _named("always answered", always ^ (detail.keys() & item.keys()))
    yield from _named(
        "get and list differ", (path for path in detail.keys() & item.keys() if detail[path] != item[path])
    )
    yield from _named(
        "the return values", contradictions(kinds, kinds_of_documentation(said.returned[said.table.name]["contains"]))
    )
    stated = schema("EndpointDetail", said.contract)["properties"].get("type", {}).get("enum", ())
    fact = facts_of_table(said.table).get("type")
    yield from _named("the choices in answers", [] if fact and fact.choices == tuple(stated) else ["type"])
    limited = {path for path, fact in _observed_facts(said.table).items() if fact != Fact(fact.kind)}
    yield from _named("limits of what nobody can ask for", limited)


def _observed_facts(table: Resource) -> Facts:
    return facts_of_table(replace(table, fields=table.observed))


def _own_option_complaints(said: Sources) -> Iterator[str]:
    """The options that are no field of the API."""
    yield from _named("limits of our own", _other_bounds(said.own_limits, said.options))
    looking = prose(said.options.get("retry_timeout", {"description": ""}))
    if f"takes up to {SETTLE_WINDOW:.0f} more seconds" not in looking:
        yield "how long it is looked whether a change arrived"
    rule = said.contract["paths"]["/gpus/v2/endpoints/{endpoint_id}"]["parameters"][0]["schema"]
    stated = (rule["type"], rule.get("minLength"), rule.get("maxLength"))
    known = [(row.kind.value, row.minimum, row.maximum) for row in said.own_limits if row.name == "id"]
    yield from _named("limits of the id", [] if known == [stated] else ["id"])
    pricing = said.table.pricing
    if pricing:
        one, several = (said.options.get(name, {"description": ""}) for name in (pricing.field, pricing.several_option))
        same = stated_bounds(prose(one)) == stated_bounds(prose(several))
        yield from _named("limits of several", [] if same else [pricing.several_option])
    for row in said.table.fields:
        twin, open_one = said.options.get(row.secret_twin, {}), said.options.get(row.name, {})
        if row.secret_entries and not _same_facts(twin, open_one):
            yield f"the secret twin: {row.secret_twin}"


def _smoke_test_complaints(said: Sources) -> Iterator[str]:
    """The limits of the question after the wait."""
    question = said.options.get("smoke_test", {}).get("suboptions", {})
    places = [(question, QUESTION_LIMITS), (question.get("expect", {}).get("suboptions", {}), EXPECT_LIMITS)]
    rows = [(options.get(row.name, {"description": ""}), row) for options, limits in places for row in limits]
    bounded = [(option, row.item or row) for option, row in rows]
    wrong = (row.name for option, row in bounded if stated_bounds(prose(option)) != (row.minimum, row.maximum))
    yield from _named("limits of the smoke test", wrong)


def _other_bounds(rows: Iterable[Field], options: Mapping[str, Any]) -> Iterator[str]:
    """The options whose documented limits are not those of their rows, at every depth."""
    for row in rows:
        option = options.get(row.name, {"description": ""})
        stated = (None, None) if row.fields else stated_bounds(prose(option))
        if stated != (row.minimum, row.maximum):
            yield row.name
        yield from _other_bounds(row.fields, option.get("suboptions", {}))


def _same_facts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    inner = [facts_of_documentation(option.get("suboptions", {})) for option in (one, other)]
    return inner[0] == inner[1] and [one.get(key) for key in ("type", "elements")] == [
        other.get(key) for key in ("type", "elements")
    ]


def _named(what: str, paths: Iterable[str]) -> Iterator[str]:
    yield from (f"{what}: {path}" for path in sorted(paths))
