# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the things that the contract leaves unknown does the simulated API do?"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, TypeAdapter, field_validator
from pydantic.dataclasses import dataclass

from .defaults import ZERO
from .normalizing import Normalization

Life = Literal[
    "ready",
    "slow",
    "never",
    "image_pull_failure",
    "registry_auth_failure",
    "no_stock",
    "crash_loop",
    # Ready for a while, and then not, again and again.
    "flapping",
    # Ready for a while, and then without a GPU for good.
    "reclaimed",
    "unknown_words",
    "endpoint_error",
]
# How workers come to run what an update changed: unnoticed by anybody (the same ids, and no moment without them); all
# are replaced at once; new ones start beside the old, which leave when the new serve; each restarts in its place with
# the same id; or those that are there stay, and only later ones run it.
Replacement = Literal["unnoticed", "at_once", "beside", "in_place", "at_scale_up"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Settings:
    """One behaviour of the simulated API. A wrong name or value raises `ValueError`. Times are seconds."""

    # What a PUT does with a field that it does not name: keep it, or reset it to the default.
    update: Literal["merge", "replace"] = "merge"
    # The answer for an endpoint that does not exist: its status. The reason is the same for both.
    missing: Literal["400", "404"] = "400"
    # How numbers are written in answers: as numbers, or as strings of digits.
    numbers: Literal["numbers", "strings"] = "numbers"
    # A status that every call but create answers, as a server does that offers only this call.
    create_only: Literal[404, 405, 501] | None = None
    # Whether a second endpoint of the same name is refused.
    unique_names: bool = False
    # Whether the product ID must be one of the catalog's.
    check_products: bool = False
    # The largest page; a smaller `limit` of the request wins.
    page_size: int = Field(default=20, ge=1)
    # What is answered for a field that was never given: a sensible value, or the type's zero value.
    default_style: Literal["filled", "zero"] = "filled"
    # Whether "", 0, false, [] and {} are left out of answers.
    omit_empty: bool = False
    # Fields that a create or an update accepts and does not apply; a nested one as `worker_config.gpu_num`.
    ignored_fields: tuple[str, ...] = ()
    # What is made of the values of a create or an update before they are kept.
    normalizations: tuple[Normalization, ...] = ()
    # How many GPUs of a product there are in all, instead of what the catalog says: no worker gets one beyond them.
    stock: dict[str, int] = Field(default_factory=dict)
    # What a GPU of a product costs, instead of what the catalog says.
    prices: dict[str, int] = Field(default_factory=dict)
    # Products of which no worker gets a GPU, whatever the list of products says.
    sold_out: tuple[str, ...] = ()
    # An account in debt may look and delete, but neither create nor update.
    balance: Literal["ok", "debt"] = "ok"
    # Whether a refused request is repeated, word for word, in the error message.
    echo_body: bool = False
    # Real seconds that each call takes; all other times are the simulator's clock.
    latency: float = Field(default=0, ge=0)

    # How long after its creation an endpoint stays invisible.
    visible_in_get_after: float = Field(default=0, ge=0)
    visible_in_list_after: float = Field(default=0, ge=0)
    # How long after its deletion an endpoint is still shown, and under which status word.
    linger_in_get: float = Field(default=0, ge=0)
    linger_in_list: float = Field(default=0, ge=0)
    linger_status: Literal["deleting", "unchanged"] = "deleting"
    # What get and list show in the place of the value of each variable; empty: the value itself.
    mask: str = ""
    # The list answers every endpoint whatever `keyword` says.
    ignore_keyword: bool = False
    # Every second listing is empty although there are endpoints.
    flapping_list: bool = False
    # Every page of a list points to the first page's end, so that paging never ends.
    repeat_cursor: bool = False

    # What becomes of endpoints that are created or updated from now on.
    life: Life = "ready"
    # What becomes of those with these images instead.
    image_lives: dict[str, Life] = Field(default_factory=dict)
    # How long a slow start, or a start with unknown words, takes.
    start_seconds: float = Field(default=30, ge=0)
    # After how long workers that fail for an image or for stock serve after all; never, if it is not set.
    heal_seconds: float | None = Field(default=None, ge=0)
    # How an update that concerns workers replaces them, and how long each takes before its life begins.
    replacement: Replacement = "unnoticed"
    restart_seconds: float = Field(default=0, ge=0)
    # How long workers that leave for new ones are still listed.
    drain_seconds: float = Field(default=5, ge=0)
    # How long after an update answers show the status and the workers from before it.
    stale_status_seconds: float = Field(default=0, ge=0)
    # How long a worker that a request has woken takes until it answers.
    cold_start: float = Field(default=0, ge=0)
    # How long a job takes at the gateway, and how it ends.
    job_seconds: float = Field(default=0, ge=0)
    job_end: Literal["COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"] = "COMPLETED"
    # The most workers that one endpoint gets, however many it asks for.
    worker_limit: int = Field(default=20, ge=0)

    # Whether the simulator checks its own answers against the contract.
    validate_answers: bool = True

    @field_validator("ignored_fields")
    @classmethod
    def _refuse_unknown_fields(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        for path in paths:
            name, _separator, inner = path.partition(".")
            if name not in ZERO or (inner and inner not in ZERO[name]):
                raise ValueError(f"no field of an endpoint: {path}")
        return paths


SETTINGS = TypeAdapter(Settings)
