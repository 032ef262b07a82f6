#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create, keep, change and remove a serverless GPU endpoint."""

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint
short_description: Manage a serverless GPU endpoint of PPIO or Novita
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Creates, changes and deletes an endpoint through the GPU API v2.
  - An endpoint is found by its exact O(name), or by its O(id).
  - An option that you do not set keeps its value, and is not sent when an endpoint is created. To change an endpoint that exists,
    give its O(name) or O(id) and the options that change. If no endpoint has that O(name) yet, the task fails, names the options
    that a create also needs, and sends nothing.
  - An empty string or list clears the option. A list replaces the whole old list. Inside O(worker_config), O(policy) and
    O(health_check), only the suboptions that you set are changed.
  - All options are checked against the limits of the API before anything is sent.
  - An endpoint costs money for every second that a worker runs.
notes:
  - Values are converted if their meaning is clear, as in every Ansible module, so that short commands work. A number
    may be a string, a list may be a string with commas, such as V(ports=8000,8001), and a mapping may be a string with
    JSON or with k=v, such as V(worker_config="max_replicas=1").
extends_documentation_fragment:
  - ppio.gpu.connection
  - ppio.gpu.attributes
  - ppio.gpu.attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(unique_name=false) and without O(id), every run creates another endpoint.
options:
  state:
    description:
      - V(present) creates the endpoint, or changes it where it differs.
      - V(absent) deletes it with all its workers. It is not an error if it does not exist.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The ID of the endpoint to change or delete, from 1 to 255 characters.
      - With it, O(name) is just one of the fields, and may rename the endpoint.
      - An ID that does not exist is an error with O(state=present); it is never turned into a new endpoint.
    type: str
  unique_name:
    description:
      - V(true) takes O(name) as the identity of the endpoint. If several have it, the task fails and lists their IDs.
      - Names are compared exactly. If none is equal, but one differs only in case, in spaces around it or in its Unicode form, the task
        fails before it creates anything, and names both.
      - V(false) does not search for the name, and creates an endpoint in every run, unless O(id) is set.
      - Where the server answers 404, 405 or 501 to the list of endpoints, the module creates without looking, with a warning.
    type: bool
    default: true
  allow_recreate:
    description:
      - Whether to delete the endpoint and create it anew when O(type) or O(app_name) differ, which cannot be changed.
      - The new endpoint has another ID, and keeps every setting that the task does not set. A warning says so, in check mode, too.
      - If the new one is refused, the old one is created again with all its settings, and the task fails. If that is refused, too,
        RV(deleted) has what it was.
    type: bool
    default: false
  ignore_changes:
    description:
      - What is left as it is once the endpoint exists, such as what an autoscaler or somebody in the console changes.
      - Each is the path of an option, such as V(worker_config.max_replicas), V(policy) or V(envs.MODEL_REVISION). An option means
        all that is inside of it, and the key of an entry means that entry. V(secret_envs) means the variables that the task has there.
        There are no indexes and no wildcards.
      - A new endpoint gets the value of the task. Later, a different value is not reported as a change. An update sends the value that a read
        right before it shows, because it sends all options. What changes between that read and the update is overwritten.
      - With O(allow_recreate=true) the new endpoint gets the current value.
      - A variable that is ignored also survives O(purge_envs=true). RV(ignored) lists what was ignored.
      - O(name), O(id), O(type) and O(app_name) cannot be ignored.
    type: list
    elements: str
  on_ambiguous:
    description:
      - What to do when the answer to the one request to create is lost, and the new endpoint does not show in the list
        within 30 seconds (or what is left of O(retry_timeout)).
      - V(fail) ends the task as "outcome unknown". A rerun on the same machine is safe (not with O(unique_name=false), which never looks). Each
        create is recorded in C(~/.ansible/ppio_gpu_creates), for at least 10 minutes and until the list shows the endpoint. A rerun waits for that
        endpoint until O(retry_timeout), and creates no second one while it may still show up. What left no trace for 10 minutes counts as never
        created.
      - V(resend) sends the request again, in a rerun, too. If the first one shows up late, there are two endpoints.
      - If the new endpoint does show, the task goes on with it, with a warning.
    type: str
    choices: [fail, resend]
    default: fail
  on_duplicate:
    description:
      - What to do when another controller has created an endpoint of the same O(name) at the same moment.
      - V(fail) keeps both, and fails with both IDs.
      - V(keep_oldest) keeps the older one, by creation time and then ID. Each run deletes only what it created itself, and goes
        on with the one that stays.
      - Tasks with the same home directory on the same machine take turns, so they never meet. Other users, machines and containers
        know nothing of each other's locks and records.
    type: str
    choices: [fail, keep_oldest]
    default: fail
  wait:
    description:
      - Whether to wait until the endpoint serves, or with O(state=absent) until neither a get nor the list shows it.
      - After a change of what workers run, such as O(image) or O(envs), a worker counts only if it is new, or if a poll after the change showed that
        it did not serve. Then as many as O(worker_config.min_replicas) have to serve for O(rollout.stable_for) seconds.
      - Where no such worker can be seen, such as with O(worker_config.min_replicas=0), the task goes on with a warning, and
        RV(rollout.outcome) is V(unproven).
      - Ends early, with the API's own words, when the endpoint fails for good, or all its workers fail for O(failure_patience) seconds.
      - A poll that fails because of a transient error is repeated until O(wait_timeout), whatever O(retry_timeout) says.
      - Check mode does not wait.
    type: bool
    default: false
  wait_for:
    description:
      - V(ready) waits until the API says that the endpoint serves and, unless O(worker_config.min_replicas=0),
        at least one worker is ready and healthy.
      - V(workers) waits until at least O(worker_config.min_replicas) workers are ready and healthy, or one if that is V(0).
    type: str
    choices: [ready, workers]
    default: ready
  wait_timeout:
    description: Seconds to wait at most, from 1 to 86400.
    type: int
    default: 600
  cost:
    description:
      - Whether to return in RV(cost) what the endpoint costs in an hour before and after the task, in check mode, too.
      - Reads the prices once in the whole task, with one more call.
    type: bool
    default: false
  budget:
    description:
      - What the endpoint may cost at most. Implies O(cost).
      - Checked before the first write, in check mode, too. If the cost would exceed it, or a price that matters is not known, the
        whole task fails and nothing is written.
      - The workers that O(rollout.surge) adds for a while count, too.
      - A task that does not raise the cost passes, even if the limit is exceeded already.
    type: dict
    suboptions:
      max_hourly:
        description: The largest cost in an hour after the task, in the unit of the provider's prices. A number, 0 or more.
        type: float
      max_hourly_increase:
        description: The largest increase of the cost in an hour. A number, 0 or more. Required, unless O(budget.max_hourly) is set.
        type: float
      basis:
        description:
          - V(ceiling) limits the cost with C(max_replicas) workers, V(floor) the cost with C(min_replicas) workers.
        type: str
        choices: [ceiling, floor]
        default: ceiling
      scope:
        description:
          - V(listed) counts this endpoint, V(account) the whole account.
          - RV(cost) counts the same endpoints as the budget.
        type: str
        choices: [listed, account]
        default: listed
  smoke_test:
    description:
      - A request to the endpoint's own URL once the wait is over. The task fails unless the answer is as expected.
      - Sent in every run, also if nothing changes. If no worker runs, it starts one, and you pay until O(worker_config.idle_timeout) is over.
      - Needs O(wait=true). Not for O(type=async), see M(ppio.gpu.endpoint_invoke) instead. Check mode sends nothing.
      - The API key never goes to an endpoint's URL. Redirects are not followed.
    type: dict
    suboptions:
      path:
        description: The path below the endpoint's URL, with a query if there is one, at most 8192 characters.
        type: str
        default: /
      method:
        description: The HTTP method.
        type: str
        choices: [GET, HEAD, POST, PUT, PATCH, DELETE]
        default: GET
      headers:
        description: Headers to send. They are shown in logs.
        type: dict
      secret_headers:
        description: Headers with secret values, such as the token of the application. No result, message or log shows them.
        type: dict
      body:
        description: The body. A string is sent as it is, everything else as JSON.
        type: raw
      timeout:
        description: Seconds for one whole answer. From 1 to 3600.
        type: int
        default: 60
      start_timeout:
        description:
          - Seconds for the start of a worker, after the wait. Until then the request is sent again where no connection can be made,
            where no answer comes, or where it is HTTP 429, 502, 503 or 504.
          - Every other answer is judged at once. From 0 to 86400.
        type: int
        default: 300
      successes:
        description: How many answers in a row must be as expected, within O(smoke_test.start_timeout). From 1 to 100.
        type: int
        default: 1
      repeatable:
        description:
          - Whether a request other than GET or HEAD does no harm when it arrives twice. Without this it is sent again only
            while no connection can be made.
        type: bool
        default: false
      expect:
        description: What the answer must be.
        type: dict
        suboptions:
          status:
            description: The HTTP statuses that pass, each from 100 to 599.
            type: list
            elements: int
            default: [200]
          contains:
            description: Text that the answer must contain.
            type: str
          json:
            description: A part of the JSON that the answer must have. Mappings may have more keys; lists must have the same length.
            type: raw
          max_seconds:
            description: The longest time in seconds that the answer may take.
            type: float
  failure_patience:
    description:
      - Seconds for which all workers that count may fail before O(wait) gives up, from 0 to 86400.
      - Missing stock and a failing image pull often resolve by themselves. An error of the endpoint itself ends a wait at once,
        unless it was there before the change.
    type: int
    default: 60
  rollout:
    description: How a change is rolled out. Needs O(wait=true).
    type: dict
    suboptions:
      on_failure:
        description:
          - What happens to a change after which the endpoint does not become ready. The task fails either way.
          - V(keep) leaves it. V(rollback) sends the previous settings again, and waits until they serve.
          - Only a change of an endpoint that served before is rolled back, and only if nobody else has changed it meanwhile.
            A task that is interrupted, a refused key and an unpaid account roll nothing back.
          - V(rollback) is refused before anything is sent where the endpoint would be created anew, where the API hides the
            value of a variable, or where it does not say what a setting was that cannot be cleared. RV(rollout.outcome) says what was done.
        type: str
        choices: [keep, rollback]
        default: keep
      stable_for:
        description:
          - Seconds for which the workers must be ready and healthy in every poll, from 0 to 3600. One bad poll starts the count again.
          - Counts after an endpoint was created, and after a change of what its workers run. May last beyond O(wait_timeout).
        type: int
        default: 15
      surge:
        description:
          - Extra workers, on top of O(worker_config.min_replicas), until the change has been proved, from 0 to 100. If traffic
            keeps more workers running right before the change, they are on top of those.
          - Whether there is downtime depends on how the API replaces workers. RV(rollout.seconds_without_serving) says how long
            nothing served.
          - With V(1), a worker has to start with what was changed, also where O(worker_config.min_replicas=0),
            and where the API replaces workers only when it needs more of them.
          - One more request sets O(worker_config.min_replicas) and O(worker_config.max_replicas) to what they are to be.
            If the task is killed before that, the next run of the task on the same machine does so.
        type: int
        default: 0
      timeout:
        description: Seconds that a rollback may take to serve, from 1 to 86400. As long as O(wait_timeout) if not set.
        type: int
  name:
    description:
      - The name, from 1 to 255 characters.
      - Needed to create an endpoint, and to find one. One of O(name) and O(id) is required.
    type: str
  type:
    description:
      - V(sync) answers each request at the endpoint's URL, V(async) takes jobs.
      - Needed to create an endpoint. Cannot be changed, see O(allow_recreate).
    type: str
    choices: [sync, async]
  product_id:
    description:
      - The ID of the serverless product, which is the kind of GPU. From 1 to 255 characters.
      - Needed to create an endpoint, unless O(product_ids) is set.
    type: str
  product_ids:
    description:
      - IDs of acceptable serverless products, the best first. Each from 1 to 255 characters. Instead of O(product_id).
      - An endpoint that has one of them counts as unchanged, whatever stock and prices are today. To move it, set O(product_id).
      - One is chosen when the endpoint is created, or when it has another product. RV(product) says which one and why.
      - With O(wait=true), an endpoint that this task has created and that has never served gets the next one that fits, in place,
        if the API says of all its workers that nothing is in stock. That happens after O(failure_patience), within O(wait_timeout), and
        once with each. A product that would exceed O(budget) is left out. Only missing stock triggers the next product.
    type: list
    elements: str
  product_choice:
    description:
      - Which of O(product_ids) that fit is chosen. V(ordered) takes the first, V(cheapest) the one with the lowest price.
      - A product of which the API does not say whether it fits comes last, with a warning.
    type: str
    choices: [ordered, cheapest]
    default: ordered
  check_stock:
    description:
      - Whether the product must fit before anything is written, in check mode, too. A product fits if it is listed as a serverless GPU product, can be
        deployed, takes O(worker_config.gpu_num), is in O(region_id), and has GPUs for O(worker_config.min_replicas) and
        O(rollout.surge) workers, or for one. With O(rollout.surge), the workers that are there count if they are more.
      - Checked when the endpoint is created, or gets another product. The products are read once in the whole task.
      - The default is V(true) with O(product_ids). Without, a real run does not check, and check mode does, with the same call, if the
        endpoint would be created, or get another product, region or number of GPUs. It fails if the product is not listed, not in the
        region or of another size, and warns of anything else. With V(false), neither checks.
    type: bool
  image:
    description:
      - The container image, from 1 to 500 characters.
      - Needed to create an endpoint.
    type: str
  worker_config:
    description:
      - How many workers there are, and how big each one is.
      - Needed to create an endpoint.
    type: dict
    suboptions:
      max_replicas:
        description: The largest number of workers, from 0 to 1000. Needed to create an endpoint.
        type: int
      min_replicas:
        description:
          - The smallest number of workers, from 0 to 1000, and not above O(worker_config.max_replicas).
          - With V(0) the endpoint costs nothing while nobody uses it.
        type: int
      idle_timeout:
        description: Seconds without a request after which a worker is released, from 1 to 1000.
        type: int
      max_concurrent_per_worker:
        description: Requests that one worker handles at the same time, from 1 to 1000.
        type: int
      gpu_num:
        description: GPUs of each worker, from 1 to 8.
        type: int
      rootfs_size_gb:
        description: Size of each worker's system disk in GB, from 10 to 100.
        type: int
      min_cuda_version:
        description: The oldest CUDA version that a worker may have.
        type: str
        choices: ['12.4', '12.6', '12.8', '12.9', '13.0']
      request_timeout:
        description: Seconds after which a request is given up, from 1 to 1800.
        type: int
  app_name:
    description:
      - The application's name, which is part of the URL. At most 255 characters.
      - The API chooses one if it is empty or not set. Cannot be changed, see O(allow_recreate).
    type: str
  registry_auth_id:
    description: The ID of the saved credentials for a private registry, at most 255 characters.
    type: str
  entrypoint:
    description: The container's entry point. No limit is documented.
    type: str
  command:
    description: The container's command. No limit is documented.
    type: str
  policy:
    description: When to add workers.
    type: dict
    suboptions:
      type:
        description: V(queue) looks at the time that requests wait, V(concurrency) at their number.
        type: str
        choices: [queue, concurrency]
      value:
        description:
          - From 1 to 1000.
          - The waiting time with O(policy.type=queue), the number of requests with O(policy.type=concurrency).
        type: int
  volumes:
    description: The storage that each worker has, all of it. An empty list detaches everything.
    type: list
    elements: dict
    suboptions:
      id:
        description: The ID of the storage. No limit is documented. A network volume must be in the endpoint's region.
        type: str
      type:
        description: V(local) works, with a warning, because the provider is dropping it.
        type: str
        choices: [local, network]
      size:
        description: The size of a local volume. No limit is documented.
        type: int
      mount_point:
        description: The path at which the container sees the volume, at most 4095 characters.
        type: str
  envs:
    description:
      - Environment variables that anybody may see. Their values are in the result and in the diff.
      - Together with O(secret_envs) these are all variables of the endpoint, see O(purge_envs).
    type: list
    elements: dict
    suboptions:
      key:
        description: The variable's name, at most 511 characters. Each may occur once in both lists.
        type: str
      value:
        description: The variable's value, at most 4095 characters. Quote what YAML would read as something else, such as V("true") or V("1.10").
        type: str
  secret_envs:
    description:
      - Environment variables whose values are secret. They are never in a result, a diff or a message.
      - A changed value is a change, shown without its content.
      - An entry with a key and no value keeps the value that the endpoint has. Where there is none, as when the endpoint is created,
        the task fails before it writes anything, and names the keys.
    type: list
    elements: dict
    suboptions:
      key:
        description: The variable's name, at most 511 characters. Each may occur once in both lists.
        type: str
      value:
        description: The variable's value, at most 4095 characters. Without it, the value that is there stays.
        type: str
  purge_envs:
    description:
      - V(true) removes variables that are neither in O(envs) nor in O(secret_envs), if either of them is set.
      - V(false) keeps them.
    type: bool
    default: true
  ports:
    description: The ports on which the container listens, all of them, each from 1 to 65535. Their order means nothing.
    type: list
    elements: int
  health_check:
    description: How to tell that a worker can take requests, which is when the path answers with status 200.
    type: dict
    suboptions:
      path:
        description: The path to ask for. No limit is documented.
        type: str
      port:
        description: The port to ask on, from 0 to 65535.
        type: int
  region_id:
    description: The ID of the region to run in. No limit is documented.
    type: str
seealso:
  - module: ppio.gpu.endpoint_invoke
  - name: The provider's page for creating an endpoint
    description: Every field and its limits.
    link: https://ppio.com/docs/gpus/endpoint/reference-v2-create-endpoint
"""

EXAMPLES = r"""
- name: Create an endpoint that costs nothing while nobody uses it
  ppio.gpu.endpoint:
    name: llama
    type: sync
    product_id: serverless-rtx-4090-24
    image: registry.example.com/team/llama:1.4
    worker_config:
      min_replicas: 0
      max_replicas: 3
    ports: [8080]
    health_check:
      path: /healthz
      port: 8080
  register: llama

- name: Use its ID in a later task
  ansible.builtin.debug:
    msg: "{{ llama.id }} answers at {{ llama.endpoint.url }}"

- name: Keep one worker running, and leave everything else as it is
  ppio.gpu.endpoint:
    id: "{{ llama.id }}"
    worker_config:
      min_replicas: 1
      max_replicas: 3
  when: llama.id is not none  # check mode creates nothing, so it has no ID yet

- name: Set a secret that no output shows
  ppio.gpu.endpoint:
    id: "{{ llama.id }}"
    envs:
      - key: LOG_LEVEL
        value: info
    secret_envs:
      - key: HF_TOKEN
        value: "{{ lookup('ansible.builtin.env', 'HF_TOKEN', default=undef()) }}"
  when: llama.id is not none

- name: Go on only when two workers are ready
  ppio.gpu.endpoint:
    id: "{{ llama.id }}"
    worker_config:
      min_replicas: 2
      max_replicas: 3
    wait: true
    wait_for: workers
    wait_timeout: 900
  when: llama.id is not none

- name: Go on only when the right version answers
  ppio.gpu.endpoint:
    id: "{{ llama.id }}"
    image: registry.example.com/team/llama:1.5
    wait: true
    smoke_test:
      path: /version
      start_timeout: 600
      expect:
        json:
          image: registry.example.com/team/llama:1.5
  when: llama.id is not none

- name: Change the image within a budget, and roll back if it does not work
  ppio.gpu.endpoint:
    id: "{{ llama.id }}"
    image: registry.example.com/team/llama:1.6
    wait: true
    budget:
      max_hourly: 200
    rollout:
      surge: 1
      on_failure: rollback
  register: changed
  when: llama.id is not none

- name: Print how long nothing served, and what it costs
  ansible.builtin.debug:
    msg: "Nothing served for {{ changed.rollout.seconds_without_serving }} s. {{ changed.cost.text }}"
  when: changed.rollout | default(none) is not none

- name: Remove it
  ppio.gpu.endpoint:
    name: llama
    state: absent
"""

RETURN = r"""
operation:
  description: What was done, or in check mode what would be.
  returned: always, unless the options were refused
  type: str
  sample: create
  choices: [none, create, update, recreate, delete]
id:
  description:
    - The endpoint's ID. V(null) where there is none, such as when check mode predicts a new endpoint.
    - Also in a failed task, if there is an endpoint that it created or changed.
  returned: always, unless the options were refused
  type: str
  sample: ep-7f3a9c
deleted:
  description:
    - The endpoint that O(allow_recreate) deleted, as it was, where the new one was refused and the old one could not be put back.
      Like RV(endpoint), with the old ID. Values that may be secret are hidden. V(null) if nothing was lost.
  returned: failure, unless the options were refused
  type: dict
ignored:
  description: Values that differ from the task and were left as they are, because of O(ignore_changes). Empty if there are none.
  returned: always, unless the options were refused
  type: list
  elements: dict
  contains:
    path: {description: 'The path of the option.', returned: success, type: str, sample: worker_config.max_replicas}
    current: {description: 'The value that the endpoint has, or "(hidden)". V(null) if there is none.', returned: success, type: raw, sample: 9}
    wanted: {description: 'The value that the task has, or "(hidden)". V(null) if there is none.', returned: success, type: raw, sample: 3}
cost:
  description:
    - What the endpoint costs in an hour, if O(cost) or O(budget) is set, and V(null) otherwise. The same in check mode.
    - If an endpoint got another product during the wait (O(product_ids)), it is the cost with that.
    - Sums are decimal strings with all their digits. The API names no currency. V(null) inside of it means that a price is not known.
    - Disk space beyond the free part and network volumes are not included. A price is assumed to be per GPU, as the provider's pricing page suggests.
  returned: always, unless the options were refused
  type: dict
  contains:
    before:
      description: Before the task.
      returned: success
      type: dict
      contains:
        floor: {description: 'With C(min_replicas) workers, the smallest number.', returned: success, type: str, sample: '0.00'}
        ceiling: {description: 'With C(max_replicas) workers, the largest number.', returned: success, type: str, sample: '5.04'}
    after:
      description: After the task.
      returned: success
      type: dict
      contains:
        floor: {description: 'With C(min_replicas) workers.', returned: success, type: str, sample: '1.68'}
        ceiling: {description: 'With C(max_replicas) workers.', returned: success, type: str, sample: '10.08'}
    peak:
      description: The most that is paid at a time. It may be more than RV(cost.after) with O(rollout.surge), and is the same otherwise.
      returned: success
      type: dict
      contains:
        floor: {description: 'With the smallest number of workers meanwhile.', returned: success, type: str, sample: '3.36'}
        ceiling: {description: 'With the largest number of workers meanwhile.', returned: success, type: str, sample: '10.08'}
    increase:
      description: How much more it is after the task than before; negative if it is less.
      returned: success
      type: dict
      contains:
        floor: {description: 'With C(min_replicas) workers.', returned: success, type: str, sample: '1.68'}
        ceiling: {description: 'With C(max_replicas) workers.', returned: success, type: str, sample: '5.04'}
    now: {description: 'With the workers that there were before the task.', returned: success, type: str, sample: '3.36'}
    per_worker: {description: 'One worker.', returned: success, type: str, sample: '1.68'}
    unit: {description: 'The time that all of these are for.', returned: success, type: str, sample: hour}
    text: {description: 'Human-readable summary.', returned: success, type: str, sample: 'llama: 0.00 to 5.04 → 1.68 to 10.08 an hour (3 → 6 × RTX 4090)'}
    unpriced:
      description: Endpoints whose price is not known.
      returned: success
      type: list
      elements: dict
      contains:
        name: {description: 'The name.', returned: success, type: str, sample: llama}
        reason: {description: 'Why.', returned: success, type: str, sample: the unit of its price is per_fortnight}
product:
  description:
    - Which product was chosen, and why. V(null) without O(product_ids) and O(check_stock), and with O(state=absent).
    - V(null) inside of it means that the API does not say it.
  returned: always, unless the options were refused
  type: dict
  contains:
    id: {description: 'The ID of the product; V(null) if none fits.', returned: success, type: str, sample: serverless-rtx-4090-24}
    reason: {description: 'Why.', returned: success, type: str, sample: 'the first that fits: 31 GPUs in stock, 1 needed'}
    candidates:
      description: What was looked at; nothing if the endpoint has one of them already.
      returned: success
      type: list
      elements: dict
      contains:
        id: {description: 'The ID of the product.', returned: success, type: str, sample: serverless-rtx-4090-24}
        fits: {description: 'Whether it fits.', returned: success, type: bool, sample: true}
        reason: {description: 'Why, or why not.', returned: success, type: str, sample: '31 GPUs in stock, 1 needed'}
        price: {description: 'The price of one worker for an hour, as a decimal string.', returned: success, type: str, sample: '1.68'}
        available: {description: 'GPUs in stock, without those that other entries of the task take.', returned: success, type: int, sample: 31}
    tried:
      description: What was tried one after the other while the task waited; nothing if the first one was never given up.
      returned: success
      type: list
      elements: dict
      contains:
        id: {description: 'The ID of the product.', returned: success, type: str, sample: serverless-l40s-48}
        outcome:
          description:
            - V(no_stock) if no worker got a GPU, V(refused) if the API said so at once, V(unfit) if it did not fit any more,
              V(over_budget) if it would have broken O(budget), V(failed) for anything else, and V(ready).
          returned: success
          type: str
          sample: no_stock
        reason: {description: 'Why.', returned: success, type: str, sample: no worker got one}
ansible_facts:
  description: Facts for later tasks of the play.
  returned: success with O(state=present)
  type: dict
  contains:
    ppio_endpoint_id:
      description: The endpoint's ID, the same as RV(id).
      returned: success
      type: str
      sample: ep-7f3a9c
endpoint:
  description:
    - The endpoint as the API shows it afterwards, or as it is going to be in check mode. V(null) if there is none.
    - V(null) inside of it means that the API does not say it.
  returned: always, unless the options were refused
  type: dict
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
        - Only values of keys in O(envs) are shown; the others read "(hidden)".
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
rollout:
  description: What a wait has shown. V(null) where nothing was waited for, as without O(wait), in check mode, or for what is to be absent.
  returned: always, unless the options were refused
  type: dict
  contains:
    outcome:
      description:
        - V(completed) if the new settings serve, V(partial) if they serve in a new worker and old workers still serve too,
          V(unproven) if they are stored and no worker shows that they can serve, V(kept) if the endpoint does not become
          ready, and the change was not rolled back.
        - V(rolled_back) if it did not become ready, and the previous settings serve again, V(rollback_failed) if the rollback failed too,
          V(rollback_skipped) if a rollback would be wrong or impossible.
      returned: success
      type: str
      sample: completed
    reason: {description: 'Why it is not V(completed); empty if it is.', returned: success, type: str, sample: ''}
    seconds: {description: 'How long the wait took.', returned: success, type: int, sample: 48}
    old_workers: {description: 'The IDs of the workers that were there before.', returned: success, type: list, elements: str, sample: [worker-1]}
    new_workers: {description: 'The IDs of the workers that came or restarted since.', returned: success, type: list, elements: str, sample: [worker-2]}
    serving_lowest:
      description: The fewest workers that served in a poll. V(null) if there was no poll.
      returned: success
      type: int
      sample: 1
    seconds_without_serving: {description: 'For how long no worker served.', returned: success, type: int, sample: 0}
    logs: {description: 'The addresses of the workers'' logs.', returned: success, type: list, elements: str, sample: ["https://log.example.com/worker-2"]}
diff:
  description: The fields before and after, if there is a difference in them. Secret values are hidden.
  returned: success in diff mode
  type: dict
  contains:
    before: {description: 'The fields before; empty if there was no endpoint.', returned: success, type: dict}
    after: {description: 'The fields after; empty if there is no endpoint.', returned: success, type: dict}
smoke_test:
  description:
    - How O(smoke_test) went, as M(ppio.gpu.endpoint_invoke) returns it. V(null) where nothing was sent.
  returned: always, unless the options were refused
  type: dict
  contains:
    status:
      description: The HTTP status of the last answer. V(null) without one.
      returned: always, unless the options were refused
      type: int
      sample: 200
    seconds:
      description: Seconds that the last answer took.
      returned: always, unless the options were refused
      type: float
      sample: 0.213
    first_answer_after:
      description:
        - Seconds from the first try until the first answer of the application itself, which is how long a cold start took.
        - V(null) where there was none.
      returned: always, unless the options were refused
      type: float
      sample: 41.7
    attempts:
      description: How many requests were sent.
      returned: always, unless the options were refused
      type: int
      sample: 9
    answer:
      description: The last answer. V(null) without one.
      returned: always, unless the options were refused
      type: dict
      contains:
        text:
          description: The text, up to 65536 characters, without control characters other than line breaks and tabs.
          returned: always, unless the options were refused
          type: str
          sample: '{"model": "llama"}'
        json:
          description: The same, read as JSON. V(null) where it is not JSON, is longer than that, or is nested more than 64 levels deep.
          returned: always, unless the options were refused
          type: raw
          sample: {model: llama}
        truncated:
          description: Whether the answer went on.
          returned: always, unless the options were refused
          type: bool
          sample: false
    url:
      description: The URL that was asked.
      returned: always, unless the options were refused
      type: str
      sample: "https://llama.example.com/healthz"
error:
  description: What the API answered to the call that failed; empty strings if there was no call, such as without a key.
  returned: failure, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: POST}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /gpus/v2/endpoints}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 400}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: IMAGE_NOT_FOUND}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage import manage


def main() -> None:
    module.run(manage(ENDPOINT))


if __name__ == "__main__":
    main()
