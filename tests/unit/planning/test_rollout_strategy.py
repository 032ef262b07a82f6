# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How is a change to be brought out?"""

from __future__ import annotations

from unit.values import validated

from ansible_collections.ppio.gpu.plugins.module_utils._planning.rollout_strategy import Strategy, strategy_from


def test_without_an_option_it_is_as_the_options_say_by_themselves() -> None:
    assert strategy_from({}) == Strategy()
    assert strategy_from(validated({"rollout": {}})) == Strategy()
    assert strategy_from(validated({})) == Strategy()


def test_every_option_counts() -> None:
    rollout = {"stable_for": 7, "surge": 2, "on_failure": "rollback", "timeout": 90}
    assert strategy_from(validated({"rollout": rollout, "failure_patience": 30})) == Strategy(
        stable_for=7, patience=30, surge=2, rolls_back=True, timeout=90
    )


def test_a_change_that_is_to_be_kept_is_not_rolled_back() -> None:
    assert not strategy_from(validated({"rollout": {"on_failure": "keep"}})).rolls_back
