# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much money is there?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from unit.bodies import MINIMAL
from unit.running import run, run_endpoint

from ansible_collections.ppio.gpu.plugins.modules import balance_info
from simulator import Fault, Settings, Simulator

Account = Mapping[str, Any]


@pytest.mark.parametrize("check", [True, False])
def test_every_sum_is_told_raw_and_as_decimal_text(simulator: Simulator, account: Account, check: bool) -> None:
    said = run(balance_info, account, check=check)
    assert said.result["balance"] == {
        "available": {"raw": "1000000", "amount": "100.00"},
        "cash": {"raw": "800000", "amount": "80.00"},
        "credit_limit": {"raw": "200000", "amount": "20.00"},
        "pending_charges": {"raw": "0", "amount": "0.00"},
        "outstanding_invoices": {"raw": "0", "amount": "0.00"},
    }
    assert said.result["changed"] is False
    assert [(one.method, one.path) for one in simulator.journal] == [("GET", "/openapi/v1/billing/balance/detail")]


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("1", "0.0001"),
        ("-30000", "-3.00"),
        ("12345678901234567890", "1234567890123456.789"),
        (12345, "1.2345"),
        ("much", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_a_sum_is_exact_or_null(simulator: Simulator, account: Account, raw: Any, amount: str | None) -> None:
    body = {"availableBalance": raw}
    simulator.script([Fault("overlay", "getBalance", when="after_commit", body=body)])
    available = run(balance_info, account).result["balance"]["available"]
    assert available == {"raw": None if raw is None else str(raw), "amount": amount}


def test_an_answer_without_sums_is_not_zero(simulator: Simulator, account: Account) -> None:
    simulator.script([Fault("wrong_json", "getBalance", body={})])
    balance = run(balance_info, account).result["balance"]
    assert {one["amount"] for one in balance.values()} == {None}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", "getBalance", status=403), "The key may not do this at "),
        (Fault("status", "getBalance", status=404), "Could not read the balance"),
        (Fault("wrong_json", "getBalance", body=[]), "is not a JSON object"),
        (Fault("reset", "getBalance"), "Could not read the balance"),
        (
            Fault("overlay", "getBalance", when="after_commit", body={"cashBalance": {}}),
            "should be a value of type string",
        ),
    ],
)
def test_a_failure_tells_why_and_no_balance(simulator: Simulator, account: Account, fault: Fault, words: str) -> None:
    simulator.script([fault])
    said = run(balance_info, account)
    assert said.failed
    assert words in said.message
    assert "balance" not in said.result


def test_the_error_for_debt_names_the_module(simulator: Simulator, account: Account) -> None:
    simulator.settings = Settings(balance="debt")
    said = run_endpoint({**account, **MINIMAL})
    assert "ppio.gpu.balance_info" in said.message
    assert run(balance_info, account).result["balance"]["available"]["amount"] == "-3.00"
