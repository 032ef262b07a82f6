# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a conversation before anything was said?"""

from __future__ import annotations

from ansible_collections.ppio.gpu.plugins.module_utils._planning.conversation import Conversation


def test_where_nothing_could_be_asked_there_was_no_attempt_and_no_answer() -> None:
    talk = Conversation("https://chat.example.com").failed("The API shows no URL to ask.")
    assert (talk.attempts, talk.streak, talk.reply) == (0, 0, None)
    assert talk.trouble == "The API shows no URL to ask."
