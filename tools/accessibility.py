"""axe, the accessibility checker, on a screen that Chromium shows.

Its script comes from the package `axe-core-python` and is never part of this project.
"""

import importlib.util
import json
from pathlib import Path

GRAVE = ("serious", "critical")
NOT_OURS = {
    ".o_main_navbar": "the web client's menus",
    ".o_control_panel": "search bar, pager, switches between views",
    ".o_list_record_selector": "boxes to tick in lists",
    ".o_optional_columns_dropdown": "the choice of columns in lists",
    ".o_m2o_avatar": "pictures of people",
    ".o_notebook_headers": "tabs of forms",
    ".o_form_label": "names of fields, whose grey a palette decides",
    ".modal-header": "heading of a dialog",
    ".o_field_daterange .fa-long-arrow-right": "the arrow between two dates",
    ".o_form_statusbar": "bar of states and its menu",
    ".o-mail-Form-chatter": "what people write about a record",
    ".o-mail-ChatterContainer": "the same elsewhere",
    ".o_pivot": "the pivot",
    ".o_clipboard_button": "the button that copies a field, which shows an icon only",
    ".o_notification_manager": "messages in the corner",
}
"""Odoo's own, the same on every screen of every addon: what axe finds there is not ours to mend."""

ODOOS_WIDGETS = {
    "aria-allowed-attr": ("o-autocomplete--input", "o-dropdown", "o_tag"),
    "autocomplete-valid": ("o_select_menu",),
}
"""By rule, classes of fields that 19.0 renders so: of these, everything else is looked at."""

OURS_IN_THERE = ".o_control_panel [class*='o_bank_feed']"


def violations(browser, inside):
    """What axe finds serious or critical, a sentence for each element.

    :param inside: CSS of the part of the page that is looked at
    """
    if not browser.run("Boolean(window.axe)"):
        browser.run(f"{_script()}; undefined")
    parts = json.dumps({"include": [inside, OURS_IN_THERE], "exclude": list(NOT_OURS)})
    # Of what is to be looked at and what is not, axe wants to find everything.
    found = browser.run(
        f"(async ({{ include, exclude }}) => {{"
        f"const there = (one) => document.querySelector(one);"
        f"const parts = (all) => all.filter(there).map((one) => [one]);"
        f"const context = {{ include: parts(include), exclude: parts(exclude) }};"
        f"const found = await axe.run(context, {{ resultTypes: ['violations'] }});"
        f"return JSON.stringify(found.violations); }})({parts})"
    )
    return [
        f"{rule['impact']}: {rule['id']}: {node['target'][-1]}: {node['html'][:200]}"
        for rule in json.loads(found)
        for node in rule["nodes"]
        if rule["impact"] in GRAVE and not _is_odoos(rule["id"], node["html"])
    ]


def _is_odoos(rule, html):
    """Whether a rule is broken by a widget of Odoo, as it is wherever that is used."""
    return any(name in html.partition(">")[0] for name in ODOOS_WIDGETS.get(rule, ()))


def _script():
    # The package's own entrance would import Selenium or Playwright.
    package = importlib.util.find_spec("axe_core_python")
    return (Path(package.submodule_search_locations[0]) / "axe.min.js").read_text()
