# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does an API make of values that it takes, so that it shows others than it was sent?"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from .defaults import ENV, Fields

Normalization = Literal[
    "lower_name",
    "stripped_name",
    "composed_name",
    "dashed_name",
    "lower_app_name",
    "image_registry",
    "image_digest",
    "trailing_slash",
    "added_port",
    "added_env",
    "rounded_disk",
]
_DISK_STEP = 10


def normalized(fields: Fields, normalizations: Iterable[str]) -> Fields:
    """The fields as an API with these habits keeps them."""
    for name in normalizations:
        fields = {**fields, **_CHANGES[name](fields)}
    return fields


def _image(fields: Fields) -> Fields:
    image = fields["image"]
    has_registry = "." in image.partition("/")[0]
    return {"image": image if has_registry else f"docker.io/{'' if '/' in image else 'library/'}{image}"}


def _digest(fields: Fields) -> Fields:
    image = fields["image"]
    return {"image": image if "@" in image else f"{image}@sha256:{'0' * 8}"}


def _disk(fields: Fields) -> Fields:
    config = fields["worker_config"]
    return {
        "worker_config": {**config, "rootfs_size_gb": -(-config["rootfs_size_gb"] // _DISK_STEP) * _DISK_STEP},
    }


def _added_env(fields: Fields) -> Fields:
    others = [env for env in fields["envs"] if env["key"] != "PLATFORM"]
    return {"envs": [*others, {**ENV, "key": "PLATFORM", "value": "gpu"}]}


_CHANGES: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "lower_name": lambda fields: {"name": fields["name"].lower()},
    "stripped_name": lambda fields: {"name": fields["name"].strip()},
    "composed_name": lambda fields: {"name": unicodedata.normalize("NFC", fields["name"])},
    "dashed_name": lambda fields: {"name": fields["name"].replace(" ", "-")},
    "lower_app_name": lambda fields: {"app_name": fields["app_name"].lower()},
    "image_registry": _image,
    "image_digest": _digest,
    "trailing_slash": lambda fields: {
        "health_check": {**fields["health_check"], "path": fields["health_check"]["path"].rstrip("/") + "/"}
    },
    "added_port": lambda fields: {"ports": sorted({*fields["ports"], 8001})},
    "added_env": _added_env,
    "rounded_disk": _disk,
}
