# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second kind of resource, as unlike an endpoint as can be: this table is all that is written for it.

No status, a secret scalar, a boolean, a size that can only grow, camelCase names, calls that are all POST, numbered
pages, and a limit that has one side.
"""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.ppio.gpu.plugins.module_utils._schema.resource import (
    Change,
    Field,
    Kind,
    Pages,
    Resource,
    Verb,
    Verbs,
)
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import manage
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import manage_fleet

DATABASE = Resource(
    name="database",
    verbs=Verbs(
        list=Verb("POST", "/v9/databases/list"),
        read=Verb("POST", "/v9/databases/describe", id_field="databaseId"),
        create=Verb("POST", "/v9/databases/create"),
        update=Verb("POST", "/v9/databases/modify", id_field="databaseId"),
        delete=Verb("POST", "/v9/databases/destroy", id_field="databaseId"),
        pages=Pages(items="databases", size="pageSize", page_size=2, number="pageNumber", total="totalCount"),
        created_id="databaseId",
        envelope="database",
    ),
    fields=(
        Field("name", Kind.TEXT, 1, 63, required=True),
        Field("size_gb", Kind.INTEGER, 10, api_name="sizeGb", required=True, change=Change.GROW),
        Field("region", Kind.TEXT, api_name="regionCode", change=Change.NEVER),
        Field("password", Kind.TEXT, 8, api_name="masterPassword", secret=True),
        Field("protected", Kind.BOOLEAN, api_name="deletionProtection"),
    ),
    observed=(
        Field("id", Kind.TEXT, api_name="databaseId"),
        Field("created_at", Kind.INTEGER, api_name="createdAt"),
    ),
)

ONE = SimpleNamespace(main=lambda: module.run(manage(DATABASE)))
FLEET = SimpleNamespace(main=lambda: module.run(manage_fleet(DATABASE)))
INFO = SimpleNamespace(main=lambda: module.run(inform(DATABASE)))
