# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is schedule number N? Everything in it is drawn, and follows from the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from simulator import Settings

from .breaking import fault, quirks
from .schedules import MANNER, NAME, WANTED, Controller, Schedule

__all__ = ["schedule_of"]

Body = Mapping[str, Any]
#: What exists, how the API behaves besides, and who wants what.
People = tuple[tuple[Body, ...], dict[str, Any], tuple[Controller, ...]]

#: What an update has to change.
_OLD = {**WANTED, "worker_config": {"max_replicas": 9}, "command": "--old", "ports": [9090]}
_OTHER_TYPE = {**_OLD, "type": "async"}
_DECOYS = tuple({**WANTED, "name": name} for name in (f"{NAME}-2", f"{NAME.upper()}S", f"my {NAME}"))
_GOOD, _BAD, _NEXT = (f"registry.example.com/prize:{version}" for version in (2, 3, 4))
#: The first two are of one region, which what exists does not leave.
_PRODUCTS = ("serverless-rtx-4090-24", "serverless-h100-80", "serverless-a100-80", "serverless-rtx-4090-24-sg")
_FLEET = (NAME, f"{NAME}-b", f"{NAME}-c", f"{NAME}-d")
#: What an API may make of a body that it takes.
_NORMALIZATIONS = ("image_registry", "image_digest", "trailing_slash", "added_port", "added_env", "rounded_disk")
_BAD_LIVES = ("image_pull_failure", "crash_loop", "flapping", "no_stock", "endpoint_error", "never")


def schedule_of(seed: int) -> Schedule:
    """The schedule of a seed: up to four faults, one to four controllers."""
    chance = Random(seed)
    story = chance.choices(tuple(_STORIES), [weight for weight, _draw in _STORIES.values()])[0]
    existing, behaviour, controllers = _STORIES[story][1](chance, story)
    most = chance.choices((0, 1, 2, 3, 4), (8, 40, 28, 14, 10))[0]
    strange, count = quirks(chance, most)
    settings = Settings(**{**_unknowns(chance), **behaviour, **strange})
    faults = tuple(fault(chance) for _number in range(count))
    return Schedule(seed, settings, existing, faults, _mortal(chance, controllers))


def _mortal(chance: Random, controllers: tuple[Controller, ...]) -> tuple[Controller, ...]:
    """The same, of whom the first may be killed."""
    if chance.random() > 0.12:
        return controllers
    first, *others = controllers
    dies = chance.randint(1, 8) + chance.choice((0.0, 0.5))
    return (Controller(first.machine, first.options, first.by_id, first.begins, dies), *others)


def _alone(chance: Random, story: str) -> People:
    """Controllers of one endpoint each."""
    first: tuple[Body, ...] = {
        "create": (),
        "update": (_OLD,),
        "delete": (_OLD,),
        "recreate": (_OTHER_TYPE,),
        "mixed": chance.choice(((), (_OLD,))),
        "duplicates": (WANTED, WANTED),
    }[story]
    decoys = tuple(chance.sample(_DECOYS, chance.choices((0, 1, 2, 3), (5, 3, 1, 1))[0]))
    number = chance.choices((1, 2, 3, 4), (70, 20, 6, 4))[0]
    own_machines = chance.random() < 0.7
    common = _manner(chance)
    # On one machine, one task may also come after the other.
    pauses = (0, 0, 2, 40, 200) if not own_machines else (0,)
    controllers = tuple(
        Controller(
            machine=place if own_machines else 0,
            options={**_wish(chance, story), **(common if chance.random() < 0.8 else _manner(chance))},
            by_id=bool(first) and chance.random() < 0.25,
            begins=chance.choice(pauses) if place else 0,
        )
        for place in range(number)
    )
    return (*first, *decoys), {}, controllers


def _normalised(chance: Random, story: str) -> People:
    """An API that makes other values of those that it is given, such as of the name."""
    del story
    name, habits = NAME, tuple(chance.sample(_NORMALIZATIONS, chance.choice((1, 1, 2))))
    if chance.random() < 0.4:
        name, habits = chance.choice(((f"{NAME.title()}", ("lower_name",)), (f"{NAME} 2", ("dashed_name",))))
    existing = ({**_OLD, "name": name},) if chance.random() < 0.4 else ()
    manner = {**_manner(chance), "wait": chance.random() < 0.2}
    image = chance.choice(("prize:1", WANTED["image"]))
    options = {**WANTED, "image": image, "health_check": {"path": "/up", "port": 8080}, "name": name, **manner}
    runs = chance.choices((1, 2), (7, 3))[0]
    controllers = tuple(Controller(0, options, begins=40.0 * place) for place in range(runs))
    return existing, {"normalizations": habits, "unique_names": False}, controllers


def _rollout(chance: Random, story: str) -> People:
    """A change that is proved, and taken back where it does not work."""
    del story
    workers = chance.choice((0, 1, 1, 2))
    old = {**WANTED, "worker_config": {"max_replicas": 3, "min_replicas": workers}}
    exists = chance.random() < 0.85
    behaviour = _replacing(chance)
    bad = chance.random() < 0.45
    behaviour |= {"image_lives": {_BAD: chance.choice(_BAD_LIVES)}} if bad else {}
    options = {**old, **_change(chance, _BAD if bad else _GOOD), **_proof(chance)}
    if not workers:
        # There is none to wait for.
        options["wait_for"] = "ready"
    if exists and chance.random() < 0.4:
        options = {name: value for name, value in options.items() if name not in ("worker_config", "envs", "ports")}
    number = chance.choices((1, 2, 3), (80, 15, 5))[0]
    one_machine = chance.random() < 0.6
    controllers = tuple(
        Controller(
            machine=0 if one_machine else place,
            options=options if one_machine and (not place or chance.random() < 0.5) else _rival(chance, options),
            by_id=exists and chance.random() < 0.2,
            begins=chance.choice((1, 5, 20, 100)) * place,
        )
        for place in range(number)
    )
    return (old,) if exists else (), behaviour, controllers


def _stock(chance: Random, story: str) -> People:
    """An endpoint that may be of one of several products, some of which turn out to be out of stock."""
    del story
    exists = chance.random() < 0.25
    possible = _PRODUCTS[:2] if exists else _PRODUCTS
    existing = ({**_OLD, "product_id": chance.choice(possible)},) if exists else ()
    products = chance.sample(possible, chance.choice((1, 2, 2, len(possible))))
    sold_out = tuple(chance.sample(_PRODUCTS, chance.choice((0, 1, 2, 3))))
    # The list of products says that there are GPUs of all of them.
    behaviour = {**_replacing(chance), "stock": dict.fromkeys(_PRODUCTS, 99), "sold_out": sold_out}
    shared = {**_manner(chance), **_proof(chance), "wait": chance.random() < 0.85}
    options = {**WANTED, "product_id": None, "product_ids": products, **shared}
    number = chance.choices((1, 2), (80, 20))[0]
    one_machine = chance.random() < 0.5
    controllers = tuple(
        Controller(0 if one_machine else place, options, begins=chance.choice((1, 5, 20, 100)) * place)
        for place in range(number)
    )
    return existing, behaviour, controllers


def _fleet(chance: Random, story: str) -> People:
    """Some endpoints in one task, with or without batches."""
    names = _FLEET[: chance.choice((2, 2, 3, 4))]
    old = [{**_OLD, "name": name, "worker_config": {"max_replicas": 3, "min_replicas": 1}} for name in names]
    existing = tuple(body for body in old if story == "renames" or chance.random() < 0.6)
    waits = chance.random() < 0.35
    bad = waits and chance.random() < 0.4
    shared = {name: value for name, value in _manner(chance).items() if name in ("retry_timeout", "wait_for")}
    shared |= {"wait": waits, "wait_timeout": chance.choice((60, 300)), "failure_patience": 20}
    if waits and chance.random() < 0.6:
        shared |= {"batches": [chance.choice(("1", "2", "50%")), "100%"], "max_failures": chance.choice((0, 0, 1))}
    entries = _renamed(chance, names) if story == "renames" else [_entry(chance, name, waits, bad) for name in names]
    behaviour = {**(_replacing(chance) if waits else {}), "unique_names": False, "create_only": None}
    behaviour |= {"image_lives": {_BAD: "image_pull_failure"}} if bad else {}
    if chance.random() < 0.25:
        shared |= {"prune": True, "prune_max_percent": 100, "prune_empty": True, "name_prefix": NAME}
        existing += tuple({**_OLD, "name": f"{NAME}-old-{place}"} for place in range(chance.choice((1, 2))))
    number = chance.choices((1, 2), (80, 20))[0]
    controllers = tuple(
        Controller(chance.choice((0, place)), {"endpoints": entries, **shared}, begins=30.0 * place)
        for place in range(number)
    )
    return existing, behaviour, controllers


def _entry(chance: Random, name: str, waits: bool, bad: bool) -> Body:
    manner = {**MANNER, **_manner(chance)}
    how = {option: manner[option] for option in ("on_duplicate", "on_ambiguous", "unique_name")}
    if chance.random() < 0.15:
        return {"name": name, "state": "absent", **how}
    image = _BAD if bad and chance.random() < 0.5 else chance.choice((WANTED["image"], _GOOD))
    proof = {"rollout": _proof(chance)["rollout"]} if waits else {}
    return {**WANTED, "name": name, "image": image, **how, **proof}


def _renamed(chance: Random, names: tuple[str, ...]) -> list[Body]:
    """Each gets the name of the next one, and the last one a new one, or that of the first; in any order."""
    new = chance.choice((f"{NAME}-new", names[0]))
    entries: list[Body] = [
        {"id": place, "name": following} for place, following in enumerate((*names[1:], new)) if place < len(names)
    ]
    if new != names[0] and chance.random() < 0.5:
        entries.append({**WANTED, "name": names[0]})
    return chance.sample(entries, len(entries))


def _rival(chance: Random, options: Body) -> Body:
    """Another change of the same endpoint, with more or less of a surge."""
    surge = chance.choice((0, 1, 2))
    return {
        **options,
        **_change(chance, chance.choice((_GOOD, _NEXT))),
        "rollout": {**options["rollout"], "surge": surge},
    }


def _change(chance: Random, image: str) -> Body:
    return chance.choice(({"image": image}, {"image": image, "command": "--new"}))


def _proof(chance: Random) -> Body:
    """How a change is proved, and for how long everybody has patience."""
    rollout = {
        "on_failure": chance.choice(("keep", "rollback")),
        "stable_for": chance.choice((0, 5, 15)),
        "surge": chance.choice((0, 0, 1, 2)),
    }
    return {
        **MANNER,
        "retry_timeout": chance.choice((5, 5, 120)),
        "wait": True,
        "wait_for": chance.choice(("ready", "workers")),
        "wait_timeout": chance.choice((60, 300)),
        "failure_patience": chance.choice((0, 20, 60)),
        "rollout": rollout,
    }


def _replacing(chance: Random) -> dict[str, Any]:
    """How a platform brings a change to workers."""
    return {
        "replacement": chance.choice(("at_once", "beside", "in_place", "at_scale_up", "unnoticed")),
        "restart_seconds": chance.choice((0.0, 5.0, 20.0)),
        "stale_status_seconds": chance.choice((0.0, 0.0, 3.0, 12.0)),
        "heal_seconds": chance.choice((None, None, 30.0)),
        "start_seconds": chance.choice((10.0, 30.0)),
        "life": chance.choices(("ready", "slow"), (7, 3))[0],
        "create_only": None,
    }


def _wish(chance: Random, story: str) -> dict[str, Any]:
    if story == "delete" or (story in ("mixed", "duplicates") and chance.random() < 0.4):
        return {"state": "absent", "name": NAME}
    image = chance.choice((WANTED["image"], _GOOD))
    changed = {"image": image} if story in ("update", "mixed") else {}
    return {**WANTED, **changed, "allow_recreate": story == "recreate"}


def _manner(chance: Random) -> dict[str, Any]:
    return {
        "retry_timeout": chance.choice((0, 5, 5, 120)),
        "on_duplicate": chance.choice(("fail", "keep_oldest")),
        "on_ambiguous": chance.choice(("fail", "fail", "fail", "resend")),
        "unique_name": chance.random() > 0.05,
        "wait": chance.random() < 0.12,
        "wait_for": chance.choice(("ready", "workers")),
        "wait_timeout": chance.choice((1, 60, 60, 600)),
    }


def _unknowns(chance: Random) -> dict[str, Any]:
    """What the contract leaves open; none of it is a fault."""
    return {
        "update": chance.choice(("merge", "replace")),
        "missing": chance.choice(("400", "404")),
        "numbers": chance.choice(("numbers", "strings")),
        "page_size": chance.choices((1, 2, 20), (1, 2, 7))[0],
        "omit_empty": chance.random() < 0.3,
        "unique_names": chance.random() < 0.1,
        "life": chance.choices(("ready", "slow", "never", "image_pull_failure", "endpoint_error"), (6, 4, 1, 1, 1))[0],
        "create_only": chance.choices((None, 404, 405, 501), (30, 1, 1, 1))[0],
        "validate_answers": False,
    }


#: The stories, how often each is told, and who draws it.
_STORIES: Mapping[str, tuple[int, Callable[[Random, str], People]]] = {
    "create": (38, _alone),
    "update": (14, _alone),
    "delete": (8, _alone),
    "recreate": (6, _alone),
    "mixed": (6, _alone),
    "duplicates": (2, _alone),
    "normalised": (4, _normalised),
    "rollout": (12, _rollout),
    "stock": (4, _stock),
    "fleet": (6, _fleet),
    "renames": (2, _fleet),
}
