# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does everything that the documentation shows run as it stands there, without a warning?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.bodies import MINIMAL
from unit.examples import pages

from simulator import Settings, Simulator

#: What a collection must have to work; some tools install no more of it.
NEEDED = ("meta", "playbooks", "plugins", "roles")
FILES = Path(__file__).parent / "files"
PAGES = [page for page in (*pages.MODULES, *pages.GUIDES, *pages.READMES) if pages.playbook(page)]
LONGEST_SECONDS = 300
ENDPOINT = {
    "serverless_endpoint_name": "llama",
    "serverless_endpoint_type": "sync",
    "serverless_endpoint_product_id": "serverless-h100-80",
    "serverless_endpoint_image": "registry.example.com/team/llama:1.4",
    "serverless_endpoint_worker_config": {"min_replicas": 1, "max_replicas": 2},
    "serverless_endpoint_rollout": {"stable_for": 0},
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """An API that knows its products, as the real one does."""
    with Simulator(Settings(check_products=True, replacement="beside")) as running:
        yield running


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place where only what is needed of the collection is installed."""
    place = tmp_path_factory.mktemp("collections")
    for name in NEEDED:
        shutil.copytree(pages.ROOT / name, place / "ansible_collections" / "ppio" / "gpu" / name)
    return place


@pytest.fixture(autouse=True)
def _installed(collections: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(collections))


def played(directory: Path, api: Simulator, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What ansible-playbook says with these arguments; variables that name an address lead to the simulator."""
    environment = os.environ | {
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "HF_TOKEN": "not-a-real-token",
        # As a shell sets it.
        "PWD": str(directory),
        "PPIO_API_KEY": api.api_key,
        "PPIO_API_URL": api.url,
        "PPIO_GATEWAY_URL": api.gateway_url,
    }
    command = [sys.executable, "-m", "ansible", "playbook", "-e", f"api_url={api.url}", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )


def name_of(page: Path) -> str:
    return str(page.relative_to(pages.ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_runs_in_check_mode_and_for_real_without_a_warning(
    page: Path, tmp_path: Path, simulator: Simulator
) -> None:
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    for name, text in {**pages.files(page), "playbook.yml": pages.playbook(page)}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = played(tmp_path, simulator, "playbook.yml")
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert simulator.journal


@pytest.mark.parametrize("page", pages.MODULES, ids=name_of)
def test_the_examples_of_a_module_run_in_check_mode_where_there_is_nothing_yet(
    page: Path, tmp_path: Path, simulator: Simulator
) -> None:
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "playbook.yml").write_text(pages.once(page), encoding="utf-8")
    said = played(tmp_path, simulator, "--check", "playbook.yml")
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert not simulator.writes


def test_the_playbooks_deploy_show_and_remove(tmp_path: Path, simulator: Simulator) -> None:
    playbooks = ("ppio.gpu.deploy", "ppio.gpu.overview", "ppio.gpu.remove")
    said = played(tmp_path, simulator, "-e", json.dumps(ENDPOINT), *playbooks)
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    words = " ".join(said.stdout.split())

    assert "serverless-h100-80 at 14.99 per_hour" in words
    assert "llama: 14.99 to 29.98 an hour (2 × H100 80GB); 14.99 with the current workers" in words
    assert [entry.method for entry in simulator.writes] == ["POST", "DELETE"]


def test_the_playbook_that_exports_writes_beside_where_it_was_called(tmp_path: Path, simulator: Simulator) -> None:
    simulator.seed({**MINIMAL, "product_id": "serverless-h100-80"})
    said = played(tmp_path, simulator, "-e", "export_dest=mine.yml", "ppio.gpu.export")
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert "- name: chat" in (tmp_path / "mine.yml").read_text(encoding="utf-8")


def test_the_playbook_that_deploys_writes_nothing_in_check_mode(tmp_path: Path, simulator: Simulator) -> None:
    said = played(tmp_path, simulator, "--check", "-e", json.dumps(ENDPOINT), "ppio.gpu.deploy")
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert "changed=1" in said.stdout
    assert not simulator.writes


def test_every_module_and_every_guide_shows_something_that_runs() -> None:
    assert set(PAGES) >= {*pages.MODULES, *pages.GUIDES}


def test_no_block_of_a_guide_is_overlooked() -> None:
    for guide in pages.GUIDES:
        assert len(pages.blocks(guide)) == guide.read_text(encoding="utf-8").count("code-block:: yaml")


def test_each_task_of_a_list_is_played_twice() -> None:
    block = pages.Block("- name: One\n  a:\n- name: Two\n  b:\n")
    assert [pages.checked(play) for play in block.plays] == [
        "- check_mode: true\n  hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: One\n      a:\n",
        "- check_mode: true\n  hosts: localhost\n  gather_facts: false\n  tasks:\n    - name: Two\n      b:\n",
    ]


def test_a_mapping_is_no_playbook() -> None:
    assert pages.Block("collections:\n  - name: ppio.gpu\n").plays == []


def test_the_chinese_readme_shows_the_same_code() -> None:
    chinese = pages.ROOT / "README.zh-CN.md"
    assert pages.code(chinese) == pages.code(pages.ROOT / "README.md")
    assert pages.code(chinese)


def test_the_chinese_readme_names_the_same_versions() -> None:
    tables = [pages.versions(pages.ROOT / name) for name in ("README.md", "README.zh-CN.md")]
    assert tables[0] == tables[1] != []
