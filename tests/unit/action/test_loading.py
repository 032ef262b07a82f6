# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a file mean the same, whichever loader reads it?"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.bodies import Body, bodies

from ansible_collections.ppio.gpu.plugins.plugin_utils._action import plain
from ansible_collections.ppio.gpu.plugins.plugin_utils._loading import loaded
from ansible_collections.ppio.gpu.plugins.plugin_utils._plain_yaml import NotPlain, plain_yaml

SECRETS = [("default", VaultSecret(b"password-4e7d"))]

#: What only Ansible's loader understands or complains about is read by it; all else must mean the same to both.
TEXTS = {
    "a list": "- name: chat\n  ports: [8080]\n",
    "words and numbers": "[yes, no, on, null, ~, 1e3, 1_000, 0o17, 017, 0x1f, 1:30, .5, 12.40, '8', 2026-11-25]\n",
    "a document with a start": "---\n# a comment\n- name: chat\n  command: |\n    two\n    lines\n",
    "an anchor and a merge": "- &base {name: a, image: i}\n- {<<: *base, name: b}\n",
    "a key twice": "- name: a\n  name: b\n",
    "a text with a mark": "- name: chat!\n",
    "an unsafe text": "- name: !unsafe '{{ chat }}'\n",
    "a template": "- name: '{{ chat }}'\n",
    "a key that is a number": "- {8080: a, true: b}\n",
    "other letters": "- name: 聊天 é\n",
    "a mark at the beginning": "\ufeff- name: chat\n",
    "nothing": "",
    "a comment and nothing": "# nothing\n",
    "values that are empty": "- name:\n  command: ''\n  envs: []\n  policy: {}\n",
    "a document with an end": "- name: chat\n...\n",
    "a text over two lines": "- name: chat\n  command: two\n    lines\n",
    "a merge that is a text": "- {'<<': a, '=': b, '<': c}\n",
    "lists in lists": "[" * 60 + "]" * 60,
    "JSON": '{"endpoints": [{"name": "chat", "ports": [1, 2.5, null, true], "image": "\\u00e9"}]}',
    "JSON with a key twice": '[{"name": "a", "name": "b"}]',
    "JSON with an unsafe text": '[{"name": {"__ansible_unsafe": "{{ chat }}"}}]',
}


LOOKALIKES = (
    "yes",
    "Off",
    "y",
    "null",
    "~",
    "1e3",
    "1_000",
    "0o17",
    "017",
    "0x1f",
    "1:30",
    ".5",
    ".inf",
    "2026-11-25",
    "<<",
)


def by_ansible(file: Path, loader: DataLoader) -> object:
    return plain(loader.load_from_file(str(file), cache="none", unsafe=True))


@pytest.mark.parametrize("what", TEXTS)
def test_a_file_means_what_it_means_to_ansible(tmp_path: Path, what: str) -> None:
    file = tmp_path / "fleet.yml"
    file.write_text(TEXTS[what], encoding="utf-8")
    read = loaded(DataLoader(), file)
    assert plain(read) == by_ansible(file, DataLoader())
    assert repr(plain(read)) == repr(by_ansible(file, DataLoader()))


@pytest.mark.parametrize("text", ["[2026-11-25, 2026-11-25 10:30:00]", "- 2026-11-25\n- 2026-11-25T10:30:00\n"])
def test_a_date_is_a_text_as_in_a_playbook(tmp_path: Path, text: str) -> None:
    file = tmp_path / "fleet.yml"
    file.write_text(text, encoding="utf-8")
    assert loaded(DataLoader(), file) == ["2026-11-25", "2026-11-25T10:30:00"]
    assert by_ansible(file, DataLoader()) == loaded(DataLoader(), file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies())
def test_every_description_comes_back_from_yaml_and_json(tmp_path: Path, body: Body) -> None:
    file = tmp_path / "fleet.yml"
    for text in (yaml.safe_dump([body]), json.dumps([body])):
        file.write_text(text, encoding="utf-8")
        assert loaded(DataLoader(), file) == [body]


#: The two loaders of PyYAML do not read everything alike.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What a file may have, plain words that look like something else above all.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(LOOKALIKES),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
)


@given(value=VALUES, flow=st.sampled_from([None, True, False]))
def test_plain_yaml_is_what_yaml_says(value: object, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow)
    try:
        read = plain_yaml(text)
    except NotPlain:
        # An empty list or mapping that occurs twice becomes an anchor.
        assert "&" in text
        return
    assert repr(read) == repr(yaml.load(text, LOADER))


@given(word=st.sampled_from(LOOKALIKES) | st.from_regex(r"[-+.0-9a-zA-Z_:~<=]{1,12}", fullmatch=True))
def test_a_word_without_quotes_is_what_yaml_says(word: str) -> None:
    text = f"[{word}]"
    try:
        expected = yaml.load(text, LOADER)
    except (yaml.YAMLError, ValueError):
        with pytest.raises((yaml.YAMLError, ValueError, NotPlain)):
            plain_yaml(text)
        return
    with suppress(NotPlain):
        assert repr(plain_yaml(text)) == repr(plain(expected))


@pytest.mark.parametrize(
    "text", ["- &a b\n- *a\n", "- !!str 1\n", "{a: 1, a: 2}", "{<<: {}}", "a\n---\nb\n", "? []\n: b\n"]
)
def test_what_is_more_than_plain_is_left_to_others(text: str) -> None:
    with pytest.raises(NotPlain):
        plain_yaml(text)


TOO_DEEP = {
    "an alias in itself": "- name: chat\n  smoke_test:\n    body: &b [*b]\n",
    "an alias of a mapping in itself": "- &b {name: chat, policy: *b}\n",
    "JSON": "[" * 100_000 + "]" * 100_000,
    "JSON of mappings": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "YAML": "- " * 3_000 + "a",
    "one level more": "[" * 101 + "]" * 101,
}


@pytest.mark.parametrize("what", TOO_DEEP)
def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path: Path, what: str) -> None:
    file = tmp_path / "fleet.yml"
    file.write_text(TOO_DEEP[what], encoding="utf-8")
    with pytest.raises(AnsibleParserError, match=r"fleet\.yml is nested more than 100 levels deep"):
        loaded(DataLoader(), file)


@pytest.mark.parametrize("text", ["[" * 96 + "]" * 96, "- " * 96 + "a", "- &b [a]\n" + "- [*b, *b]\n" * 200])
def test_a_file_may_have_many_levels(tmp_path: Path, text: str) -> None:
    file = tmp_path / "fleet.yml"
    file.write_text(text, encoding="utf-8")
    assert loaded(DataLoader(), file)


def test_a_file_that_is_encrypted_is_decrypted(tmp_path: Path) -> None:
    loader, file = DataLoader(), tmp_path / "fleet.yml"
    loader.set_vault_secrets(SECRETS)
    file.write_bytes(VaultLib(SECRETS).encrypt(b"- name: chat\n"))
    assert loaded(loader, file) == [{"name": "chat"}]


@pytest.mark.parametrize("content", [b"- name: [\n", b"- a\n---\n- b\n", b"- \xff\n", b"- =\n", b"- ? [a]\n"])
def test_what_cannot_be_read_is_refused_in_ansibles_words(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "fleet.yml"
    file.write_bytes(content)
    with pytest.raises(AnsibleError):
        loaded(DataLoader(), file)
    with pytest.raises(AnsibleError):
        loaded(DataLoader(), tmp_path / "missing.yml")
