# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create an endpoint that keeps no worker, use it a little, delete it, and print what the API really did.

It needs PPIO_API_KEY, and PPIO_API_URL for another API than https://api.ppio.com. It costs nothing while nobody sends
requests to the endpoint, whose name begins with `ppio-gpu-live-`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import uuid

from .facts import Fact
from .run import LiveRunError, live

_REAL = "https://api.ppio.com"


def main() -> int:
    """Print one line for each fact, and say whether the collection passed."""
    parser = argparse.ArgumentParser(prog="make live", description=__doc__)
    parser.add_argument("--product-id", default="", help="the product to use (default: the cheapest)")
    parser.add_argument("--image", default="docker.io/library/python:3.12-slim", help="default: %(default)s")
    options = parser.parse_args()
    url, key = os.environ.get("PPIO_API_URL") or _REAL, os.environ.get("PPIO_API_KEY", "")
    if not key:
        print("Set PPIO_API_KEY. The run creates one endpoint that keeps no worker, and deletes it.")
        return 2
    name = f"ppio-gpu-live-{uuid.uuid4().hex[:8]}"
    print(f"The run plays on {url}. It creates and deletes the endpoint {name}.\n", flush=True)
    try:
        for fact in live(url, key, name, options.product_id, options.image, time.sleep):
            print(_line(fact), flush=True)
    except LiveRunError as error:
        print(f"\nFailed: {error}")
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped. If there is an endpoint {name} in the console, delete it.")
        return 130
    print("\nThe collection created, read, kept, changed and deleted an endpoint. Please report the table above.")
    print("In brackets: the setting of `make simulator` for the same thing.")
    return 0


def _line(fact: Fact) -> str:
    setting = f" [{fact.setting}]" if fact.setting else ""
    return f"{fact.question + setting + ' ':.<76} {fact.answer}"


if __name__ == "__main__":
    sys.exit(main())
