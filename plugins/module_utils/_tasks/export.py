# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exporting: what exists, as files that a fleet reads and of which it then changes nothing.

Looked at once, described, written aside, read back, planned against what was seen, and only then moved into place.
Private to the ppio.gpu collection.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._api.client import Client
from .._api.connection import connection_from
from .._errors import InvalidOptions, NotFound, PpioError, first_of, printable, require
from .._options.export_options import export_argument_spec, export_violations, mode_bits
from .._options.validation import Checked
from .._progress import ProgressReporter
from .._reconcile.snapshot import Snapshot, listed
from .._reconcile.view import ListView
from .._redaction import Secrets
from .._schema.resource import Resource
from .execution import Execution
from .export_description import Description, Descriptions
from .export_files import Content, File, Files
from .export_proof import prove
from .result import call_facts
from .task import Report, Task, unverified

__all__ = ["export"]

_CONCURRENCY = 8
_NAMED = 3
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def export(resource: Resource, files: Files | None = None) -> Task:
    """The task that writes what there is of a kind into files. Without `files` it can only be described."""
    return Task(export_argument_spec(resource), partial(_checked, resource), partial(_report, resource, files))


def _checked(resource: Resource, params: Mapping[str, Any]) -> Checked:
    return Checked(export_violations(resource, params), {})


def _report(
    resource: Resource,
    files: Files | None,
    params: Mapping[str, Any],
    execution: Execution,
) -> Report:
    """Export with validated params. What the user, the network, the API or a file causes is a failed report."""
    secrets, warnings = Secrets(), unverified(params)
    execution.progress.hide(secrets)
    try:
        client = execution.client(resource, connection_from(params, secrets))
        work = _Export(resource, require(files), params, *_looked(client, params, execution.progress))
        written = work.done(check_mode=execution.check_mode)
    except PpioError as error:
        is_changed = error.partial is not None and error.partial.changed
        result = {"changed": is_changed, "msg": secrets.hide(error.message), "error": call_facts(error)}
        return Report(result, warnings, secrets, failed=True)
    return Report(work.result(written, diff=execution.diff_mode), warnings + work.warnings(written), secrets)


def _looked(client: Client, params: Mapping[str, Any], progress: ProgressReporter) -> tuple[Snapshot, Sequence[str]]:
    """What there is, and the ids of what is to be exported, in their order."""
    swept = Snapshot(client.resource, listed(client))
    chosen = [identity for _name, identity in sorted(swept.names()) if _is_chosen(swept, identity, params)]
    _require_all(swept, chosen, params)
    progress.phase(f"{len(chosen)} of {len(swept.listed)} {client.resource.plural} to read")
    snapshot = ListView(client, _CONCURRENCY).completed(swept, chosen)
    for error in snapshot.errors.values():
        raise error
    # What is gone by now is not exported.
    return snapshot, [identity for identity in chosen if snapshot.read[identity] is not None]


def _is_chosen(snapshot: Snapshot, identity: str, params: Mapping[str, Any]) -> bool:
    """Whether it is one of those that are named, if any are, and within the scopes."""
    item, resource = snapshot.listed[identity], snapshot.resource
    name = item.get(resource.name_name) or ""
    is_named = identity in (params["ids"] or ()) or name in (params["names"] or ())
    in_scope = all(
        params[row.name] is None or (item.get(row.api) or "") == params[row.name]
        for row in resource.fields
        if row.name in resource.scopes
    )
    is_meant = is_named or (params["ids"] is None and params["names"] is None)
    return is_meant and in_scope and str(name).startswith(params["name_prefix"] or "")


def _require_all(snapshot: Snapshot, chosen: Sequence[str], params: Mapping[str, Any]) -> None:
    found = set(chosen)
    missing = [f"the id {identity}" for identity in params["ids"] or () if identity not in found]
    missing += [f"the name {name!r}" for name in params["names"] or () if found.isdisjoint(snapshot.named(name))]
    if missing:
        named = first_of(missing, _NAMED)
        raise NotFound(f"There is no {snapshot.resource.name} with {named} to export. Nothing was written.")


@dataclass(frozen=True)
class _Written:
    """What was written, or would be: each file with the descriptions in it."""

    files: Sequence[File]
    descriptions: Sequence[Sequence[Description]]


@dataclass(frozen=True)
class _Export:
    """One export of what a snapshot shows of `chosen`."""

    resource: Resource
    store: Files
    params: Mapping[str, Any]
    snapshot: Snapshot
    chosen: Sequence[str]

    @property
    def _has_references(self) -> bool:
        return bool(self.params["secrets"] == "reference")

    @property
    def _plain(self) -> dict[str, frozenset[str]]:
        return {
            row.name: frozenset(self.params[row.plain_option]) for row in self.resource.fields if row.secret_entries
        }

    def done(self, *, check_mode: bool) -> _Written:
        """The files, in their places unless in check mode. Raises Unwritable, with nothing written."""
        groups = self._grouped(self._described())
        mode, force = mode_bits(self.params["mode"]) or 0, self.params["force"]
        contents = {path: self._content(group) for path, group in groups.items()}
        files = [self.store.planned(path, content, mode, force=force) for path, content in contents.items()]
        with self.store.staged(files, mode, check_mode=check_mode) as staged:
            described = [description for group in groups.values() for description in group]
            prove(self.resource, described, staged.entries(), self.snapshot)
            if not check_mode:
                staged.commit()
        return _Written(files, list(groups.values()))

    def _described(self) -> list[Description]:
        describer = Descriptions(self.resource, self._plain, with_references=self._has_references)
        names = Counter(name for name, _identity in self.snapshot.names())
        descriptions = []
        for identity in self.chosen:
            current = self.snapshot.required(identity)
            descriptions.append(describer.of(current, is_only_one=names[current.fields["name"] or ""] == 1))
        found = [f"{key} of {printable(one.name or one.id)}" for one in descriptions for key in one.secrets]
        if found and self.params["secrets"] == "refuse":
            options = ", ".join(row.plain_option for row in self.resource.fields if row.secret_entries)
            raise InvalidOptions(
                f"{len(found)} values may be secret (secrets=refuse): {printable(', '.join(found[:_NAMED]))}. "
                f"Name in {options} what is not secret. Nothing was written."
            )
        return descriptions

    def _grouped(self, descriptions: Sequence[Description]) -> dict[str, list[Description]]:
        """The descriptions by the path of the file in which they are to stand."""
        dest = self.params["dest"]
        if not self.store.is_directory(dest):
            return {self.store.path(dest): list(descriptions)}
        if self._has_references:
            raise InvalidOptions("secrets=reference needs a file as dest, and not a directory.")
        names = _file_names(descriptions)
        return {self.store.path(dest, name): [one] for name, one in zip(names, descriptions, strict=True)}

    def _content(self, descriptions: Sequence[Description]) -> Content:
        variables = tuple(reference.name for one in descriptions for reference in one.references)
        entries = [one.entry for one in descriptions]
        return Content(self.resource, entries, self._plain, variables, self._has_references)

    def result(self, written: _Written, *, diff: bool) -> dict[str, Any]:
        """What the user sees, which has no value of a secret in it."""
        pairs = [
            (file.path, one) for file, group in zip(written.files, written.descriptions, strict=True) for one in group
        ]
        result: dict[str, Any] = {
            "changed": any(file.changed for file in written.files),
            "dest": self.store.path(self.params["dest"]),
            "files": [file.path for file in written.files],
            self.resource.plural: [{"name": one.name, "id": one.id, "file": path} for path, one in pairs],
            "secret_keys": sorted({key for _path, one in pairs for key in one.secrets}),
            "variables": [reference.name for _path, one in pairs for reference in one.references],
            "left_out": [
                {"name": one.name, "id": one.id, "path": violation.option, "reason": violation.rule}
                for _path, one in pairs
                for violation in one.left_out
            ],
        }
        if diff:
            result["diff"] = [_diff(file) for file in written.files if file.changed]
        return result

    def warnings(self, written: _Written) -> tuple[str, ...]:
        """What the files do not say, and what else a fleet would read with them."""
        left_out = [one for group in written.descriptions for one in group if one.left_out]
        told = [
            f"{printable(one.name or one.id)}: left out, because no task can ask for it: "
            f"{'; '.join(f'{violation.option} {violation.rule}' for violation in one.left_out)}"
            for one in left_out
        ]
        dest = self.params["dest"]
        others = self.store.others(dest, [file.path for file in written.files]) if self.store.is_directory(dest) else []
        if others:
            told.append(
                f"{dest} has {len(others)} other files that a fleet would read as well, such as {others[0]}. "
                f"Remove what is out of date."
            )
        return tuple(told)


def _file_names(descriptions: Sequence[Description]) -> Iterator[str]:
    """A name for each file: the resource's own where every file system can tell it from the others."""
    folded = Counter(one.name.casefold() for one in descriptions)
    for one in descriptions:
        if _PLAIN_NAME.fullmatch(one.name) and folded[one.name.casefold()] == 1:
            yield f"{one.name}.yml"
        else:
            several = folded[one.name.casefold()] > 1 or not one.name
            digest = hashlib.sha256(f"{one.name} {one.id if several else ''}".encode("utf-8", "surrogatepass"))
            plain = _NO_NAME.sub("-", one.name).strip("-.")[:60]
            yield f"{plain or 'unnamed'}-{digest.hexdigest()[:12]}.yml"


def _diff(file: File) -> dict[str, str]:
    return {"before": file.before, "after": file.text, "before_header": file.path, "after_header": file.path}
