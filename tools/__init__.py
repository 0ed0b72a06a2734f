"""The developer toolchain: `make demo`, `make test` and `make serve` end up here.

Standard library only, since it runs before any virtual environment exists.
"""
