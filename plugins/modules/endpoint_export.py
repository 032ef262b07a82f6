#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the serverless GPU endpoints that exist into files."""

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_export
short_description: Write the serverless GPU endpoints that exist into files for Ansible
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Writes existing endpoints in the format of O(ppio.gpu.endpoint_fleet#module:src), so that endpoints that were created by hand
    can be managed by Ansible.
  - The new file is read back and planned before it replaces the old one. If M(ppio.gpu.endpoint_fleet) would change
    anything, the task fails, and nothing is written.
  - Works on the controller, whichever host the task is for. O(api_key), the environment and O(ca_path) are those of the controller.
  - Writes every setting that a task can set. Empty values are left out, unless the API would choose a default for a new endpoint.
    An O(ppio.gpu.endpoint#module:app_name) equal to the ID was assigned by the API, so it is left out.
  - The file is deterministic. Endpoints are sorted by name, and lists by their keys.
  - An endpoint has its ID in the file only if another one has the same name, or if it has none.
  - Settings that no task can set, such as the same variable twice, are left out with a warning, and RV(left_out) names them.
  - A page of the list or an endpoint that cannot be read fails the task, and nothing is written.
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
      - The text of each file before and after. The text before is shown without secret values, and not at all if it was not written by an export.
  idempotent:
    support: full
options:
  dest:
    description:
      - The file to write, or a directory in which each endpoint gets a file.
      - A directory is an existing one, or a path ending in C(/), which is created. Missing parent directories are created, too.
      - Relative to the playbook. Symbolic links are followed. At least 1 character.
    type: str
    required: true
  ids:
    description:
      - Only the endpoints with these IDs, and those of O(names). Each is from 1 to 255 characters.
      - An unknown one, or one that the other options leave out, fails the task.
    type: list
    elements: str
  names:
    description:
      - Only the endpoints with these names, and those of O(ids). No limit on their length.
      - An unknown one, or one that the other options leave out, fails the task.
    type: list
    elements: str
  name_prefix:
    description: Only endpoints whose names begin with this, from 1 to 255 characters.
    type: str
  region_id:
    description: Only endpoints of this region. No limit on its length.
    type: str
  secrets:
    description:
      - What becomes of the values of environment variables that are not named in O(plain_env_keys). No value of those is ever written.
      - V(keep) writes their keys into O(ppio.gpu.endpoint#module:secret_envs), without values, so that the endpoints keep their
        values. To create such an endpoint anew, add the values.
      - V(reference) writes a variable of Ansible in the place of each value, such as V("{{ vault_llama_hf_token }}"), and lists all of
        them at the head of the file. Such a file is for C(include_vars), and the endpoints are in the variable C(ppio_endpoints);
        O(ppio.gpu.endpoint_fleet#module:src) does not know variables and refuses it. O(dest) must be a file.
      - V(refuse) fails if there are any.
    type: str
    choices: [keep, reference, refuse]
    default: keep
  plain_env_keys:
    description:
      - The keys of the environment variables whose values are not secret. These are written.
      - No limit on their length.
    type: list
    elements: str
    default: []
  mode:
    description:
      - The permissions of the files, in octal digits between quotes.
      - They are set whatever the umask says.
    type: raw
    default: "0600"
  force:
    description: Whether to replace a file that was not written by an export. A file of an earlier export is always replaced.
    type: bool
    default: false
seealso:
  - module: ppio.gpu.endpoint_fleet
  - module: ppio.gpu.endpoint_info
"""

EXAMPLES = r"""
- name: Write everything that exists into a file
  ppio.gpu.endpoint_export:
    dest: "{{ playbook_dir }}/endpoints.yml"
    plain_env_keys: [LOG_LEVEL]

- name: Change nothing, until somebody changes the file
  ppio.gpu.endpoint_fleet:
    src: "{{ playbook_dir }}/endpoints.yml"
  when: not ansible_check_mode  # which writes no file

- name: Write each endpoint of a team into a file of its own
  ppio.gpu.endpoint_export:
    dest: "{{ playbook_dir }}/team-a/"
    name_prefix: team-a-
"""

RETURN = r"""
dest:
  description: The absolute path of O(dest).
  returned: success
  type: str
  sample: /home/me/play/endpoints.yml
files:
  description: The absolute paths of the files that were written, or needed no change.
  returned: success
  type: list
  elements: str
  sample: [/home/me/play/endpoints.yml]
endpoints:
  description: The endpoints in the files, by name.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: 'The name. Empty if it has none.', returned: success, type: str, sample: llama}
    id: {description: 'The ID.', returned: success, type: str, sample: ep-7f3a9c}
    file: {description: 'The file that describes it.', returned: success, type: str, sample: /home/me/play/endpoints.yml}
secret_keys:
  description: The keys of the environment variables whose values are not in the files.
  returned: success
  type: list
  elements: str
  sample: [HF_TOKEN]
variables:
  description: The variables that stand for secret values. Empty unless O(secrets=reference).
  returned: success
  type: list
  elements: str
  sample: [vault_llama_hf_token]
left_out:
  description: Settings that exist and are not in the files, because no task can set them.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: 'The name of the endpoint.', returned: success, type: str, sample: llama}
    id: {description: 'The ID of the endpoint.', returned: success, type: str, sample: ep-7f3a9c}
    path: {description: 'The option that cannot be given.', returned: success, type: str, sample: 'envs[1].key'}
    reason: {description: 'Why not.', returned: success, type: str, sample: 'repeats the key of envs[0].key'}
error:
  description: What the API answered to the call that failed. Empty strings if that was not a call of the API.
  returned: failure, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: GET}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /gpus/v2/endpoints}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 403}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: FORBIDDEN}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
diff:
  description: One difference for each file that changes.
  returned: success in diff mode
  type: list
  elements: dict
  contains:
    before: {description: 'What the file says, without secret values. Empty if there is none.', returned: success, type: str, sample: ''}
    after: {description: 'What it says afterwards.', returned: success, type: str, sample: ''}
    before_header: {description: 'The path.', returned: success, type: str, sample: /home/me/play/endpoints.yml}
    after_header: {description: 'The path.', returned: success, type: str, sample: /home/me/play/endpoints.yml}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.endpoint import ENDPOINT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.export import export


def main() -> None:
    module.refused(
        export(ENDPOINT), "ppio.gpu.endpoint_export works on the controller alone, through its action plugin."
    )


if __name__ == "__main__":
    main()
