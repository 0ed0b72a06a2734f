"""`make bench-matching` and `make bench-oca`: what is posted, and how much of it rightly."""

import tempfile
from pathlib import Path

from . import environment, oca_peer, odoo_source
from .common import ADDONS, PROJECT, attend, say

OCA = {"partners": "500", "documents": "2000", "payments": "2000"}
"""The engine of OCA takes about a seventh of a second for each payment."""
OCA_CONFIGURATION = "numbers, then partner's only item"
"""The best by `oca_peer.merit` of ten tried on a small world; by right postings another leads."""


def bench(words):
    """Measure our engine on a generated company, in the project's own environment."""
    return _in_environment("tools.bench_matching_child", *words)


def bench_oca(words):
    """Measure ours and OCA's engine on the same, smaller company."""
    sizes = [word for size, value in OCA.items() for word in (f"--{size}", value)]
    words = [*sizes, *words]
    say("== Our engine ==\n")
    if code := _in_environment("tools.bench_matching_child", "--quick", *words):
        return code
    with tempfile.TemporaryDirectory() as folder:
        say("== OCA's engine, on Odoo 18.0 ==\n")
        if code := _in_environment("tools.world", "--out", folder, *words):
            return code
        out = Path(folder) / "oca.json"
        return oca_peer.main([folder, str(out), "--only", OCA_CONFIGURATION])


def _in_environment(module, *words):
    venv = environment.ensure(odoo_source.preferred())
    environ = environment.clean_environ(PYTHONPATH=f"{ADDONS}:{PROJECT}")
    return attend([venv / "bin" / "python", "-m", module, *words], env=environ, cwd=PROJECT)
