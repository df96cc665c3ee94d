"""How Sphinx builds these pages."""

from importlib.metadata import version as version_of

project = "chatcore"
author = "the chatcore authors"
project_copyright = "2026, the chatcore authors"
version = release = version_of("chatcore")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "chatcore"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False

default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autoclass_content = "both"
# Names in docstrings are written as code, and types of the standard library lead nowhere offline.
nitpick_ignore_regex = [("py:.*", ".*")]
