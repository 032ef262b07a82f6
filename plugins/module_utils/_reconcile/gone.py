# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gone: whether what was deleted is shown no more.

Private to the ppio.gpu collection.
"""

from __future__ import annotations

from .._api.client import Client, Item
from .._clock import poll
from .._errors import NotApplied
from .snapshot import is_deleting, listed

__all__ = ["is_gone", "not_gone"]


def is_gone(client: Client, identity: str, *, deleting_is_enough: bool) -> bool:
    """Whether neither a read nor the list shows it any more, at the deadline at the latest."""

    def stays(item: Item | None) -> bool:
        return item is not None and not (deleting_is_enough and is_deleting(client.resource, item))

    def is_shown() -> bool:
        return stays(client.read(identity)) or stays(listed(client).get(identity))

    return not poll(is_shown, lambda shown: not shown, client.deadline)


def not_gone(client: Client, identity: str) -> NotApplied:
    return NotApplied(
        f"The API accepted the delete of the {client.resource.name} {identity}, but still shows it. "
        f"Until it is gone, it may cost money."
    )
