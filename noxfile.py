# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is checked, and how? `make test` runs every check, `make <name of a session>` one of them.

All sessions share the environment that make has prepared. Ansible's tools want a collection below a directory
`ansible_collections/ppio/gpu`, so they work on a copy of the working tree at such a place, see `collection_tree`.

What a visitor starts (`make demo`, `make simulator`) is no check: it runs as `python noxfile.py demo`, without nox.
"""

from __future__ import annotations

import contextlib
import filecmp
import functools
import importlib.resources
import io
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import nox
import rich.console
import rich.terminal_theme
import rich.text
import yaml

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
COLLECTIONS = CACHE / "collections"
SITE = CACHE / "site"
TREE = COLLECTIONS / "ansible_collections" / "ppio" / "gpu"
INTEGRATION_CONFIG = Path("tests", "integration", "integration_config.yml")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
SIMULATOR_KEY = "simulator-key"
SIMULATOR_START_SECONDS = 120
# The same at each start, so that what a terminal exports stays right.
SIMULATOR_PORT = 8642
# A change of what workers run brings new workers, so that a rollout has something to wait for. And no product
# is accepted that is not listed.
SIMULATOR_SETTINGS = '{"replacement": "beside", "restart_seconds": 5, "check_products": true}'
AFTER_DEMO = """
That was the simulated API. What now?
  make simulator      the same API for playbooks of your own
  README.md           a first playbook, and how to install the collection
  docs/docsite/rst    guides, one task each
"""
SIMULATOR_IS_READY = """
The simulated API answers at {url} until you press Ctrl-C. In another terminal, in any directory:

export PPIO_API_URL={url} PPIO_API_KEY={key} ANSIBLE_COLLECTIONS_PATH={collections}
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false
export ANSIBLE_CALLBACK_RESULT_FORMAT=yaml PATH={tools}:$PATH

Then list the GPUs, save the first playbook of README.md as hello.yml, and run it:

ansible localhost -m ppio.gpu.product_info -a 'sort_by=price brief=true'
ansible-playbook hello.yml
"""

# Everything that users get; a new name here is a decision, not an accident.
ARTIFACT_CONTENT = frozenset({
    "CHANGELOG.rst",
    "FILES.json",
    "LICENSE",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "README.zh-CN.md",
    "REUSE.toml",
    "SECURITY.md",
    "changelogs",
    "docs",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
})  # fmt: skip

# The newest release of each supported ansible-core, on a Python that it supports. `make matrix` runs them.
MATRIX = (
    ("3.10", "2.17"),
    ("3.11", "2.16"),
    ("3.12", "2.17"),
    ("3.12", "2.18"),
    ("3.13", "2.19"),
    ("3.13", "2.20"),
    ("3.13", "2.21"),
    ("3.14", "2.21"),
)
NEWEST_CORE = "2.21"
# The oldest Python for the collection. What tests need is not there for it, so only playbooks are run on it.
OLDEST_PYTHON = "3.10"

# A template that came from the API and is therefore not trusted stays as it is; the tests take that for an error.
STRICT_TEMPLATES = {"_ANSIBLE_TEMPLAR_UNTRUSTED_TEMPLATE_BEHAVIOR": "error"}

# Mutation testing, in an environment of its own: what is changed in small ways, and the tests that have to notice.
# Which mistakes are left out, and why, is in tests/mutants/mistakes.py.
MUTATION_TOOLS = ("cosmic-ray==8.7.0", "coverage==7.17.5", "pytest-cov==7.1.0")
MUTATED = ("_options", "_planning", "_reconcile/create.py", "_reconcile/elect.py", "_reconcile/recall.py")
MUTANT_TESTS = (
    *(
        f"tests/unit/{folder}"
        for folder in (
            "options",
            "planning",
            "schema",
            "contract",
            "policy",
            "reconcile",
            "tasks",
            "second",
            "export",
            "scenarios",
        )
    ),
    "tests/unit/campaign/test_placements.py",
)
# Which test comes by which line, and how long each takes.
MUTANT_RECORD = (
    "-p",
    "mutants.forgetting",
    "--cov=plugins/module_utils",
    "--cov-context=test",
    "--cov-report=",
    "--junitxml=times.xml",
)

README_PLAYBOOK = re.compile(r"^```yaml\n(- name: .+?)^```$", re.MULTILINE | re.DOTALL)
README_INSTALLATION = re.compile(r"^pip install (.+)$", re.MULTILINE)
GUIDES_DEFINITION = re.compile(r":caption: execution-environment\.yml\n((?:\n| +.*\n)+)")

nox.options.default_venv_backend = "none"
# An interpreter that is not on this machine is named as skipped, on a build server too.
nox.options.error_on_missing_interpreters = False
# Cheap checks come first; the unit tests are last, so that their closing line stands right above the summary.
nox.options.sessions = [
    "ruff",
    "mypy",
    "licenses",
    "workflows",
    "changelog",
    "docs",
    "ansible_lint",
    "sanity",
    "galaxy",
    "install",
    "execution_environment",
    "molecule",
    "integration",
    "unit",
]

# The tools of the environment that runs nox, not those of the machine.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def source_files(tree: Path) -> set[Path]:
    """Paths, relative to `tree`, of the files that git tracks or would track; what .gitignore names is left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True).stdout
    return {Path(name) for name in listing.split("\0") if (tree / name).is_file()}


@functools.cache
def collection_tree() -> Path:
    """Bring the copy of the working tree up to date, once per run, and return its directory.

    The copy is a git repository of its own: several tools ask git for the list of files, and would otherwise hear from
    the repository around it that everything is ignored.
    """
    if not (TREE / ".git").exists():
        TREE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "-c", "init.defaultBranch=main", "init", "--quiet", TREE], check=True)
    wanted = source_files(ROOT)
    for path in source_files(TREE) - wanted:
        (TREE / path).unlink()
        with contextlib.suppress(OSError):  # the directory is not empty
            os.removedirs((TREE / path).parent)
    for path in wanted:
        copy_changed(ROOT / path, TREE / path)
    return TREE


def copy_changed(source: Path, target: Path) -> None:
    """Copy a file unless it is there already: whoever reads the copy at this moment is not disturbed."""
    if target.exists() and filecmp.cmp(source, target) and source.stat().st_mode == target.stat().st_mode:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


@contextlib.contextmanager
def running_simulator(*settings: str) -> Iterator[str]:
    """Start the simulator on a free port of this machine, yield its URL, and stop it."""
    with tempfile.TemporaryDirectory() as directory:
        url_file = Path(directory, "url")
        command = [sys.executable, "-m", "simulator", "--port", "0", "--url-file", str(url_file), *settings]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "tests")}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            try:
                yield announced_url(process, url_file)
            finally:
                process.terminate()


def free_port(wanted: int) -> int:
    """The port if it is free on this machine, and 0, which stands for any, if not."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def announced_url(process: subprocess.Popen[bytes], url_file: Path) -> str:
    """Wait for the simulator to write its URL and return it; SystemExit when it ended or takes too long."""
    deadline = time.monotonic() + SIMULATOR_START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if url_file.exists() and (url := url_file.read_text(encoding="utf-8").strip()):
            return url
        time.sleep(0.05)
    if process.poll() is None:
        raise SystemExit(f"The simulator did not answer within {SIMULATOR_START_SECONDS} s. Is the machine busy?")
    raise SystemExit("The simulator did not start; its message is above.")


def ansible_environment(collections: Path = COLLECTIONS) -> dict[str, str]:
    """Environment in which Ansible finds the collection in `collections` and prints plain, readable results."""
    return {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }


def api_environment(url: str) -> dict[str, str]:
    """Environment that points the collection at the simulator at `url`."""
    return {"PPIO_API_URL": url, "PPIO_API_KEY": SIMULATOR_KEY}


def build_artifact(name: str) -> Path:
    """Build what Galaxy would get, in a place of this name below the cache, and return its path."""
    output = CACHE / "artifact" / name
    shutil.rmtree(output, ignore_errors=True)
    quietly("ansible-galaxy", "collection", "build", str(collection_tree()), "--output-path", str(output))
    (artifact,) = output.glob("*.tar.gz")
    return artifact


def quietly(*command: str) -> None:
    """Run a command and show what it says only if it fails."""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")


def installed(name: str) -> Path:
    """Install the artifact into an empty place of this name below the cache, and return that."""
    print("Building and installing the collection, which takes some seconds", flush=True)
    collections = CACHE / name
    shutil.rmtree(collections, ignore_errors=True)
    # By force: what the user has installed elsewhere is no reason to leave this place empty.
    install = ["ansible-galaxy", "collection", "install", "--offline", "--force", str(build_artifact(name))]
    quietly(*install, "--collections-path", str(collections))
    return collections


@nox.session(tags=["lint"])
def ruff(session: nox.Session) -> None:
    """Style and formatting of Python."""
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--diff", "--quiet")


@nox.session(tags=["lint"])
def mypy(session: nox.Session) -> None:
    """Types of Python, seen from where `ansible_collections` begins: so every module has the name it is imported by."""
    settings = collection_tree() / "pyproject.toml"
    session.chdir(COLLECTIONS)
    session.run("mypy", "--config-file", str(settings), *session.posargs)
    # What a module sends to a host may meet an older Python there than the tests need.
    plugins = str(settings.parent / "plugins")
    session.run("mypy", "--config-file", str(settings), "--python-version", OLDEST_PYTHON, plugins)


@nox.session(tags=["lint"])
def licenses(session: nox.Session) -> None:
    """Each file says whose it is and under which licence."""
    session.run("reuse", "lint", *(session.posargs or ["--lines"]))


@nox.session(tags=["lint"])
def workflows(session: nox.Session) -> None:
    """The GitHub workflows have no known weakness; nothing is asked of the network."""
    session.run("zizmor", "--offline", "--quiet", "--persona", "pedantic", *session.posargs, ".github")
    # What PyPI has of it loads a program from GitHub, so only the workflow installs it.
    if shutil.which("actionlint"):
        session.run("actionlint", external=True)
    else:
        session.log("actionlint is not on this machine: skipped")


@nox.session(tags=["lint"])
def changelog(session: nox.Session) -> None:
    """The change log and its fragments are well-formed."""
    session.run("antsibull-changelog", "lint", *session.posargs)


@nox.session(tags=["lint"])
def docs(session: nox.Session) -> None:
    """The documentation of every plugin and role is complete and its markup and links are right; the site is built."""
    session.chdir(collection_tree())
    session.run(
        "antsibull-docs",
        "lint-collection-docs",
        "--plugin-docs",
        "--validate-collection-refs=self",
        *(session.posargs or ["."]),
        env=ansible_environment(),
    )
    build_site(session)


def build_site(session: nox.Session) -> None:
    """Write a page for each plugin and role, and make HTML of these and of the guides. A warning is an error."""
    shutil.rmtree(SITE, ignore_errors=True)
    pages, html = SITE / "rst", SITE / "html"
    pages.mkdir(parents=True)
    write = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    session.run(*write, "--dest-dir", str(pages), "ppio.gpu", env=ansible_environment(), silent=True)
    for page in ("failures.md", "benchmark.md"):
        shutil.copy(ROOT / "docs" / page, pages)
    shutil.copytree(ROOT / "docs" / "images", pages / "images")
    shutil.copy(ROOT / "CHANGELOG.rst", pages / "changelog.rst")
    session.run("sphinx-build", "--quiet", "--fail-on-warning", "-c", "docs/docsite", str(pages), str(html))
    # The theme shows an error box in the place of a table of contents.
    boxes = [page.name for page in html.rglob("*.html") if re.search(r'class="contents\b', page.read_text("utf-8"))]
    if boxes:
        session.error(f"pages with an error box: {', '.join(boxes)}")
    session.log(f"the site begins at {html.relative_to(ROOT) / 'index.html'}")


@nox.session(tags=["lint"])
def ansible_lint(session: nox.Session) -> None:
    """Playbooks, roles and metadata are what Ansible's own reviewers ask for."""
    session.chdir(collection_tree())
    session.run("ansible-lint", *session.posargs, env=ansible_environment())


@nox.session
def sanity(session: nox.Session) -> None:
    """Ansible's own checks of a collection, none of them ignored."""
    provide_pip_bootstrap(Path(str(importlib.resources.files("ansible_test"))))
    session.chdir(collection_tree())
    session.run("ansible-test", "sanity", "--python", PYTHON, *session.posargs)


def provide_pip_bootstrap(ansible_test: Path) -> None:
    """Put get_pip.py where ansible-test looks before it downloads one; a file that is there already is left alone.

    ansible-test states the version of pip that it wants, and so the file's name, in its own source only.
    """
    source = ansible_test / "_internal" / "python_requirements.py"
    (version,) = re.findall(r"^ +pip='([0-9.]+)',$", source.read_text(encoding="utf-8"), re.MULTILINE)
    target = Path.home() / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / ".ci" / "get_pip.py", target)


@nox.session
def galaxy(session: nox.Session) -> None:
    """The artifact holds what users need and nothing else, and Galaxy would take it."""
    artifact = build_artifact(session.name)
    with tarfile.open(artifact) as archive:
        unexpected = {name.split("/")[0] for name in archive.getnames()} - ARTIFACT_CONTENT
    if unexpected:
        session.error(f"not meant for users, see build_ignore in galaxy.yml: {', '.join(sorted(unexpected))}")
    session.chdir(artifact.parent)  # the importer leaves its findings where it runs
    findings = session.run("python", "-m", "galaxy_importer.main", artifact.name, *session.posargs, silent=True)
    session.log(findings)
    if "WARNING" in str(findings):
        session.error("Galaxy would take it, with warnings")


@nox.session(venv_backend="venv")
def install(session: nox.Session) -> None:
    """As the README says, from nothing: the artifact, a git URL, a requirements file; then a first task of each."""
    session.install(*shlex.split(README_INSTALLATION.findall((ROOT / "README.md").read_text(encoding="utf-8"))[0]))
    artifact = build_artifact(session.name)
    with tempfile.TemporaryDirectory() as directory, running_simulator() as url:
        repository = f"git+file://{committed_copy(Path(directory))}"
        requirements = Path(directory, "requirements.yml")
        requirements.write_text(
            yaml.safe_dump({"collections": [{"name": repository, "type": "git"}]}), encoding="utf-8"
        )
        sources = [[str(artifact)], [repository], ["--requirements-file", str(requirements)]]
        for number, source in enumerate(sources):
            environment = {"ANSIBLE_HOME": str(Path(directory, str(number))), **api_environment(url)}
            command = ["ansible-galaxy", "collection", "install", "--offline", *source]
            session.run(*command, env=environment, silent=True)
            session.run("ansible", "localhost", "-m", "ppio.gpu.region_info", env=environment, silent=True)
        # Beside what is installed, the demo still has its own copy.
        beside = {"ANSIBLE_HOME": str(Path(directory, "0")), **api_environment(url)}
        session.run(sys.executable, "noxfile.py", "demo", "--list-tasks", env=beside, external=True, silent=True)


def committed_copy(directory: Path) -> Path:
    """A repository with one commit, of the working tree as it is."""
    copy = directory / "repository"
    # What ansible-test writes may be gone before it is copied, because other checks run meanwhile.
    shutil.copytree(collection_tree(), copy, ignore=shutil.ignore_patterns(".git", "output"))
    author = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com"]
    for command in (["init", "--quiet"], ["add", "--all"], [*author, "commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", *command], cwd=copy, check=True)
    return copy


@nox.session
def execution_environment(session: nox.Session) -> None:
    """ansible-builder finds the requirement of the collection, and takes the definition that the guide shows."""
    collection_tree()
    found = session.run("ansible-builder", "introspect", str(COLLECTIONS), silent=True)
    if "requests" not in str(found):
        session.error(f"ansible-builder does not see that requests is needed:\n{found}")
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as directory:
        definition = Path(directory, "execution-environment.yml")
        definition.write_text(textwrap.dedent(GUIDES_DEFINITION.findall(guide)[0]), encoding="utf-8")
        context = Path(directory, "context")
        session.run("ansible-builder", "create", "--file", str(definition), "--context", str(context), silent=True)


@nox.session
def molecule(session: nox.Session) -> None:
    """The user's story, played twice: the second time nothing may change."""
    session.chdir(collection_tree())
    with running_simulator() as url:
        environment = ansible_environment() | STRICT_TEMPLATES | api_environment(url)
        session.run("molecule", "test", *(session.posargs or ["--all"]), env=environment)


@nox.session
def integration(session: nox.Session) -> None:
    """Playbooks through Ansible, against the simulator; or the API that an integration_config.yml of yours names."""
    session.chdir(collection_tree())
    with integration_config():
        session.run("ansible-test", "integration", "--python", PYTHON, *session.posargs)


@contextlib.contextmanager
def integration_config() -> Iterator[None]:
    """Tell ansible-test where the API is, for the time being: the file may hold a key, and is not for other checks."""
    target = TREE / INTEGRATION_CONFIG
    with contextlib.ExitStack() as stack:
        stack.callback(target.unlink, missing_ok=True)
        if (ROOT / INTEGRATION_CONFIG).exists():
            shutil.copyfile(ROOT / INTEGRATION_CONFIG, target)
        else:
            url = stack.enter_context(running_simulator())
            config = {"api_url": url, "api_key": SIMULATOR_KEY, "simulator_url": url}
            # With a start, because ansible-lint may see it.
            target.write_text(yaml.safe_dump(config, explicit_start=True), encoding="utf-8")
        yield


@nox.session
def unit(session: nox.Session) -> None:
    """All pytest tests: pure, contract, module against the simulator, the simulator itself, policy."""
    session.chdir(collection_tree())
    run_unit_tests(session)


def run_unit_tests(session: nox.Session) -> None:
    # More than cores, because playbooks also wait, in real time; and nobody is left with the long ones.
    processes = str(2 * (os.cpu_count() or 1))
    session.run("pytest", "--numprocesses", processes, "--dist", "worksteal", *session.posargs, env=STRICT_TEMPLATES)


@nox.session(venv_backend="venv", default=False)
@nox.parametrize(("python", "core"), MATRIX)
def matrix(session: nox.Session, core: str) -> None:
    """Unit tests and integration playbooks in an environment of their own; sanity with the newest ansible-core."""
    has_units = session.python != OLDEST_PYTHON
    for_units = ["--requirement", "tests/requirements.txt", "--constraint", str(other_pins())] if has_units else []
    session.install(f"ansible-core~={core}.0", "--requirement", "requirements.txt", *for_units)
    session.chdir(collection_tree())
    if has_units:
        run_unit_tests(session)
    with integration_config():
        session.run("ansible-test", "integration", "--python", str(session.python))
    if core == NEWEST_CORE:
        (ansible_test,) = Path(session.virtualenv.location).glob("lib/*/site-packages/ansible_test")
        provide_pip_bootstrap(ansible_test)
        session.run("ansible-test", "sanity", "--python", str(session.python))


@nox.session(venv_backend="venv", default=False)
def mutants(session: nox.Session) -> None:
    """Small mistakes in options, planning and the create protocol, of which the tests must notice 95 percent."""
    needed = ["--requirement", "requirements.txt", "--requirement", "tests/requirements.txt"]
    session.install("ansible-core", *needed, *MUTATION_TOOLS, "--constraint", "requirements-dev.txt")
    # A copy, so that edits during the run do not matter.
    shutil.rmtree(CACHE / "mutants", ignore_errors=True)
    tree = CACHE / "mutants" / "ansible_collections" / "ppio" / "gpu"
    shutil.copytree(collection_tree(), tree)
    session.chdir(tree)
    environment = STRICT_TEMPLATES | {"PYTHONPATH": str(tree / "tests")}
    session.run("pytest", "--quiet", "--numprocesses=auto", *MUTANT_RECORD, *MUTANT_TESTS, env=environment)
    files = [f"plugins/module_utils/{path}" for path in session.posargs or MUTATED]
    session.run("python", "-m", "mutants", *files, "--tests", *MUTANT_TESTS, env=environment)


def other_pins() -> Path:
    """A file with the versions of requirements-dev.txt, without ansible-core and what each of its releases pins."""
    pins = Path("requirements-dev.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    target = CACHE / "other-pins.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        "".join(pin for pin in pins if not pin.startswith(("ansible-core", "resolvelib"))), encoding="utf-8"
    )
    return target


def demo(*arguments: str) -> int:
    """Install the artifact into an empty place, run its demo playbook, and return its exit code."""
    environment = os.environ | ansible_environment(installed("demo"))
    with demo_api() as api:
        print(f"The demo plays on {api.get('PPIO_API_URL', 'the real API, which costs money')}.", flush=True)
        played = subprocess.run(["ansible-playbook", "ppio.gpu.demo", *arguments], check=False, env=environment | api)
    if not played.returncode and api.get("PPIO_API_KEY") == SIMULATOR_KEY:
        print(AFTER_DEMO)
    return played.returncode


def simulator(*settings: str) -> int:
    """Serve the simulated API until Ctrl-C, and say how to use it; `settings` go to the simulator."""
    collections = installed("simulator")
    usual = ("--port", str(free_port(SIMULATOR_PORT)), "--settings", SIMULATOR_SETTINGS)
    with running_simulator(*usual, *settings) as url, contextlib.suppress(KeyboardInterrupt):
        tools = Path(sys.executable).parent
        print(SIMULATOR_IS_READY.format(url=url, key=SIMULATOR_KEY, collections=collections, tools=tools), flush=True)
        signal.pause()
    return 0


def live(*arguments: str) -> int:
    """Become the short acceptance run against the account that PPIO_API_KEY names."""
    collection_tree()
    path = os.pathsep.join([str(ROOT / "tests"), str(COLLECTIONS)])
    # A child would be killed a moment after Ctrl-C, and leave its endpoint behind.
    os.execve(sys.executable, [sys.executable, "-m", "live", *arguments], os.environ | {"PYTHONPATH": path})


def picture() -> int:
    """Play the README's first playbook twice on a simulator, and draw what is printed, for light and dark pages."""
    playbook = README_PLAYBOOK.findall((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    environment = os.environ | ansible_environment(installed("picture")) | {"ANSIBLE_FORCE_COLOR": "true"}
    printed = ""
    with running_simulator() as url, tempfile.TemporaryDirectory() as directory:
        Path(directory, "hello.yml").write_text(playbook, encoding="utf-8")
        command = ["ansible-playbook", "hello.yml"]
        for _time in range(2):
            played = subprocess.run(
                command,
                check=True,
                cwd=directory,
                env=environment | api_environment(url),
                stdout=subprocess.PIPE,
                text=True,
            )
            printed += f"\x1b[1m$ {' '.join(command)}\x1b[0m\n{without_padding(played.stdout)}\n"
    for theme, name in ((rich.terminal_theme.DEFAULT_TERMINAL_THEME, "light"), (rich.terminal_theme.MONOKAI, "dark")):
        draw(printed.rstrip(), theme, ROOT / "docs" / "images" / f"first-run-{name}.svg")
    return 0


def without_padding(printed: str) -> str:
    """What Ansible printed, without the stars and blank lines that fill its lines."""
    return re.sub(r"\n{2,}", "\n", re.sub(r" \*{3,}|(?<=\n)\n", "", printed)).lstrip()


def draw(printed: str, theme: rich.terminal_theme.TerminalTheme, target: Path) -> None:
    """Write coloured text as an SVG. It names no font of another server, and is the same for the same text."""
    text = rich.text.Text.from_ansi(printed)
    console = rich.console.Console(record=True, width=118, file=io.StringIO())
    console.print(text)
    console.print()  # the picture ends right below the last line, and would cut it off
    fonts = re.compile(r"@font-face \{.*?\}\n?", re.DOTALL)
    target.parent.mkdir(exist_ok=True)
    drawn = console.export_svg(title="hello.yml", theme=theme, unique_id="run")
    target.write_text(fonts.sub("", drawn).replace("Fira Code, ", "").rstrip() + "\n", encoding="utf-8")


@contextlib.contextmanager
def demo_api() -> Iterator[dict[str, str]]:
    """Yield the environment that names the API: a simulator for the time being, or what the user has set."""
    if os.environ.get("PPIO_API_KEY"):
        yield {name: value for name, value in os.environ.items() if name == "PPIO_API_URL"}
        return
    # A life that one can watch: what is new needs a few seconds until it serves.
    with running_simulator("--settings", '{"life": "slow", "start_seconds": 5}') as url:
        yield api_environment(url)


@nox.session(default=False)
def faults(session: nox.Session) -> None:
    """The long campaign of faults against the core, or what tests/campaign is asked for."""
    collection_tree()
    path = os.pathsep.join([str(ROOT / "tests"), str(COLLECTIONS)])
    session.run("python", "-m", "campaign", *session.posargs, env={"PYTHONPATH": path})


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the collection next to `uri` and to bare requests, and write docs/benchmark.md and its plots."""
    collection_tree()
    environment = {"PYTHONPATH": str(ROOT / "tests"), "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    page = str(ROOT / "docs" / "benchmark.md")
    session.run("python", "-m", "benchmark", "--output", page, *session.posargs, env=environment)


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Gather the fragments and new plugins in the change log of the version that galaxy.yml names."""
    session.run("antsibull-changelog", "release", "--update-existing", "--reload-plugins", *session.posargs)


@nox.session(default=False)
def publish(session: nox.Session) -> None:
    """Send the artifact to Galaxy, if it is of the version that is named."""
    artifact = build_artifact(session.name)
    if not session.posargs or artifact.name != f"ppio-gpu-{session.posargs[0]}.tar.gz":
        session.error(f"galaxy.yml makes {artifact.name}; name its version: make publish VERSION=...")
    if not os.environ.get("GALAXY_TOKEN"):
        session.error("GALAXY_TOKEN is not set")
    # In the environment, so that neither a list of processes nor a log shows it.
    server = {
        "ANSIBLE_GALAXY_SERVER_LIST": "galaxy",
        "ANSIBLE_GALAXY_SERVER_GALAXY_URL": "https://galaxy.ansible.com",
        "ANSIBLE_GALAXY_SERVER_GALAXY_TOKEN": os.environ["GALAXY_TOKEN"],
    }
    session.run("ansible-galaxy", "collection", "publish", str(artifact), env=server)


if __name__ == "__main__":
    sys.exit({"demo": demo, "simulator": simulator, "live": live, "picture": picture}[sys.argv[1]](*sys.argv[2:]))
