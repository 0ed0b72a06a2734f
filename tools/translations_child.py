"""The part of `make translations` that needs polib: it runs in the project's environment.

A translation keeps what is still asked for, gets what is new as an empty term, and loses the rest.
To begin one in another language, put a file with nothing but a header beside the template.
"""

import sys
from pathlib import Path

import polib

WRAP = 78


def main(addons, *exported):
    """Command line: the folder of the addons, then a fresh template of each."""
    waiting = sum(_update(Path(addons) / Path(path).stem / "i18n", path) for path in exported)
    if waiting:
        print(f"{waiting} terms wait for a translation: fill them in, in addons/*/i18n/*.po")
    return 0


def _update(folder, path):
    """Bring an addon's template and translations up to date; how many terms are untranslated."""
    template = polib.pofile(path, wrapwidth=WRAP)
    leave_out_tests(template)
    if not template:
        return 0
    folder.mkdir(exist_ok=True)
    target = folder / Path(path).name
    template.metadata["Project-Id-Version"] = "Odoo Server 18.0"
    if not target.exists() or not same_terms(polib.pofile(target), template):
        template.save(target)
    return sum(_merge(one, polib.pofile(target)) for one in sorted(folder.glob("*.po")))


def leave_out_tests(template):
    """Forget what is said in tests alone, which Odoo's exporter reads like any other file."""
    for term in list(template):
        term.occurrences = [(path, n) for path, n in term.occurrences if "/tests/" not in path]
        if not term.occurrences:
            template.remove(term)


def same_terms(one, other):
    """Whether two templates ask for the same, at the same places."""
    return _terms(one) == _terms(other)


def _terms(template):
    return {(term.msgid, term.comment, tuple(term.occurrences)) for term in template}


def _merge(path, template):
    translation = polib.pofile(path, wrapwidth=WRAP)
    if not same_terms(translation, template):
        merge(translation, template)
        translation.save(path)
    open_terms = [term for term in translation if not term.translated()]
    print(f"  {path.parent.parent.name}/{path.name}: {len(translation)} terms", end="")
    print(f", {len(open_terms)} not translated" if open_terms else "")
    return len(open_terms)


def merge(translation, template):
    """Bring a translation up to its template, in the template's order."""
    translation.merge(template)
    for term in translation.obsolete_entries():
        translation.remove(term)
    places = {term.msgid: place for place, term in enumerate(template)}
    translation.sort(key=lambda term: places[term.msgid])
    created = template.metadata.get("POT-Creation-Date", "")
    translation.metadata["POT-Creation-Date"] = created


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
