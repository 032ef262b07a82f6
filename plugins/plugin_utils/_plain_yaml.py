# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain YAML, read fast: values are made from the parser's events, and each plain word is looked up once.

PyYAML's loaders first make a node of each value, and match each plain word with regular expressions. That takes five
times as long, and longer than all else that is done for a large file. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml

__all__ = ["DATE", "NotPlain", "date_text", "plain_yaml"]

DATE = "tag:yaml.org,2002:timestamp"
_TEXT = "tag:yaml.org,2002:str"
_RESOLVER: Any = yaml.resolver.Resolver()
#: Without libyaml there is only the slow one.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Far more than a description has. What is deeper is not read here, so that no file exhausts the stack.
_DEEPEST = 50


def date_text(constructor: Any, node: yaml.ScalarNode) -> str:
    """What a constructor of PyYAML's makes of a word that looks like a date: a text, as a module gets it."""
    moment: datetime.date = constructor.construct_yaml_timestamp(node)
    return moment.isoformat()


class _Constructor(yaml.constructor.SafeConstructor):
    """Makes values of words."""


_Constructor.add_constructor(DATE, date_text)
_CONSTRUCTOR = _Constructor()


class NotPlain(Exception):
    """The text has more than scalars, lists and mappings of unlike keys, such as a tag, an anchor or a merge."""


def plain_yaml(text: str) -> Any:
    """What `yaml.safe_load` reads in it, with dates as texts.

    Raises NotPlain, and YAML's errors for what cannot be read.
    """
    loader = _LOADER(text)
    try:
        return _document(loader.get_event)
    finally:
        loader.dispose()


def _document(following: Callable[[], Any]) -> Any:
    following()
    if not isinstance(following(), yaml.DocumentStartEvent):
        return None
    value = _value(following, following(), _DEEPEST)
    following()
    if not isinstance(following(), yaml.StreamEndEvent):
        raise NotPlain
    return value


def _value(following: Callable[[], Any], event: Any, depth: int) -> Any:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None or not depth:
        raise NotPlain
    if isinstance(event, yaml.ScalarEvent):
        return _word(event.value) if event.implicit[0] else event.value
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(following, depth - 1)
    elements = []
    while not isinstance(inner := following(), yaml.SequenceEndEvent):
        elements.append(_value(following, inner, depth - 1))
    return elements


def _mapping(following: Callable[[], Any], depth: int) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    count = 0
    while not isinstance(event := following(), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise NotPlain
        key = _value(following, event, depth)
        mapping[key] = _value(following, following(), depth)
        count += 1
    if len(mapping) != count:
        # A key that occurs twice, of which Ansible warns.
        raise NotPlain
    return mapping


@lru_cache(maxsize=4096)
def _word(text: str) -> Any:
    """What a scalar without quotes means."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    if tag == _TEXT:
        return text
    if tag not in _CONSTRUCTOR.yaml_constructors:
        raise NotPlain
    return _CONSTRUCTOR.yaml_constructors[tag](_CONSTRUCTOR, yaml.ScalarNode(tag, text))
