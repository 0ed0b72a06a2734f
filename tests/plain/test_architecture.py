"""The dependency arrows of docs/architecture.md, checked against what the code imports."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ADDONS = PROJECT / "addons"
PURE = (
    ADDONS / "bank_statement_format",
    ADDONS / "account_bank_feed" / "admission",
    ADDONS / "account_bank_feed_connection" / "protocol",
    ADDONS / "account_bank_feed_rest" / "rest",
    ADDONS / "account_bank_feed_rule" / "matching",
    ADDONS / "account_bank_feed_demo" / "bank",
)
"""Plain Python: usable and testable without Odoo."""


def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def addons():
    return sorted(path.parent for path in ADDONS.glob("*/__manifest__.py"))


def imported_modules(path):
    """The absolute names that a module imports, wherever in the module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def depends_on(name, known):
    """All addons of ours that an addon depends on, directly or not."""
    found = set()
    for dependency in known.get(name, ()):
        found |= {dependency} | depends_on(dependency, known)
    return found


def test_there_are_addons():
    assert {"bank_statement_format", "account_bank_feed"} <= {addon.name for addon in addons()}


@pytest.mark.parametrize("folder", PURE, ids=lambda folder: folder.name)
def test_plain_python_stays_plain(folder):
    modules = list(folder.rglob("*.py"))
    assert modules
    for path in modules:
        odoo = [name for name in imported_modules(path) if name.split(".")[0] == "odoo"]
        assert not odoo, f"{path} imports {odoo}"


@pytest.mark.parametrize("addon", addons(), ids=lambda addon: addon.name)
def test_addons_import_only_what_they_depend_on(addon):
    known = {other.name: manifest(other)["depends"] for other in addons()}
    allowed = {addon.name} | depends_on(addon.name, known)
    for path in addon.rglob("*.py"):
        for name in imported_modules(path):
            if name.startswith("odoo.addons.") and name.count(".") >= 2:
                other = name.split(".")[2]
                assert other not in known or other in allowed, f"{path} imports {other}"


@pytest.mark.parametrize("addon", addons(), ids=lambda addon: addon.name)
def test_every_addon_explains_itself(addon):
    assert (addon / "README.md").is_file()
    assert addon.name in (PROJECT / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("addon", addons(), ids=lambda addon: addon.name)
def test_manifest_runs_on_both_series(addon):
    """Odoo prefixes its own series to a version and refuses a foreign one."""
    found = manifest(addon)
    assert found["version"].count(".") == 2
    assert found["license"] == "LGPL-3"


def test_raw_sql_never_creates_constraints_that_one_series_ignores():
    for path in ADDONS.rglob("models/*.py"):
        names = {
            target.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert "_sql_constraints" not in names, path


def test_no_pattern_has_possessive_groups():
    """Python before 3.11.5, which Debian 12 has, loses their place when a part of them fails."""
    for path in ADDONS.rglob("formats/*.py"):
        assert not re.search(r"\)[*+?]\+|\(\?>", path.read_text()), path
