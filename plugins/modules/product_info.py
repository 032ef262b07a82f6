#!/usr/bin/python
# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the GPU products of PPIO or Novita with stock and price."""

from __future__ import annotations

DOCUMENTATION = r"""
module: product_info
short_description: List the GPU products of PPIO or Novita with stock and price
version_added: 1.0.0
author:
  - The ppio.gpu authors (@ppio-gpu)
description:
  - Finds the O(ppio.gpu.endpoint#module:product_id) that an endpoint needs.
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
  category:
    description: What the product is for. Endpoints need V(serverless).
    type: str
    choices: [serverless, instance]
    default: serverless
  type:
    description: Whether the product has a GPU.
    type: str
    choices: [gpu, cpu]
    default: gpu
  cpu:
    description: The API's filter for the number of CPU cores, from 0 to 1000000.
    type: int
  memory_gb:
    description: The API's filter for main memory in GB, from 0 to 1000000.
    type: int
  rootfs_size:
    description: The API's filter for the system disk in GB, from 0 to 1000000.
    type: int
  billing_method:
    description: The API's filter for how the product is paid.
    type: str
    choices: [postpaid, prepaid, spot]
  name:
    description:
      - Only products whose name or GPU name contains this, whatever the case, such as V(4090). No limit on its length.
    type: str
  region_id:
    description: Only products that this region has. No limit on its length.
    type: str
  sort_by:
    description:
      - V(price) puts the cheapest first, and products without a price last. V(name) sorts by name.
      - Without it, the order is the API's.
    type: str
    choices: [price, name]
  brief:
    description:
      - V(true) returns only C(id), C(name), C(gpu_memory_gb), C(price), C(price_unit), C(stock), C(deployable) and C(region_ids) of
        each product, for reading at the command line.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Products of one region, the cheapest first
  ppio.gpu.product_info:
    region_id: cn-east-1
    sort_by: price
  register: catalog

- name: The cheapest one with at least 24 GB of GPU memory
  ansible.builtin.debug:
    msg: "{{ (catalog.products | selectattr('gpu_memory_gb', 'ge', 24) | first).id }}"
"""

RETURN = r"""
products:
  description: The products, with fewer keys if O(brief=true). V(null) inside of one means that the API does not say it.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: 'The ID.', returned: success, type: str, sample: serverless-rtx-4090-24}
    name: {description: 'The name.', returned: success, type: str, sample: RTX 4090 24GB}
    type: {description: 'V(gpu) or V(cpu).', returned: success, type: str, sample: gpu}
    category: {description: 'V(serverless) or V(instance).', returned: success, type: str, sample: serverless}
    description: {description: 'The provider''s description.', returned: success, type: str, sample: ''}
    region_ids: {description: 'The regions that have it.', returned: success, type: list, elements: str, sample: [cn-east-1]}
    gpu_name: {description: 'The GPU''s name.', returned: success, type: str, sample: RTX 4090}
    gpu_memory_gb: {description: 'Memory of one GPU in GB; V(0) if there is none or the API does not say.', returned: success, type: int, sample: 24}
    stock: {description: 'How many GPUs are available now.', returned: success, type: int, sample: 12}
    price: {description: 'The price of postpaid use per RV(products[].price_unit) as a decimal number.', returned: success, type: float, sample: 0.35}
    price_unit: {description: 'What RV(products[].price) is for.', returned: success, type: str, sample: per_hour}
    resource_spec:
      description: What a worker has.
      returned: success
      type: dict
      contains:
        gpu:
          description: Its GPU.
          returned: success
          type: dict
          contains:
            spec_id: {description: 'The ID of the GPU''s kind.', returned: success, type: str, sample: rtx4090}
            name: {description: 'The GPU''s name.', returned: success, type: str, sample: RTX 4090}
            memory_gb: {description: 'Memory in GB.', returned: success, type: int, sample: 24}
            min: {description: 'The smallest number of GPUs.', returned: success, type: int, sample: 1}
            max: {description: 'The largest number of GPUs.', returned: success, type: int, sample: 8}
            available: {description: 'How many are available now.', returned: success, type: int, sample: 12}
            max_available: {description: 'How many are available to one worker.', returned: success, type: int, sample: 8}
        cpu: {description: 'CPU cores.', returned: success, type: int, sample: 16}
        memory_gb: {description: 'Main memory in GB.', returned: success, type: int, sample: 62}
        rootfs:
          description: The system disk.
          returned: success
          type: dict
          contains:
            min_gb: {description: 'The smallest size in GB.', returned: success, type: int, sample: 10}
            max_gb: {description: 'The largest size in GB.', returned: success, type: int, sample: 100}
            free_gb: {description: 'The size that costs nothing in GB.', returned: success, type: int, sample: 60}
    pricing:
      description:
        - What it costs. Raw prices are whole numbers.
        - Divided by ten to the power of RV(products[].pricing.precision) they are the prices as decimal numbers beside them.
      returned: success
      type: dict
      contains:
        precision: {description: 'Decimal places of the raw prices.', returned: success, type: int, sample: 5}
        postpaid:
          description: For use that is paid afterwards.
          returned: success
          type: dict
          contains:
            base_price: {description: 'The raw list price.', returned: success, type: int, sample: 40000}
            final_price: {description: 'The raw price after discounts.', returned: success, type: int, sample: 35000}
            unit: {description: 'What the price is for.', returned: success, type: str, sample: per_hour}
            price: {description: 'The price after discounts as a decimal number.', returned: success, type: float, sample: 0.35}
        spot:
          description: For use that the provider may interrupt.
          returned: success
          type: dict
          contains:
            base_price: {description: 'The raw list price.', returned: success, type: int, sample: 40000}
            final_price: {description: 'The raw price after discounts.', returned: success, type: int, sample: 35000}
            unit: {description: 'What the price is for.', returned: success, type: str, sample: per_hour}
            price: {description: 'The price after discounts as a decimal number.', returned: success, type: float, sample: 0.35}
        prepaid:
          description: For use that is paid in advance.
          returned: success
          type: list
          elements: dict
          contains:
            spec_id: {description: 'The ID of the offer.', returned: success, type: str, sample: offer-1}
            duration_months: {description: 'For how many months.', returned: success, type: int, sample: 1}
            base_price: {description: 'The raw list price.', returned: success, type: int, sample: 20000000}
            final_price: {description: 'The raw price after discounts.', returned: success, type: int, sample: 18000000}
            price: {description: 'The price after discounts as a decimal number.', returned: success, type: float, sample: 180.0}
        storage_price_per_gb: {description: 'The raw price of a GB of storage.', returned: success, type: int, sample: 10}
        storage_price: {description: 'The price of a GB of storage as a decimal number.', returned: success, type: float, sample: 0.0001}
    billing_methods: {description: 'How it can be paid.', returned: success, type: list, elements: str, sample: [postpaid]}
    inventory_state: {description: 'The stock in the API''s words.', returned: success, type: str, sample: normal}
    deployable: {description: 'Whether it can be used now.', returned: success, type: bool, sample: true}
    activity:
      description: Whether it is part of a special offer.
      returned: success
      type: dict
      contains:
        is_activity_product: {description: 'Whether it is.', returned: success, type: bool, sample: false}
        active: {description: 'Whether the offer holds now.', returned: success, type: bool, sample: false}
        purchasable: {description: 'Whether this account may take it.', returned: success, type: bool, sample: true}
error:
  description: What the API answered to the call that failed; empty strings if there was no call, such as without a key.
  returned: failure, unless the options were refused
  type: dict
  contains:
    method: {description: 'The HTTP method.', returned: failure, type: str, sample: GET}
    path: {description: 'The path below the API''s origin.', returned: failure, type: str, sample: /gpus/v2/products}
    status: {description: 'The HTTP status; V(null) if there was no answer.', returned: failure, type: int, sample: 403}
    reason: {description: 'The API''s name for the error.', returned: failure, type: str, sample: INVALID_API_KEY}
    request_id: {description: 'What the provider''s support may ask for.', returned: failure, type: str, sample: ''}
"""

from ansible_collections.ppio.gpu.plugins.module_utils._python import require_python

require_python()

from ansible_collections.ppio.gpu.plugins.module_utils._schema.product import PRODUCT
from ansible_collections.ppio.gpu.plugins.module_utils._tasks import module
from ansible_collections.ppio.gpu.plugins.module_utils._tasks.info import inform


def main() -> None:
    module.run(inform(PRODUCT))


if __name__ == "__main__":
    main()
