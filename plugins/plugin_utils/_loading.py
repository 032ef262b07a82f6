# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading a file of data: what Ansible's loader reads, without what it keeps about each value.

Ansible notes for every value where it stands, which takes longer than all else for a large file. A file without
what only Ansible understands means the same to a plain loader. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleParserError
from ansible.parsing.dataloader import DataLoader

from ._action import plain
from ._plain_yaml import DATE, NotPlain, date_text, plain_yaml

__all__ = ["loaded"]

#: In JSON, Ansible's own values are mappings with a key that begins so; in YAML, they have a tag.
_OWN_JSON = "__ansible"
_TAG = "!"
_VAULT = b"$ANSIBLE_VAULT"
_DEEPEST = 100


class _OnlyForAnsible(Exception):
    """The file has something that Ansible reads in its own way, or complains about."""


# Without libyaml there is only the slow one.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # which of the two, only Python knows
    """Reads YAML as Ansible does, and stops where a key occurs twice, of which Ansible warns."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        count = len(node.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != count:
            raise _OnlyForAnsible
        return mapping


_Loader.add_constructor(DATE, date_text)


def loaded(loader: DataLoader, file: Path) -> Any:
    """The content of a file in JSON or YAML, decrypted if need be. Raises Ansible's errors for what cannot be read."""
    try:
        content = _read(loader, file)
    except RecursionError:
        raise _too_deep(file) from None
    if _is_deep(content):
        raise _too_deep(file)
    return content


def _read(loader: DataLoader, file: Path) -> Any:
    try:
        return _plainly(file.read_bytes())
    except UnicodeDecodeError as error:
        # Releases of Ansible differ: one takes such a file with a warning, another one fails with a traceback.
        raise AnsibleParserError(f"{file} is not valid UTF-8.") from error
    except (_OnlyForAnsible, OSError, ValueError, yaml.YAMLError):
        # Ansible's loader reads it, or says what is wrong in its own words.
        return plain(loader.load_from_file(str(file), cache="none", unsafe=True))


def _too_deep(file: Path) -> AnsibleParserError:
    return AnsibleParserError(f"{file} is nested more than {_DEEPEST} levels deep.")


def _is_deep(content: Any) -> bool:
    """Whether it is nested so deeply that Ansible could not hand it on, or without end, by an alias in itself."""
    level = [content]
    for _depth in range(_DEEPEST):
        inside = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
        if not inside:
            return False
        level = list({id(one): one for one in inside}.values())
    return True


def _plainly(content: bytes) -> Any:
    if content.startswith(_VAULT):
        raise _OnlyForAnsible
    text = content.decode()
    if _OWN_JSON in text:
        raise _OnlyForAnsible
    try:
        return json.loads(text)
    except ValueError:
        if _TAG in text:
            raise _OnlyForAnsible from None
        with suppress(NotPlain):
            return plain_yaml(text)
        return yaml.load(text, _Loader)
