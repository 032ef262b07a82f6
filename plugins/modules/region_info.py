#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the regions of PPIO or Novita with their GPUs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: region_info
short_description: List the regions of PPIO or Novita with their GPUs
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Finds the O(ppio.gpu.endpoint#module:region_id) for an endpoint, and what the region offers.
extends_documentation_fragment:
  - ppio.gpu.connection
  - ppio.gpu.attributes
  - ppio.gpu.attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Reads the same in check mode.
  diff_mode:
    support: N/A
    details:
      - Changes nothing.
  idempotent:
    support: full
"""

EXAMPLES = r"""
- name: Regions that have network volumes
  ppio.gpu.region_info:
  register: catalog

- name: Their IDs
  ansible.builtin.debug:
    msg: "{{ catalog.regions | selectattr('feature.network_volume') | map(attribute='id') }}"
"""

RETURN = r"""
regions:
  description: The regions, in the API's order. V(null) inside of one means that the API does not say it.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: 'The ID.', returned: success, type: str, sample: cn-east-1}
    name: {description: 'The name.', returned: success, type: str, sample: East China 1}
    gpus: {description: 'The GPUs that it has.', returned: success, type: list, elements: str, sample: [RTX 4090]}
    feature:
      description: What it offers.
      returned: success
      type: dict
      contains:
        network_volume: {description: 'Whether it has network volumes.', returned: success, type: bool, sample: true}
        instance_vpc_network: {description: 'Whether instances can have a private network.', returned: success, type: bool, sample: true}
error:
  description: What the API answered to the call that failed; empty strings if there was no call, such as without a key.
  returned: failure, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: GET}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /gpus/v2/regions}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 403}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: INVALID_API_KEY}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.region import REGION
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform


def main() -> None:
    module.run(inform(REGION))


if __name__ == "__main__":
    main()
