#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send a request or a job to a serverless GPU endpoint of PPIO or Novita, and check the answer."""

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_invoke
short_description: Send a request or a job to a serverless GPU endpoint and check the answer
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Sends a request to the endpoint's own URL, waits while a worker starts, and fails unless the answer is as expected.
  - An endpoint of the type V(async) has no URL to ask. It gets a job instead, which is submitted once and watched until it ends.
  - The API key never goes to an endpoint's URL. A task that would send it there is refused. Redirects are not followed, and no
    credentials are taken from C(.netrc).
notes:
  - If no worker runs, a request starts one, and you pay until O(ppio.gpu.endpoint#module:worker_config.idle_timeout) is over.
  - O(validate_certs), O(ca_path) and the proxies of the environment also apply to the endpoint's URL.
  - RV(answer) is what the application says. Only the API key and the values of O(secret_headers) are hidden in it. If the
    application repeats its own secrets, set C(no_log=true).
extends_documentation_fragment:
  - ppio.gpu.connection
  - ppio.gpu.attributes
  - ppio.gpu.attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Sends nothing at all, and says in RV(ignore:msg) what it would send.
  diff_mode:
    support: N/A
    details:
      - Changes nothing.
  idempotent:
    support: N/A
    details:
      - Never reports a change.
options:
  id:
    description: The ID of the endpoint, from 1 to 255 characters. One of O(id), O(name) and O(url) is required.
    type: str
  name:
    description: The name of the endpoint, if just one has it.
    type: str
  url:
    description:
      - The URL to ask, such as RV(ppio.gpu.endpoint#module:endpoint.url). Then the API is not asked, and no key is needed.
      - Must have no user, password, query or fragment. With O(secret_headers) it must be V(https), unless it is the machine
        on which the module runs.
    type: str
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
    description:
      - The body. A string is sent as it is. Everything else is sent as JSON, with its C(Content-Type) unless O(headers) has one.
    type: raw
  timeout:
    description: Seconds for one whole answer. From 1 to 3600.
    type: int
    default: 60
  start_timeout:
    description:
      - Seconds for the start of a worker. Until then the request is sent again where no connection can be made, where no answer
        comes, or where it is HTTP 429, 502, 503 or 504.
      - Every other answer is judged at once. V(0) sends the request once. From 0 to 86400.
    type: int
    default: 300
  successes:
    description:
      - How many answers in a row must be as expected, within O(start_timeout). One answer with HTTP 429, 502, 503 or 504 starts the count again.
      - From 1 to 100.
    type: int
    default: 1
  repeatable:
    description:
      - Whether a request other than GET or HEAD does no harm when it arrives twice.
      - Without this it is sent again only while no connection can be made, so a sleeping endpoint that answers 503 fails the task.
    type: bool
    default: false
  expect:
    description: What the answer must be.
    type: dict
    suboptions:
      status:
        description: The HTTP statuses that pass, each from 100 to 599. Not for jobs, which must end as C(COMPLETED).
        type: list
        elements: int
        default: [200]
      contains:
        description: Text that the answer must contain.
        type: str
      json:
        description:
          - A part of the JSON that the answer must have. Mappings may have more keys; lists must have the same length.
          - For a job, this is the output.
        type: raw
      max_seconds:
        description: The longest time in seconds that the answer may take. For a job, from the submission to its end.
        type: float
  input:
    description:
      - The input of a job, for an endpoint of the type V(async). Not with O(url), O(path), O(method), O(body) and headers.
      - A job is submitted once. If the answer is lost, the task fails with "outcome unknown", because a job may run.
    type: raw
  job_timeout:
    description: Seconds for a job. From 1 to 86400.
    type: int
    default: 600
  on_timeout:
    description:
      - What becomes of a job that has not ended in time, or that can no longer be watched.
      - V(cancel) cancels it, because it costs money. V(leave) leaves it where it is. Its ID is in RV(job.id).
    type: str
    choices: [cancel, leave]
    default: cancel
  gateway_url:
    description:
      - The address of the job gateway. The gateways of PPIO and Novita follow from O(api_url).
      - It gets the API key, so it must be V(https), unless it is the machine on which the module runs.
      - If not set, E(PPIO_GATEWAY_URL) is used.
    type: str
seealso:
  - module: ppio.gpu.endpoint
  - module: ppio.gpu.endpoint_info
"""

EXAMPLES = r"""
- name: Keep an endpoint that answers requests
  ppio.gpu.endpoint:
    name: llama
    type: sync
    product_id: serverless-rtx-4090-24
    image: registry.example.com/team/llama:1.4
    worker_config:
      max_replicas: 2

- name: Start a worker, and check its health
  ppio.gpu.endpoint_invoke:
    name: llama
    path: /healthz
    start_timeout: 600

- name: Expect an answer of the right model, and fast
  ppio.gpu.endpoint_invoke:
    name: llama
    path: /v1/chat/completions
    method: POST
    repeatable: true
    secret_headers:
      Authorization: "Bearer {{ lookup('ansible.builtin.env', 'HF_TOKEN', default=undef()) }}"
    body:
      messages:
        - role: user
          content: Hello
    expect:
      contains: llama
      max_seconds: 30
  register: asked

- name: Print what it said
  ansible.builtin.debug:
    msg: "{{ asked.answer.text }} after {{ asked.first_answer_after }} s"
  when: asked.answer is mapping

- name: Keep an endpoint for jobs
  ppio.gpu.endpoint:
    name: painter
    type: async
    product_id: serverless-rtx-4090-24
    image: registry.example.com/team/painter:2.0
    worker_config:
      max_replicas: 2

- name: Submit a job, and cancel it if it takes too long
  ppio.gpu.endpoint_invoke:
    name: painter
    input:
      prompt: a small boat
    job_timeout: 900
"""

RETURN = r"""
status:
  description: The HTTP status of the last answer. V(null) without one, and for a job.
  returned: always, unless the options were refused
  type: int
  sample: 200
seconds:
  description: Seconds that the last answer took; for a job, from its submission until it was last seen.
  returned: always, unless the options were refused
  type: float
  sample: 0.213
first_answer_after:
  description:
    - Seconds from the first try until the first answer of the application itself, which is how long a cold start took.
    - For a job, until it ended. V(null) where that did not happen.
  returned: always, unless the options were refused
  type: float
  sample: 41.7
attempts:
  description: How many requests were sent, or jobs submitted.
  returned: always, unless the options were refused
  type: int
  sample: 9
answer:
  description: The last answer, or the output of a job. V(null) without one.
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
job:
  description: The job, V(null) where none was submitted.
  returned: always, unless the options were refused
  type: dict
  contains:
    id:
      description: The ID. V(null) where the answer that would say it was lost.
      returned: always, unless the options were refused
      type: str
      sample: job-5f1c
    status:
      description: The gateway's word for its state, such as V(COMPLETED), V(FAILED), V(TIMED_OUT) or V(CANCELLED).
      returned: always, unless the options were refused
      type: str
      sample: COMPLETED
    seconds:
      description: Seconds from its submission until it was last seen.
      returned: always, unless the options were refused
      type: float
      sample: 12.4
url:
  description: The URL that was asked. In check mode O(url), or V(null).
  returned: always, unless the options were refused
  type: str
  sample: "https://llama.example.com/healthz"
error:
  description: What the API answered to the call that failed; empty strings if that was not a call of the API.
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
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.invoke import invoke


def main() -> None:
    module.run(invoke(ENDPOINT))


if __name__ == "__main__":
    main()
