#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List serverless GPU endpoints of PPIO or Novita."""

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_info
short_description: List serverless GPU endpoints of PPIO or Novita
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Reads one endpoint, or all that fit. If none fits, the list is empty, which is not an error.
  - Each is returned in exactly the shape that M(ppio.gpu.endpoint) returns.
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
options:
  id:
    description:
      - The ID of the one endpoint to read, from 1 to 255 characters.
      - The other options still filter, except O(keyword).
    type: str
  name:
    description: Only endpoints of exactly this name. No limit on its length.
    type: str
  keyword:
    description:
      - A word for the API's own search. What it looks at is not documented, so prefer O(name). No limit on its length.
    type: str
  status:
    description: Only endpoints in this state, in the API's words and whatever the case, such as V(running). No limit on its length.
    type: str
  region_id:
    description: Only endpoints in this region. No limit on its length.
    type: str
  product_id:
    description: Only endpoints of this product. No limit on its length.
    type: str
  app_name:
    description: Only the endpoint with this application name. No limit on its length.
    type: str
  include_details:
    description:
      - Whether to read each endpoint by itself, up to 8 at once, in addition to the list.
      - The API's list does not say RV(endpoints[].type). It is V(null) without this, unless O(id) is set or just one
        endpoint has the O(name).
    type: bool
    default: false
  include_env_values:
    description:
      - Whether to return the values of environment variables. They may be secret, so mind who sees the result.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: What runs in one region
  ppio.gpu.endpoint_info:
    region_id: cn-east-1
    status: running
  register: running

- name: Their names and workers
  ansible.builtin.debug:
    msg: "{{ item.name }} has {{ item.workers | length }} workers"
  loop: "{{ running.endpoints }}"
  loop_control:
    label: "{{ item.id }}"

- name: Everything about one of them
  ppio.gpu.endpoint_info:
    name: llama
"""

RETURN = r"""
endpoints:
  description:
    - The endpoints, in the API's order. V(null) inside of one means that the API does not say it.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: 'The ID.', returned: success, type: str, sample: ep-7f3a9c}
    name: {description: 'The name.', returned: success, type: str, sample: llama}
    type: {description: 'V(sync) or V(async).', returned: success, type: str, sample: sync}
    product_id: {description: 'The product''s ID.', returned: success, type: str, sample: serverless-rtx-4090-24}
    image: {description: 'The container image.', returned: success, type: str, sample: "registry.example.com/team/llama:1.4"}
    worker_config:
      description: The workers' number and size.
      returned: success
      type: dict
      contains:
        max_replicas: {description: 'The largest number of workers.', returned: success, type: int, sample: 3}
        min_replicas: {description: 'The smallest number of workers.', returned: success, type: int, sample: 0}
        idle_timeout: {description: 'Seconds until an idle worker is released.', returned: success, type: int, sample: 300}
        max_concurrent_per_worker: {description: 'Requests that one worker handles at a time.', returned: success, type: int, sample: 10}
        gpu_num: {description: 'GPUs of each worker.', returned: success, type: int, sample: 1}
        rootfs_size_gb: {description: 'Size of the system disk in GB.', returned: success, type: int, sample: 20}
        min_cuda_version: {description: 'The oldest CUDA version.', returned: success, type: str, sample: '12.4'}
        request_timeout: {description: 'Seconds after which a request is given up.', returned: success, type: int, sample: 60}
    app_name: {description: 'The application''s name in the URL.', returned: success, type: str, sample: llama}
    registry_auth_id: {description: 'The ID of the registry''s credentials.', returned: success, type: str, sample: ''}
    entrypoint: {description: 'The container''s entry point.', returned: success, type: str, sample: ''}
    command: {description: 'The container''s command.', returned: success, type: str, sample: ''}
    policy:
      description: When workers are added.
      returned: success
      type: dict
      contains:
        type: {description: 'V(queue) or V(concurrency).', returned: success, type: str, sample: queue}
        value: {description: 'The waiting time or the number of requests.', returned: success, type: int, sample: 100}
    volumes:
      description: The volumes, sorted by mount point.
      returned: success
      type: list
      elements: dict
      contains:
        id: {description: 'The storage''s ID.', returned: success, type: str, sample: storage-1}
        type: {description: 'V(local) or V(network).', returned: success, type: str, sample: network}
        size: {description: 'The size of a local volume.', returned: success, type: int, sample: 0}
        mount_point: {description: 'The path in the container.', returned: success, type: str, sample: /data}
    envs:
      description:
        - The environment variables, sorted by key.
        - The values read "(hidden)" unless O(include_env_values=true).
      returned: success
      type: list
      elements: dict
      contains:
        key: {description: 'The variable''s name.', returned: success, type: str, sample: LOG_LEVEL}
        value: {description: 'The variable''s value.', returned: success, type: str, sample: info}
    ports: {description: 'The ports in ascending order.', returned: success, type: list, elements: int, sample: [8080]}
    health_check:
      description: How workers are checked.
      returned: success
      type: dict
      contains:
        path: {description: 'The path.', returned: success, type: str, sample: /healthz}
        port: {description: 'The port.', returned: success, type: int, sample: 8080}
    region_id: {description: 'The region''s ID.', returned: success, type: str, sample: cn-east-1}
    status:
      description: The state of the endpoint, as the API names it. Other values are possible.
      returned: success
      type: dict
      contains:
        status: {description: 'The state.', returned: success, type: str, sample: running}
        error: {description: 'The kind of failure; empty if there is none.', returned: success, type: str, sample: ''}
        message: {description: 'More about it.', returned: success, type: str, sample: ''}
    url: {description: 'Where the endpoint answers.', returned: success, type: str, sample: "https://llama.example.com"}
    workers:
      description: The workers that there are.
      returned: success
      type: list
      elements: dict
      contains:
        id: {description: 'The worker''s ID.', returned: success, type: str, sample: worker-1}
        status:
          description: The state of the worker, as the API names it. Other values are possible.
          returned: success
          type: dict
          contains:
            status: {description: 'The state.', returned: success, type: str, sample: ready}
            error: {description: 'The kind of failure.', returned: success, type: str, sample: ''}
            message: {description: 'More about it.', returned: success, type: str, sample: ''}
        log: {description: 'The address of the worker''s log.', returned: success, type: str, sample: "https://log.example.com/worker-1"}
        health: {description: 'Whether the health check passes.', returned: success, type: bool, sample: true}
        drain: {description: 'Whether it takes no more requests.', returned: success, type: bool, sample: false}
    member_id: {description: 'The ID of the member who created it.', returned: success, type: str, sample: member-1}
    owner_id: {description: 'The ID of the account.', returned: success, type: str, sample: 0f0e6a5c-2d0f-4a52-8f6c-000000000001}
    created_at: {description: 'When it was created, in Unix seconds.', returned: success, type: int, sample: 1767225600}
error:
  description: What the API answered to the call that failed; empty strings if there was no call, such as without a key.
  returned: failure, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: GET}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /gpus/v2/endpoints}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 403}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: INVALID_API_KEY}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform


def main() -> None:
    module.run(inform(ENDPOINT))


if __name__ == "__main__":
    main()
