#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the balance of an account of PPIO or Novita."""

from __future__ import annotations

DOCUMENTATION = r"""
module: balance_info
short_description: Read the balance of an account of PPIO or Novita
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Tells how much money the account has. An account in debt may only view and delete.
  - The sums are in units of 1/10000 of the account's currency, which the API does not name. Novita's documentation says so; for
    PPIO, other clients assume the same.
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
- name: How much money is there?
  ppio.gpu.balance_info:
  register: account

- name: Stop before the account is in debt
  ansible.builtin.assert:
    that: account.balance.available.amount | float > 10
    fail_msg: "Only {{ account.balance.available.amount }} is left."
"""

RETURN = r"""
balance:
  description: The sums. V(null) if the API does not say it, or if it is not a whole number.
  returned: success
  type: dict
  contains:
    available:
      description: What can be spent, which is cash and credit.
      returned: success
      type: dict
      contains:
        raw: {description: 'As the API says it.', returned: success, type: str, sample: '1000000'}
        amount: {description: 'As a decimal string.', returned: success, type: str, sample: '100.00'}
    cash:
      description: What was paid in and is left.
      returned: success
      type: dict
      contains:
        raw: {description: 'As the API says it.', returned: success, type: str, sample: '800000'}
        amount: {description: 'As a decimal string.', returned: success, type: str, sample: '80.00'}
    credit_limit:
      description: What may be owed.
      returned: success
      type: dict
      contains:
        raw: {description: 'As the API says it.', returned: success, type: str, sample: '200000'}
        amount: {description: 'As a decimal string.', returned: success, type: str, sample: '20.00'}
    pending_charges:
      description: What was used and is not charged yet.
      returned: success
      type: dict
      contains:
        raw: {description: 'As the API says it.', returned: success, type: str, sample: '0'}
        amount: {description: 'As a decimal string.', returned: success, type: str, sample: '0.00'}
    outstanding_invoices:
      description: What was charged and is not paid yet.
      returned: success
      type: dict
      contains:
        raw: {description: 'As the API says it.', returned: success, type: str, sample: '0'}
        amount: {description: 'As a decimal string.', returned: success, type: str, sample: '0.00'}
error:
  description: What the API answered to the call that failed; empty strings if there was no call, such as without a key.
  returned: failure, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: GET}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /openapi/v1/billing/balance/detail}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 403}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: INVALID_API_KEY}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.balance import BALANCE
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform


def main() -> None:
    module.run(inform(BALANCE))


if __name__ == "__main__":
    main()
