# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The YAML of an export: the same text for the same content, which every loader reads as what it was.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from ..module_utils._tasks.export_description import Reference
from ..module_utils._tasks.export_files import Content
from ._sources import LITERAL

__all__ = ["key_of", "text_of", "title_of"]

#: Texts that mean themselves, to YAML 1.1 and 1.2, without quotes.
_OBVIOUS = re.compile(r"[A-Za-z/][A-Za-z0-9/._-]*(:[A-Za-z0-9/._-]+)*", re.ASCII)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_TEMPLATE = re.compile(r"\{[{%#]")


class _Dumper(yaml.SafeDumper):
    """Writes lists indented, as ansible-lint wants them, and each value where it stands."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _TaskDumper(_Dumper):
    """For a file whose texts Ansible takes as templates: what is of the server is marked as none."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    is_obvious = bool(_OBVIOUS.fullmatch(value)) and value.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_obvious else '"')


def _text_of_server(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("!unsafe", value, style='"') if _TEMPLATE.search(value) else _text(dumper, value)


def _reference(dumper: yaml.SafeDumper, value: Reference) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')


_Dumper.add_representer(str, _text)
_TaskDumper.add_representer(str, _text_of_server)
# What was read as `!unsafe`, which ansible-core before 2.19 keeps as a type of its own.
_TaskDumper.add_multi_representer(str, _text_of_server)
_TaskDumper.add_representer(Reference, _reference)


def text_of(content: Content) -> str:
    """The whole text of a file."""
    dumper = _TaskDumper if content.has_references else _Dumper
    document: dict[str, Any] = {key_of(content): list(content.entries)}
    body = yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=10_000, line_break="\n")
    if not content.has_references and _TEMPLATE.search(body):
        # It is the server's text, and means itself.
        body = f"{LITERAL}: true\n{body}"
    return f"---\n{title_of(content)}\n{_skeleton(content.variables)}\n{body}"


def key_of(content: Content) -> str:
    """The key of the list. With variables it is another one, so that `src`, which knows none, refuses the file."""
    plural = content.resource.plural
    return f"ppio_{plural}" if content.has_references else plural


def title_of(content: Content) -> str:
    """The line that says whose file it is."""
    return f"# Written by ppio.gpu.{content.resource.name}_export."


def _skeleton(variables: Sequence[str]) -> str:
    if not variables:
        return ""
    lines = "".join(f'# {name}: ""\n' for name in variables)
    return f"#\n# It needs these variables, for example from a file that ansible-vault encrypts:\n{lines}"
