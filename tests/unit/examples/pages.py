# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which examples does the documentation show, and which playbook do those of one page make?"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import yaml
from ansible.parsing.plugin_docs import read_docstring

ROOT = Path(__file__).parents[3]
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
GUIDES = sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
READMES = [ROOT / "README.md", *sorted((ROOT / "roles").glob("*/README.md"))]

MARKDOWN_BLOCK = re.compile(r"^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
VERSIONS_ROW = re.compile(r"^\| (?P<core>[2-9]\.[0-9., ]+) \| (?P<python>3\.[0-9., ]+) \|", re.MULTILINE)
RST_BLOCK = re.compile(
    r"^\.\. code-block:: yaml\n(?:    :caption: (?P<file>\S+)\n)?\n(?P<text>(?:(?:    .*)?\n)+)", re.MULTILINE
)
TASK_HEAD = "- hosts: localhost\n  gather_facts: false\n  tasks:\n"


@dataclass(frozen=True)
class Block:
    """One piece of YAML, and the name of the file that the page gives it, if any."""

    text: str
    file: str = ""

    @property
    def plays(self) -> list[str]:
        """Its plays, or one play around each of its tasks; none if it is something else."""
        nodes = top_level(self.text)
        is_play = any(key.value == "hosts" for node in nodes for key, _value in node.value)
        starts = [node.start_mark.line for node in nodes]
        lines = self.text.splitlines(keepends=True)
        items = ["".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
        return items if is_play else [TASK_HEAD + textwrap.indent(item, "    ") for item in items]


def top_level(text: str) -> list[yaml.MappingNode]:
    """The mappings of a list; nothing for a text that is not a list of mappings."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = root.value if isinstance(root, yaml.SequenceNode) else []
    return [node for node in nodes if isinstance(node, yaml.MappingNode)]


def blocks(page: Path) -> list[Block]:
    """The YAML of a page: the examples of a module, or the blocks of a text."""
    if page.suffix == ".py":
        return [Block(read_docstring(str(page))["plainexamples"])]
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".md":
        return [Block(block["text"]) for block in MARKDOWN_BLOCK.finditer(text) if block["language"] == "yaml"]
    return [Block(textwrap.dedent(block["text"]), block["file"] or "") for block in RST_BLOCK.finditer(text)]


def code(page: Path) -> list[str]:
    """All blocks of a Markdown page, of whatever language, fences included."""
    return [block.group() for block in MARKDOWN_BLOCK.finditer(page.read_text(encoding="utf-8"))]


def versions(page: Path) -> list[tuple[str, ...]]:
    """The versions of ansible-core and Python in the table of a page."""
    return [row.groups() for row in VERSIONS_ROW.finditer(page.read_text(encoding="utf-8"))]


def checked(play: str) -> str:
    """The same play in check mode."""
    return f"- check_mode: true\n  {play.removeprefix('- ')}"


def playbook(page: Path) -> str:
    """Each play of a page, first in check mode and then for real, in the order of the page."""
    plays = [play for block in blocks(page) for play in block.plays]
    return "\n".join(text for play in plays for text in (checked(play), play))


def once(page: Path) -> str:
    """Each play of a page as it stands there."""
    return "\n".join(play for block in blocks(page) for play in block.plays)


def files(page: Path) -> dict[str, str]:
    """The files beside the playbook: what a page names and is no playbook itself."""
    return {block.file: block.text for block in blocks(page) if block.file and not block.plays}
