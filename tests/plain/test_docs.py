"""Pages that are generated say what the code says."""

from pathlib import Path

from bank_statement_format import docs, formats

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def test_the_page_of_formats_is_up_to_date():
    assert PAGE.read_text() == docs.markdown(), "run `make docs`"


def test_every_format_has_its_chapter():
    text = docs.markdown()
    for fmt in formats().values():
        chapter = text.partition(f"\n## {fmt.label}\n")[2].partition("\n## ")[0]
        assert len(chapter.split()) > 20, fmt.name
        assert f"`{fmt.name}`" in text
