# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin: how a task runs on the controller, without a module on a host.

It is opened where the task's host is the controller itself: no interpreter has to be started, and progress can be
shown. Private to the ppio.gpu collection.
"""

from __future__ import annotations

import datetime
import gc
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ansible.constants import config
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

try:
    from ansible.parsing.vault import EncryptedString as EncryptedText
except ImportError:  # ansible-core before 2.19
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode as EncryptedText

try:
    from ansible._internal._errors._task_timeout import TaskTimeoutError
except ImportError:  # ansible-core before 2.19
    from ansible.executor.task_executor import TaskTimeoutError

from ..module_utils._api.connection import REQUESTS_IMPORT_ERROR
from ..module_utils._clock import Clock
from ..module_utils._errors import first_of
from ..module_utils._options.argument_spec import CONNECTION, api_key_of, refusal
from ..module_utils._options.given import given
from ..module_utils._options.violation import ArgumentSpec
from ..module_utils._progress import Creating, ProgressReporter, names_of, who_looks
from ..module_utils._tasks.execution import Execution
from ..module_utils._tasks.result import invocation
from ..module_utils._tasks.task import Task

__all__ = ["ControllerAction", "plain"]

_INVOCATION_SETTING = "INJECT_INVOCATION"
#: Seconds between two looks for what has to be told.
_INTERVAL = 1.0
#: How many of the updates and deletes are named that a stopped task has sent.
_NAMED = 10
#: Seconds for which the answer to a create may still come after `timeout` has stopped the task.
_GRACE = 5.0


class ControllerAction(NormalAction):  # type: ignore[misc]  # ansible-core does not say that it is typed
    """The action plugin of a module that can as well do its work on the controller."""

    #: What the module of the same name does.
    work: Task

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The same result, key by key, as the module's."""
        # This process is Ansible's copy for one task. What it had loaded before is not to be looked at again and again.
        gc.freeze()
        written = plain(self._task.args)
        args = self._given(written)
        if self._runs_on_controller():
            shown = {"invocation": invocation(written, self._options)} if _tells_invocation(task_vars) else {}
            with _environment(self._task_environment()):
                return self._result(args, shown)
        self._task.args = args
        try:
            result = dict(super().run(tmp, task_vars))
        finally:
            # The next attempt (until, retries) begins with what was written.
            self._task.args = written
        if "invocation" not in result:
            return result
        return _without(api_key_of(written), result | {"invocation": invocation(written, self._options)})

    @property
    def _options(self) -> ArgumentSpec:
        return {**CONNECTION, **self.work.options}

    def _given(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments, as action plugin and module get them, of a task that was written with these."""
        return args

    def _runs_on_controller(self) -> bool:
        """Whether the task's host is the controller, as the same user, and can do the work."""
        task, connection = self._task, self._connection
        # The variable ansible_become shows in the connection alone.
        is_same_user = not task.become and connection.become is None
        is_local = connection.transport == "local"
        return bool(is_local and is_same_user and not task.async_val and not REQUESTS_IMPORT_ERROR)

    def _task_environment(self) -> dict[str, str]:
        """What `environment:` of the play, the block and the task say, the innermost last."""
        merged: dict[str, str] = {}
        for environment in self._task.environment or ():
            merged.update({name: str(value) for name, value in (self._templar.template(environment) or {}).items()})
        return merged

    def _result(self, args: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
        checked, key = self.work.judged(args), api_key_of(args)
        if checked.violations:
            return _without(key, {"failed": True, "msg": refusal(checked.violations, key), **shown})
        # What our own check has converted already is left out: Ansible would copy and convert every entry of a fleet.
        options = {
            name: {"type": "raw"} if name in checked.values else option for name, option in self._options.items()
        }
        others = given({name: value for name, value in args.items() if name not in checked.values}, options)
        validated = ArgumentSpecValidator(options).validate(others)
        if validated.error_messages:
            return _without(key, {"failed": True, "msg": validated.errors.msg, **shown})
        params = {**validated.validated_parameters, **checked.values}
        progress = self._progress()
        try:
            with _watched(progress):
                told = self.work.report(params, Execution(self._task.check_mode, self._task.diff, progress))
        except TaskTimeoutError:
            unanswered = progress.unanswered(_GRACE)
            if not (unanswered or progress.created_so_far or progress.sent_so_far or progress.job):
                raise
            return _without(key, {**_stopped(self._task.timeout, progress, unanswered), **shown})
        result = {**told.result, **shown}
        if told.warnings:
            result["warnings"] = list(told.warnings)
        if told.failed:
            result["failed"] = True
        return _without(key, result)

    def _progress(self) -> ProgressReporter:
        if self._task.no_log:
            return ProgressReporter(lambda _line: None, Clock())
        name = self._task.action.rpartition(".")[2]
        return ProgressReporter(lambda line: Display().display(f"{name}: {line}"), Clock())


def _stopped(seconds: int, progress: ProgressReporter, unanswered: Sequence[Creating]) -> dict[str, Any]:
    """The result of a task that `timeout` stopped after it had sent something, which Ansible's own does not name."""
    told = [f"The task did not end within {seconds} s (timeout)."]
    created, sent = progress.created_so_far, progress.sent_so_far
    if sent:
        told.append(f"It had sent {first_of(sent, _NAMED)}. Run the task again to go on.")
    if created:
        told.append(f"It had created {', '.join(created)}. That costs money; run the task again to go on with it.")
    if unanswered:
        told.append(
            f"Outcome unknown: there is no answer yet to the create of {names_of(unanswered)}. It may exist and cost "
            f"money: {who_looks(unanswered)}."
        )
    if progress.job:
        told.append(f"It had submitted {progress.job}, which may run and cost money. It was not cancelled.")
    changed = bool(sent or created or unanswered)
    return {"failed": True, "changed": changed, "msg": " ".join(told), "timedout": {"period": seconds}}


@contextmanager
def _watched(progress: ProgressReporter) -> Iterator[None]:
    """Looks every second whether something has to be told of what the work waits for."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_INTERVAL):
            progress.look()

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def _tells_invocation(task_vars: Mapping[str, Any] | None) -> bool:
    """Whether results say how the task was invoked. From ansible-core 2.21 on that is a setting, off by default."""
    if _INVOCATION_SETTING not in config.get_configuration_definitions():
        return True
    return bool(config.get_config_value(_INVOCATION_SETTING, variables=task_vars))


def _without(key: str, result: dict[str, Any]) -> dict[str, Any]:
    """The result without the key. Ansible masks what a module returns, and nothing that an action plugin returns.

    A key is hardly ever in a result, and looking into each of thousands of values takes longer than this look at all.
    """
    is_plain = frozenset(key).isdisjoint("'\"\\")
    if not key or (is_plain and key not in repr(result)):
        return result
    return dict(remove_values(result, {key}))


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """The environment that a module would have, as long as the work lasts. Each task runs in a process of its own."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def plain(value: Any) -> Any:
    """A value without what Ansible hangs on to it (where it is from, whether it is a template) or keeps encrypted.

    Both cost time at each step, for every entry of a fleet.
    """
    match value:
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(element) for element in value]
        case bool():
            return value
        case int():
            return int(value)
        case str() | EncryptedText():
            return str(value)
        case _:
            # As a module gets it: YAML makes a date of a text that looks like one.
            return value.isoformat() if isinstance(value, datetime.date) else value
