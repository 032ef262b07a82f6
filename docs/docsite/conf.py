# Copyright: (c) 2026, the ppio.gpu authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How does Sphinx make the documentation site from what antsibull-docs has written? Read by `make docs`."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "ppio.gpu"
copyright = "2026, the ppio.gpu authors"
extensions = ["sphinx_antsibull_ext", "myst_parser"]
html_theme = "furo"
html_title = "ppio.gpu"
html_static_path = ["static"]
html_css_files = ["site.css"]

ANSIBLE = "https://docs.ansible.com/ansible/latest/"
# Where antsibull-docs refers to Ansible's own documentation. Named here, so that building needs no network.
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
CONTENTS = re.compile(r"^\.\. contents::.*\n(?: +:.*\n)*", re.MULTILINE)
# Pages beside those of plugins and guides, which `make docs` puts there.
BEHAVIOUR = """

How it behaves, and what is new
-------------------------------

.. toctree::
    :maxdepth: 1
    :caption: How it behaves, and what is new

    failures
    benchmark
    changelog
"""
TITLE = "Ppio.Gpu\n========\n"
# What stands above the lists of pages.
INTRODUCTION = """\
ppio.gpu
========

Describe a serverless GPU endpoint of PPIO or Novita in a playbook. Each run creates or updates it to match, and a
second run changes nothing.

Start with :ref:`Your first endpoint <ansible_collections.ppio.gpu.docsite.guide_first_endpoint>`:

.. code-block:: console

    $ python3 -m pip install ansible-core requests
    $ ansible-galaxy collection install ppio.gpu
    $ read -rs PPIO_API_KEY && export PPIO_API_KEY
    $ ansible localhost -m ppio.gpu.product_info -a 'sort_by=price brief=true'

"""
# Above which list of pages in the sidebar what is to stand.
CAPTIONS = {
    "\nGuides\n": "Guides",
    "\nModules\n": "Modules",
    "\nRole Index\n": "Role",
}


def ansible_reference(
    _app: Sphinx, _environment: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    """A link to a page of Ansible's documentation; None for a label that is not one of its pages."""
    page = ANSIBLE_PAGES.get(node["reftarget"])
    return nodes.reference("", "", content, refuri=ANSIBLE + page) if page else None


def tidied(_app: Sphinx, page: str, source: list[str]) -> None:
    """Changes what antsibull-docs has written where the theme does better, or nobody can say it there.

    The theme has a table of contents beside each page, and takes a second one for an error.
    """
    source[0] = CONTENTS.sub("", source[0])
    if page != "index":
        return
    source[0] = source[0].replace(TITLE, INTRODUCTION)
    for heading, caption in CAPTIONS.items():
        start = source[0].index(heading) + len(heading)
        source[0] = source[0][:start] + source[0][start:].replace(
            ":maxdepth: 1", f":maxdepth: 1\n    :caption: {caption}", 1
        )
    source[0] += BEHAVIOUR


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", ansible_reference)
    app.connect("source-read", tidied)
