"""A pytest plugin: plain tests run where Odoo cannot be imported, whoever tries.

An addon whose `__init__` loads Odoo models is entered without running it, so that its plain
Python (such as `account_bank_feed_rule.matching`) can be imported by its full name.
"""

import importlib
import sys
import types

from .common import ADDONS, our_addons

sys.modules["odoo"] = None
sys.path.insert(0, str(ADDONS))
for name in our_addons():
    try:
        importlib.import_module(name)
    except ImportError:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(ADDONS / name)]
