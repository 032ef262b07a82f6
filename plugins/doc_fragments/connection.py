# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that every module of the collection has."""

    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - The API key. Surrounding white space is removed.
      - If not set, E(PPIO_API_KEY) is used, then E(NOVITA_API_KEY), as the environment has them where the module runs.
      - Required, as option or environment variable. An empty variable counts as not set.
      - The controller's environment is not visible on another host. Give this option there, once for all modules with
        C(module_defaults) and a variable from Ansible Vault. The keyword C(environment) is not a good place for a key,
        because Ansible shows it at C(-vvv).
    type: str
  api_url:
    description:
      - The origin of the API. For Novita this is V(https://api.novita.ai).
      - Must end before C(/gpus/v2), which every request adds.
      - Must be V(https), unless it is the machine on which the module runs.
      - If not set, E(PPIO_API_URL) is used.
    type: str
    default: https://api.ppio.com
  validate_certs:
    description:
      - Whether the certificate of the API must be trusted.
      - V(false) lets anybody on the way read the key. Use O(ca_path) instead for an authority of your own.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust instead of the usual ones, or a directory as
        C(openssl rehash) makes it, on the machine on which the module runs.
      - If not set, E(REQUESTS_CA_BUNDLE) is used, then E(CURL_CA_BUNDLE), then what C(requests) comes with.
    type: path
  api_timeout:
    description:
      - Seconds to wait for the answer to one request.
      - From 1 to 3600.
    type: int
    default: 30
  retry_timeout:
    description:
      - No retry starts after this many seconds, counted from the start of the task. They are counted anew for each batch and for
        O(ppio.gpu.endpoint_fleet#module:prune) after batches, for a rollback and for the removal of extra workers, and for each
        product that is tried.
      - Polls of a wait are retried until the end of that wait.
      - On the controller, a line reports the retries after some seconds.
      - Checking whether a change arrived takes up to 30 more seconds, or this long if that is less.
      - V(0) sends each request once. From 0 to 86400.
    type: int
    default: 120
requirements:
  - python >= 3.10
  - requests >= 2.28, except 2.32.0 to 2.32.2, which ignore O(ca_path)
"""
