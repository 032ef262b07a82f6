# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which small mistakes can be made in a file? cosmic-ray knows the kinds; those that are none are left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

__all__ = ["Mistake", "mistakes"]

#: Of the other operators for one of arithmetic, its opposite is the mistake that somebody makes. The rest fails in the
#: same tests, most of it with a TypeError, and would only make the rate look better.
_ARITHMETIC = re.compile(r"core/ReplaceBinaryOperator_(?!(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|BitOr_BitAnd)$)")
_LEFT_OUT = (
    _ARITHMETIC,
    # `is` compares with None and with the members of an enum: there `==` is the same, and `<` a TypeError.
    re.compile(r"core/ReplaceComparisonOperator_(Is|IsNot)_(?!Is)"),
    # Whether two equal texts or numbers are one object is a matter of the interpreter.
    re.compile(r"core/ReplaceComparisonOperator_\w+_(Is|IsNot)$(?<!_Is_IsNot)(?<!_IsNot_Is)"),
)
#: That values are frozen is held by tests/unit/policy/test_values.py, which reads the files.
_READ_BY_POLICY = "@dataclass(frozen=True"


@dataclass(frozen=True)
class Mistake:
    """A line of a file as it is and as it is written by mistake, and the whole file with it."""

    path: Path
    number: int
    line: str
    becomes: str
    source: str


def mistakes(tree: Path, path: Path) -> Iterator[Mistake]:
    """The mistakes in a file below `tree`, each once."""
    original = (tree / path).read_text(encoding="utf-8")
    seen = {_executed(original), ""}
    for source in _changed(original):
        executed = _executed(source)
        if executed in seen:
            continue
        seen.add(executed)
        mistake = _mistake(path, original, source)
        if not mistake.line.startswith(_READ_BY_POLICY):
            yield mistake


def _changed(original: str) -> Iterator[str]:
    for name in operator_names():
        if any(left_out.match(name) for left_out in _LEFT_OUT) or get_operator(name).arguments():
            continue
        operator = get_operator(name)()
        places = sum(len(list(operator.mutation_positions(node))) for node in ast_nodes(get_ast(original)))
        for occurrence in range(places):
            yield mutate_code(original, operator, occurrence)


def _executed(source: str) -> str:
    """What Python makes of a file, without what it never evaluates; an empty text for what nobody would write.

    Whether an argument has to be named in a call is left out too: mypy holds that.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    if any(isinstance(node, ast.Compare) and _orders_text(node) for node in ast.walk(tree)):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults = [*node.defaults, *filter(None, node.kw_defaults)]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        for annotation in ("annotation", "returns"):
            if getattr(node, annotation, None):
                setattr(node, annotation, ast.Constant(None))
    return ast.dump(tree)


def _orders_text(comparison: ast.Compare) -> bool:
    """Whether it asks what comes before a text such as "present", one of a few that only differ."""
    sides = (comparison.left, *comparison.comparators)
    is_text = any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
    return is_text and isinstance(comparison.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))


def _mistake(path: Path, original: str, source: str) -> Mistake:
    before, after = original.splitlines(), source.splitlines()
    number = next(place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one != other)
    if len(before) == len(after):
        return Mistake(path, number + 1, before[number].strip(), after[number].strip(), source)
    # A decorator is taken away together with the empty lines above it.
    number = next(place for place in range(number, len(before)) if before[place])
    return Mistake(path, number + 1, before[number].strip(), "", source)
