"""docs/connectors.md shows the connector that is shipped and tested."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def test_the_page_shows_the_file():
    page = (PROJECT / "docs" / "connectors.md").read_text()
    code = PROJECT / "addons" / "account_bank_feed_demo" / "models" / "bank_connector_demo.py"
    assert f"```python\n{code.read_text()}```" in page, "copy the file into the page"
