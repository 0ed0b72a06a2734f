# make demo    a demo company fetches from a demo bank, and imports files: what became of them
# make serve   look at it in the browser                          [SERIES=18.0|19.0] [PORT=8069]
# make test    all tests                [SERIES=18.0|19.0|all] [GROUP=plain,odoo] [ARGS="-k word"]
#              begin nothing more of a series after a while                           [MINUTES=60]
# make lint    the linters alone
# make screenshots    pictures of every screen, for docs/screens.md         [ARGS="review rules"]
# make docs    write the generated pages of docs anew
# make translations    bring addons/*/i18n/*.pot and *.po up to the terms of the sources
# make bench   how fast 100,000 transactions get into the books   [ARGS="--quick", "--only workers"]
# make bench-ui        how fast the screens are on 1,000,000 transactions        [ARGS="--quick"]
# make bench-formats   how fast statement files are read, beside other libraries
# make bench-matching  how many payments are posted, and how many rightly    [ARGS="--seed 7"]
# make bench-oca       the same payments through OCA's engine, on Odoo 18.0  [ARGS="--payments 500"]
# make drill   what a bank does wrong, and what becomes of it   [ARGS="--short", "--only many"]
# make clean   remove what these have built, except the sources of Odoo
#
# Everything is set up on the first run, under ~/.cache/odoo-bank-feed. See tools/.

PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help demo serve test lint docs screenshots translations bench bench-ui bench-formats \
	bench-matching bench-oca drill clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo:
	@exec $(PYTHON) -m tools demo --series="$(SERIES)"

serve:
	@exec $(PYTHON) -m tools serve --series="$(SERIES)" --port="$(PORT)"

test:
	@exec $(PYTHON) -m tools test --series="$(SERIES)" --group="$(GROUP)" --args="$(ARGS)" \
		--minutes="$(MINUTES)"

lint:
	@exec $(PYTHON) -m tools test --series="$(SERIES)" --group lint

screenshots:
	@exec $(PYTHON) -m tools screenshots --series="$(SERIES)" --args="$(ARGS)"

docs:
	@exec $(PYTHON) -m tools docs

translations:
	@exec $(PYTHON) -m tools translations

bench:
	@exec $(PYTHON) -m tools bench --series="$(SERIES)" --args="$(ARGS)"

bench-ui:
	@exec $(PYTHON) -m tools bench-ui --series="$(SERIES)" --args="$(ARGS)"

bench-formats:
	@exec $(PYTHON) -m tools bench-formats

bench-matching:
	@exec $(PYTHON) -m tools bench-matching --args="$(ARGS)"

bench-oca:
	@exec $(PYTHON) -m tools bench-oca --args="$(ARGS)"

drill:
	@exec $(PYTHON) -m tools drill --series="$(SERIES)" --args="$(ARGS)"

clean:
	@exec $(PYTHON) -m tools clean
