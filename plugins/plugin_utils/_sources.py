# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that describe many: how a fleet reads them, and an export reads them back.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader

from ..module_utils._errors import printable
from ._loading import loaded

__all__ = ["LITERAL", "SUFFIXES", "entries_of", "is_source"]

SUFFIXES = frozenset({".yml", ".yaml", ".json"})
#: The key that says that nothing in a file is meant as a template.
LITERAL = "literal"
_DEFAULTS = "defaults"
#: What a play has, and nothing that a file describes.
_OF_PLAYS = ("hosts", "tasks")
_TEMPLATES = ("{{", "{%")
_VAULT = b"$ANSIBLE_VAULT"


def is_source(file: Path) -> bool:
    """Whether a file of a directory describes something; what is overlooked here would be pruned."""
    return file.is_file() and file.suffix.lower() in SUFFIXES


def entries_of(loader: DataLoader, file: Path, key: str, *, templates: bool = False) -> list[Any]:
    """What one file describes, decrypted if need be: a list, or the list that a mapping has at `key`.

    Each entry has the file's defaults. Nobody templates what is read here, so that what looks like a template is
    refused, unless the file or `templates` says that it is meant so.
    """
    content = loaded(loader, file)
    facts = content if isinstance(content, dict) else {key: content}
    entries, defaults, literal = facts.get(key), facts.get(_DEFAULTS) or {}, facts.get(LITERAL)
    if not isinstance(entries, list):
        raise AnsibleActionFail(f"src: {file} must have a list, or a mapping with the key {key} and a list.")
    if not isinstance(defaults, dict):
        raise AnsibleActionFail(f"src: {file}: {_DEFAULTS} must be a mapping of the options of an entry.")
    if literal is not None and not isinstance(literal, bool):
        raise AnsibleActionFail(f"src: {file}: {LITERAL} must be true or false.")
    _refuse_playbook(file, key, entries)
    if not (templates or literal) and _may_have_templates(file):
        _refuse_templates(file, key, entries, defaults)
    return [_filled(defaults, entry) for entry in entries] if defaults else entries


def _refuse_playbook(file: Path, key: str, entries: list[Any]) -> None:
    for number, entry in enumerate(entries):
        found = [name for name in _OF_PLAYS if isinstance(entry, dict) and name in entry]
        if found:
            raise AnsibleActionFail(
                f"src: {file}: {key}[{number}] has {' and '.join(found)}: this is a playbook, not a list of {key}. "
                f"Nothing was sent."
            )


def _filled(defaults: dict[Any, Any], entry: Any) -> Any:
    """An entry with what it does not say itself. Inside of mappings, too; a list is replaced as a whole."""
    if not isinstance(entry, dict):
        return entry
    inner = {
        name: _filled(defaults[name], value) for name, value in entry.items() if isinstance(defaults.get(name), dict)
    }
    return {**defaults, **entry, **inner}


def _may_have_templates(file: Path) -> bool:
    """Whether it is worth looking at each value: nobody knows what an encrypted file has."""
    content = file.read_bytes()
    return content.startswith(_VAULT) or any(mark.encode() in content for mark in _TEMPLATES)


def _refuse_templates(file: Path, key: str, entries: list[Any], defaults: dict[Any, Any]) -> None:
    places = [(_DEFAULTS, defaults), *((f"{key}[{number}]", entry) for number, entry in enumerate(entries))]
    for place, value in places:
        path = _template_in(value)
        if path is not None:
            name = value.get("name") if isinstance(value, dict) else None
            whose = f" ({printable(name)})" if isinstance(name, str) else ""
            raise AnsibleActionFail(
                f"src: {file}: {place}{path}{whose} looks like a template, but files are not templated. Nothing was "
                f"sent. To use variables, give the list as {key} instead of src. If the string is meant literally, "
                f"write {LITERAL}: true beside {key} in the file."
            )


def _template_in(value: Any) -> str | None:
    """The path of the first text that looks like a template, None if there is none."""
    match value:
        case str():
            return "" if any(mark in value for mark in _TEMPLATES) else None
        case dict():
            inside = ((f".{name}", inner) for name, inner in value.items())
        case list():
            inside = ((f"[{number}]", inner) for number, inner in enumerate(value))
        case _:
            return None
    return next((place + path for place, inner in inside if (path := _template_in(inner)) is not None), None)
