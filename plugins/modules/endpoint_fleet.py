#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage many serverless GPU endpoints in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_fleet
short_description: Manage many serverless GPU endpoints of PPIO or Novita in one task
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Creates and changes hundreds or thousands of endpoints as described, and can delete those that are not described.
  - Reads the list once, compares all endpoints with it, writes only what differs, several at once, and reads the list once
    more to check what was written.
  - Every entry is attempted, and the task fails at the end if any failed. If the API refuses the key or the account,
    it stops at once.
  - Follows the rules of M(ppio.gpu.endpoint) for each entry.
  - An endpoint costs money for every second that a worker runs.
notes:
  - Values are converted if their meaning is clear, as M(ppio.gpu.endpoint) does.
extends_documentation_fragment:
  - ppio.gpu.connection
  - ppio.gpu.attributes
  - ppio.gpu.attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - One difference for each endpoint that changes.
  idempotent:
    support: partial
    details:
      - With O(endpoints[].unique_name=false) and without O(endpoints[].id), every run creates another endpoint.
options:
  endpoints:
    description:
      - The endpoints. Each takes the options of M(ppio.gpu.endpoint).
      - The API's list does not say the type, so a different O(endpoints[].type) is noticed only when the endpoint is about
        to change for another reason, or with O(include_details=true).
      - Needed, unless O(src) is set.
    type: list
    elements: dict
    suboptions:
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
          - With it, O(endpoints[].name) is just one of the fields, and may rename the endpoint.
          - An ID that does not exist is an error with O(endpoints[].state=present); it is never turned into a new endpoint.
        type: str
      unique_name:
        description:
          - V(true) takes O(endpoints[].name) as the identity of the endpoint. If several have it, the task fails and lists their IDs.
          - Names are compared exactly. If none is equal, but one differs only in case, in spaces around it or in its Unicode form, the task
            fails before it creates anything, and names both.
          - V(false) does not search for the name, and creates an endpoint in every run, unless O(endpoints[].id) is set.
          - Where the server answers 404, 405 or 501 to the list of endpoints, the module creates without looking, with a warning.
        type: bool
        default: true
      allow_recreate:
        description:
          - Whether to delete the endpoint and create it anew when O(endpoints[].type) or O(endpoints[].app_name) differ, which cannot be changed.
          - The new endpoint has another ID, and keeps every setting that the task does not set. A warning says so, in check mode, too.
          - If the new one is refused, the old one is created again with all its settings, and the task fails. If that is refused, too,
            RV(endpoints[].deleted) has what it was.
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
          - With O(endpoints[].allow_recreate=true) the new endpoint gets the current value.
          - A variable that is ignored also survives O(endpoints[].purge_envs=true). RV(endpoints[].ignored) lists what was ignored.
          - O(endpoints[].name), O(endpoints[].id), O(endpoints[].type) and O(endpoints[].app_name) cannot be ignored.
        type: list
        elements: str
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
                value of a variable, or where it does not say what a setting was that cannot be cleared. RV(endpoints[].rollout.outcome) says what was done.
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
              - Extra workers, on top of O(endpoints[].worker_config.min_replicas), until the change has been proved, from 0 to 100.
                If traffic keeps more workers running right before the change, they are on top of those.
              - Whether there is downtime depends on how the API replaces workers. RV(endpoints[].rollout.seconds_without_serving)
                says how long nothing served.
              - With V(1), a worker has to start with what was changed, also where O(endpoints[].worker_config.min_replicas=0),
                and where the API replaces workers only when it needs more of them.
              - One more request sets O(endpoints[].worker_config.min_replicas) and O(endpoints[].worker_config.max_replicas) to what they are to be.
                If the task is killed before that, the next run of the task on the same machine does so.
            type: int
            default: 0
          timeout:
            description: Seconds that a rollback may take to serve, from 1 to 86400. As long as O(wait_timeout) if not set.
            type: int
      on_ambiguous:
        description:
          - What to do when the answer to the one request to create is lost, and the new endpoint does not show in the list
            within 30 seconds (or what is left of O(retry_timeout)).
          - V(fail) ends the task as "outcome unknown". A rerun on the same machine is safe (not with O(endpoints[].unique_name=false), which never
            looks). Each create is recorded in C(~/.ansible/ppio_gpu_creates), for at least 10 minutes and until the list shows the endpoint. A rerun
            waits for that endpoint until O(retry_timeout), and creates no second one while it may still show up. What left no trace for 10 minutes
            counts as never created.
          - V(resend) sends the request again, in a rerun, too. If the first one shows up late, there are two endpoints.
          - If the new endpoint does show, the task goes on with it, with a warning.
        type: str
        choices: [fail, resend]
        default: fail
      on_duplicate:
        description:
          - What to do when another controller has created an endpoint of the same O(endpoints[].name) at the same moment.
          - V(fail) keeps both, and fails with both IDs.
          - V(keep_oldest) keeps the older one, by creation time and then ID. Each run deletes only what it created itself, and goes
            on with the one that stays.
          - Tasks with the same home directory on the same machine take turns, so they never meet. Other users, machines and containers
            know nothing of each other's locks and records.
        type: str
        choices: [fail, keep_oldest]
        default: fail
      smoke_test:
        description:
          - A request to the endpoint's own URL once the wait is over. The task fails unless the answer is as expected.
          - Sent in every run, also if nothing changes. If no worker runs, it starts one, and you pay until O(endpoints[].worker_config.idle_timeout) is over.
          - Needs O(wait=true). Not for O(endpoints[].type=async), see M(ppio.gpu.endpoint_invoke) instead. Check mode sends nothing.
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
            description: How many answers in a row must be as expected, within O(endpoints[].smoke_test.start_timeout). From 1 to 100.
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
      name:
        description:
          - The name, from 1 to 255 characters.
          - Needed to create an endpoint, and to find one. One of O(endpoints[].name) and O(endpoints[].id) is required.
        type: str
      type:
        description:
          - V(sync) answers each request at the endpoint's URL, V(async) takes jobs.
          - Needed to create an endpoint. Cannot be changed, see O(endpoints[].allow_recreate).
        type: str
        choices: [sync, async]
      product_id:
        description:
          - The ID of the serverless product, which is the kind of GPU. From 1 to 255 characters.
          - Needed to create an endpoint, unless O(endpoints[].product_ids) is set.
        type: str
      product_ids:
        description:
          - IDs of acceptable serverless products, the best first. Each from 1 to 255 characters. Instead of O(endpoints[].product_id).
          - An endpoint that has one of them counts as unchanged, whatever stock and prices are today. To move it, set O(endpoints[].product_id).
          - One is chosen when the endpoint is created, or when it has another product. RV(endpoints[].product) says which one and why.
          - With O(wait=true), an endpoint that this task has created and that has never served gets the next one that fits, in place,
            if the API says of all its workers that nothing is in stock. That happens after O(failure_patience), within O(wait_timeout), and
            once with each. A product that would exceed O(budget) is left out. Only missing stock triggers the next product.
        type: list
        elements: str
      product_choice:
        description:
          - Which of O(endpoints[].product_ids) that fit is chosen. V(ordered) takes the first, V(cheapest) the one with the lowest price.
          - A product of which the API does not say whether it fits comes last, with a warning.
        type: str
        choices: [ordered, cheapest]
        default: ordered
      check_stock:
        description:
          - Whether the product must fit before anything is written, in check mode, too. A product fits if it is listed as a serverless GPU product, can be
            deployed, takes O(endpoints[].worker_config.gpu_num), is in O(endpoints[].region_id), and has GPUs for
            O(endpoints[].worker_config.min_replicas) and O(endpoints[].rollout.surge) workers, or for one.
            With O(endpoints[].rollout.surge), the workers that are there count if they are more.
          - Checked when the endpoint is created, or gets another product. The products are read once in the whole task.
          - Entries that get their product in the same task do not count the same GPU twice.
          - The default is V(true) with O(endpoints[].product_ids). Without, a real run does not check, and check mode does, with the same call, if the
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
              - The smallest number of workers, from 0 to 1000, and not above O(endpoints[].worker_config.max_replicas).
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
          - The API chooses one if it is empty or not set. Cannot be changed, see O(endpoints[].allow_recreate).
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
              - The waiting time with O(endpoints[].policy.type=queue), the number of requests with O(endpoints[].policy.type=concurrency).
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
          - Together with O(endpoints[].secret_envs) these are all variables of the endpoint, see O(endpoints[].purge_envs).
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
          - V(true) removes variables that are neither in O(endpoints[].envs) nor in O(endpoints[].secret_envs), if either of them is set.
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
  src:
    description:
      - A YAML or JSON file with the list of endpoints, or a directory with such files in it and below, on the controller.
      - Files may be encrypted with Ansible Vault. Each has a list, or a mapping with the key C(endpoints).
      - A mapping may also have C(defaults), which are options that every entry of this file has unless it says otherwise.
        Mappings such as O(endpoints[].worker_config) are merged option by option, lists are replaced as a whole. V(null) in an
        entry removes a default.
      - Files are not templated. A string that looks like a template is an error, unless the file has C(literal=true) beside C(endpoints),
        which means that such strings are taken literally.
      - Links to directories are not followed. With O(prune), everything that is in the directory must be read, so a link
        to a directory, a link that leads nowhere, or a file with another ending is an error that names it.
      - Faster than a large variable. Must not be empty. No limit on the path's length.
    type: path
  concurrency:
    description:
      - Requests at the same time, from 1 to 64.
      - Halved whenever the API says that there are too many, and then grown again.
    type: int
    default: 16
  include_details:
    description: Whether to read each endpoint by itself before comparing, in addition to the list.
    type: bool
    default: false
  prune:
    description:
      - Whether to delete endpoints whose names begin with O(name_prefix) and that are not listed.
      - Happens after everything else, and only if all of that went well.
    type: bool
    default: false
  name_prefix:
    description: The prefix of the names that O(prune) may delete, or that O(budget) counts. From 1 to 255 characters.
    type: str
  prune_empty:
    description:
      - Whether O(prune) may delete everything with the prefix because the list is empty, or has nothing with the prefix that
        is to be present.
    type: bool
    default: false
  batches:
    description:
      - How many endpoints are changed at a time, each as a number, 1 or more, or as a percentage of those that change, such as V(25%).
        The last size is also that of all batches that follow.
      - Each batch is written, and has to be ready, with its smoke tests and O(endpoints[].rollout), before the next is begun.
        Unchanged endpoints have to be ready before the first.
      - The first batch is the canary. Needs O(wait=true). If not set, all are changed at once.
    type: list
    elements: str
  max_failures:
    description:
      - If more entries than this fail, the next batch is not started. From 0 to 100000. The remaining entries count as
        RV(summary.not_attempted). Each failed entry is rolled back or kept by itself, see O(endpoints[].rollout.on_failure).
    type: int
    default: 0
  prune_max_percent:
    description:
      - If O(prune) would delete more than this part of the endpoints with the prefix, the task fails before the first write.
      - In percent, from 0 to 100.
    type: int
    default: 20
  wait:
    description:
      - Whether to wait until every endpoint serves, or with O(endpoints[].state=absent) until the list does not show it.
      - The list is read once per interval for all of them.
      - After a change of what workers run, such as O(endpoints[].image) or O(endpoints[].envs), a worker counts only if it is new, or if a poll after
        the change showed that it did not serve. Then as many as O(endpoints[].worker_config.min_replicas) have to serve for
        O(endpoints[].rollout.stable_for) seconds.
      - Where no such worker can be seen, such as with O(endpoints[].worker_config.min_replicas=0), it goes on with a warning, and
        RV(endpoints[].rollout.outcome) is V(unproven).
      - Ends early, with the API's own words, when the endpoint fails for good, or all its workers fail for O(failure_patience) seconds.
      - Check mode does not wait.
    type: bool
    default: false
  wait_for:
    description:
      - V(ready) waits until the API says that the endpoint serves and, unless O(endpoints[].worker_config.min_replicas=0),
        at least one worker is ready and healthy.
      - V(workers) waits until at least O(endpoints[].worker_config.min_replicas) workers are ready and healthy, or one if that is V(0).
    type: str
    choices: [ready, workers]
    default: ready
  wait_timeout:
    description: Seconds to wait at most, from 1 to 86400.
    type: int
    default: 600
  cost:
    description:
      - Whether to return in RV(cost) what the endpoints cost together in an hour before and after the task, in check mode, too.
      - Reads the prices once in the whole task, with one more call.
    type: bool
    default: false
  budget:
    description:
      - What the endpoints may cost together at most. Implies O(cost).
      - Checked before the first write, in check mode, too. If the cost would exceed it, or a price that matters is not known, the
        whole task fails and nothing is written.
      - The workers that O(endpoints[].rollout.surge) adds for a while count, too.
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
          - V(listed) counts the endpoints that the task lists or prunes, V(account) the whole account, V(prefix) all endpoints of the account
            whose name begins with O(name_prefix).
          - RV(cost) counts the same endpoints as the budget.
        type: str
        choices: [listed, prefix, account]
        default: listed
  failure_patience:
    description:
      - Seconds for which all workers that count may fail before O(wait) gives up, from 0 to 86400.
      - Missing stock and a failing image pull often resolve by themselves. An error of the endpoint itself ends a wait at once,
        unless it was there before the change.
    type: int
    default: 60
seealso:
  - module: ppio.gpu.endpoint
"""

EXAMPLES = r"""
- name: Two endpoints in one task
  ppio.gpu.endpoint_fleet:
    endpoints:
      - name: team-a-chat
        type: sync
        product_id: serverless-rtx-4090-24
        image: registry.example.com/team-a/chat:1.4
        worker_config:
          max_replicas: 3
        rollout:
          surge: 1
      - name: team-a-embeddings
        type: sync
        product_id: serverless-rtx-4090-24
        image: registry.example.com/team-a/embeddings:2.0
        worker_config:
          max_replicas: 8
        rollout:
          surge: 1
    wait: true
  register: fleet

- name: Print the URL of each
  ansible.builtin.debug:
    msg: "{{ item.name }} is {{ item.status }} at {{ item.url }}"
  loop: "{{ fleet.endpoints }}"
  loop_control:
    label: "{{ item.name }}"

- name: Everything that a directory describes, and nothing else with that prefix
  ppio.gpu.endpoint_fleet:
    src: "{{ playbook_dir }}/fleet"
    prune: true
    name_prefix: team-a-
"""

RETURN = r"""
summary:
  description: How many entries ended in which way. In check mode, how many would.
  returned: always, unless the whole task failed
  type: dict
  contains:
    created: {description: 'New endpoints.', returned: success, type: int, sample: 3}
    updated: {description: 'Changed endpoints.', returned: success, type: int, sample: 1}
    recreated: {description: 'Endpoints that were deleted and created anew.', returned: success, type: int, sample: 0}
    deleted: {description: 'Deleted endpoints.', returned: success, type: int, sample: 0}
    unchanged: {description: 'Endpoints that needed no change.', returned: success, type: int, sample: 96}
    failed: {description: 'Entries that failed.', returned: success, type: int, sample: 0}
    not_attempted:
      description:
        - Entries that were not started, because the API refused the key or the account, because more than O(max_failures) had failed, because the
          endpoint that has the name could not be renamed first, or, for O(prune), because something had failed.
      returned: success
      type: int
      sample: 0
endpoints:
  description: The outcome of each entry, in their order, and then of each pruned endpoint.
  returned: always, unless the whole task failed
  type: list
  elements: dict
  contains:
    name: {description: 'The name, or the ID where there is none.', returned: success, type: str, sample: llama-1}
    id: {description: 'The ID. V(null) where there is none.', returned: success, type: str, sample: ep-7f3a9c}
    operation: {description: 'What was done: V(none), V(create), V(update), V(recreate) or V(delete).', returned: success, type: str, sample: create}
    changed: {description: 'Whether it changed.', returned: success, type: bool, sample: true}
    url:
      description: The URL of the endpoint, as the last read showed it. V(null) if there is none.
      returned: success
      type: str
      sample: https://ep-7f3a9c.example.com
    status:
      description: Its status, in lower case, as the last read showed it. V(null) if it is not known.
      returned: success
      type: str
      sample: running
    deleted:
      description:
        - The endpoint that O(endpoints[].allow_recreate) deleted, as it was, where the new one was refused and the old one could not be put back.
          Like RV(ppio.gpu.endpoint#module:endpoint), with the old ID. Values that may be secret are hidden. V(null) if nothing was lost.
      returned: if the entry failed
      type: dict
    ignored:
      description: Values that differ from the entry and were left as they are, because of O(endpoints[].ignore_changes). Empty if there are none.
      returned: success
      type: list
      elements: dict
      contains:
        path: {description: 'The path of the option.', returned: success, type: str, sample: worker_config.max_replicas}
        current: {description: 'The value that the endpoint has, or "(hidden)". V(null) if there is none.', returned: success, type: raw, sample: 9}
        wanted: {description: 'The value that the entry has, or "(hidden)". V(null) if there is none.', returned: success, type: raw, sample: 3}
    product:
      description:
        - Which product was chosen, and why. V(null) without O(endpoints[].product_ids) and O(endpoints[].check_stock), and with O(endpoints[].state=absent).
        - V(null) inside of it means that the API does not say it.
      returned: success
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
    smoke_test:
      description:
        - How O(endpoints[].smoke_test) went, as M(ppio.gpu.endpoint_invoke) returns it. V(null) where nothing was sent.
      returned: success
      type: dict
      contains:
        status:
          description: The HTTP status of the last answer. V(null) without one.
          returned: success
          type: int
          sample: 200
        seconds:
          description: Seconds that the last answer took.
          returned: success
          type: float
          sample: 0.213
        first_answer_after:
          description:
            - Seconds from the first try until the first answer of the application itself, which is how long a cold start took.
            - V(null) where there was none.
          returned: success
          type: float
          sample: 41.7
        attempts:
          description: How many requests were sent.
          returned: success
          type: int
          sample: 9
        answer:
          description: The last answer. V(null) without one.
          returned: success
          type: dict
          contains:
            text:
              description: The text, up to 65536 characters, without control characters other than line breaks and tabs.
              returned: success
              type: str
              sample: '{"model": "llama"}'
            json:
              description: The same, read as JSON. V(null) where it is not JSON, is longer than that, or is nested more than 64 levels deep.
              returned: success
              type: raw
              sample: {model: llama}
            truncated:
              description: Whether the answer went on.
              returned: success
              type: bool
              sample: false
        url:
          description: The URL that was asked.
          returned: success
          type: str
          sample: "https://llama.example.com/healthz"
    rollout:
      description: What a wait has shown of it. V(null) where nothing was waited for.
      returned: success
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
    message: {description: 'Why the entry failed.', returned: if the entry failed, type: str, sample: The API accepted the update but shows another image.}
ids:
  description: The ID of each endpoint that is to be present, by name.
  returned: always, unless the whole task failed
  type: dict
  sample: {llama-1: ep-7f3a9c}
cost:
  description:
    - What the endpoints cost together in an hour, if O(cost) or O(budget) is set, and V(null) otherwise. The same in check mode.
    - If an endpoint got another product during the wait (O(endpoints[].product_ids)), it is the cost with that.
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
      description:
        - The most that is paid at a time. It may be more than RV(cost.after) with O(endpoints[].rollout.surge), O(batches) or O(prune), and is the
          same otherwise.
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
    per_worker: {description: 'One worker, where it is the same for all.', returned: success, type: str, sample: '1.68'}
    unit: {description: 'The time that all of these are for.', returned: success, type: str, sample: hour}
    text: {description: 'Human-readable summary.', returned: success, type: str, sample: '12 endpoints: 0.00 to 5.04 → 1.68 to 10.08 an hour'}
    unpriced:
      description: Endpoints whose price is not known.
      returned: success
      type: list
      elements: dict
      contains:
        name: {description: 'The name.', returned: success, type: str, sample: llama}
        reason: {description: 'Why.', returned: success, type: str, sample: the unit of its price is per_fortnight}
src_files:
  description: The files of O(src) that were read, in their order. Empty without O(src).
  returned: always, unless the whole task failed
  type: list
  elements: str
  sample: [/srv/fleet/team-a.yml, /srv/fleet/team-b.yml]
ansible_facts:
  description: Facts for later tasks of the play.
  returned: always, unless the whole task failed
  type: dict
  contains:
    ppio_endpoint_ids: {description: 'The same as RV(ids).', returned: success, type: dict, sample: {llama-1: ep-7f3a9c}}
error:
  description: What the API answered to the call that failed, if that concerns all endpoints, such as the list.
  returned: failure of the whole task, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: GET}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /gpus/v2/endpoints}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 403}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: FORBIDDEN}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
diff:
  description: One difference for each endpoint that changes. Secret values are hidden.
  returned: in diff mode, unless the whole task failed
  type: list
  elements: dict
  contains:
    before: {description: 'The fields before; empty if there was no endpoint.', returned: success, type: dict}
    after: {description: 'The fields after; empty if there is no endpoint.', returned: success, type: dict}
    before_header: {description: 'The name.', returned: success, type: str, sample: llama-1}
    after_header: {description: 'The name.', returned: success, type: str, sample: llama-1}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.manage_fleet import manage_fleet


def main() -> None:
    module.run(manage_fleet(ENDPOINT))


if __name__ == "__main__":
    main()
