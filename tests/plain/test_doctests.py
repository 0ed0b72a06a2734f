"""The examples in the docstrings of the plain Python are true."""

import doctest
import importlib
import pkgutil

import pytest

PACKAGES = (
    "bank_statement_format",
    "account_bank_feed.admission",
    "account_bank_feed_connection.protocol",
    "account_bank_feed_rule.matching",
    "account_bank_feed_demo.bank",
)


def modules():
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield name
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".tests" not in found.name and not found.name.endswith("__main__"):
                yield found.name


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module)
    assert not result.failed


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for name in modules() for test in finder.find(importlib.import_module(name))]
    assert sum(bool(test.examples) for test in found) > 50
