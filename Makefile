# make try     install into $(VENV) and run the tool on examples/
# make test    install what the tests need and run every check that CI runs
# make test-slow  run the tests that take minutes
# make format  put the code into the form that `make test` asks for
# make flows   print how much of the flow of data through Python programs is followed, by family
# make oracle  compare the analysis with runs of random programs: make oracle N=1000 SEED=1
# make metamorphic  rewrite programs in all ways that keep their meaning, and compare verdicts (takes minutes)
# make field   run the tool on public applications (downloaded into $(FIELD)) and print a table
# make planted plant a violation in each of them, and see whether it is found
# make bench   time the tool beside ruff and semgrep on some of them
# make wheel   build the wheel of a release, which is compiled (needs a C compiler, and some minutes)
# make test-compiled  run the tests with that wheel

PYTHON ?= python3
VENV ?= .venv
FIELD ?= field
N ?= 300
SEED ?= 0
# The compiler of a release looks at all of it at once: a twentieth of a run. Both gcc and clang know these.
WHEEL_CFLAGS ?= -flto=auto -fno-semantic-interposition

BIN = $(abspath $(VENV))/bin
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
BENCH_VENV = $(abspath $(VENV))/bench
COMPILED_VENV = $(abspath $(VENV))/compiled
SOURCES = $(shell git ls-files src rules docs/rules pyproject.toml)
CODE = src tests benchmarks examples

.PHONY: try test test-slow format flows oracle metamorphic field planted bench wheel test-compiled clean

try: $(VENV)/installed
	@$(BIN)/datause-lint --version
	@cd examples && { $(BIN)/datause-lint check . || test $$? -eq 1; } # findings are what is to be seen

test: $(VENV)/installed-for-tests
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

test-slow: $(VENV)/installed-for-tests
	$(BIN)/python -m pytest -m slow

format: $(VENV)/installed-for-tests
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

flows: $(VENV)/installed-for-tests
	$(BIN)/python -m tests.flows --in-functions
	$(BIN)/python -m tests.flows

oracle: $(VENV)/installed-for-tests
	$(BIN)/python -m tests.oracle $(N) $(SEED) --shrink

metamorphic: $(VENV)/installed-for-tests
	$(BIN)/python -m pytest tests/metamorphic -m "slow or not slow"

field: $(VENV)/installed
	$(BIN)/python benchmarks/field.py --folder $(FIELD) --tool $(BIN)/datause-lint

planted: $(VENV)/installed
	$(BIN)/python benchmarks/planted.py --folder $(FIELD) --tool $(BIN)/datause-lint

bench: $(VENV)/installed $(COMPILED_VENV)/installed $(BENCH_VENV)/installed
	$(BIN)/python benchmarks/compare.py --folder $(FIELD) --peers $(BENCH_VENV)/bin \
		--tool compiled=$(COMPILED_VENV)/bin/datause-lint --tool plain=$(BIN)/datause-lint

wheel: $(VENV)/wheel

test-compiled: $(COMPILED_VENV)/installed
	$(COMPILED_VENV)/bin/python -m pytest

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo 'datause-lint needs Python 3.10 or newer: name one, as in `make $(MAKECMDGOALS) PYTHON=python3.12`' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo '$(PYTHON) has no venv: install it (Debian: apt install python3-venv), or name another PYTHON' >&2; exit 1; }
	@touch $@

$(VENV)/installed: $(VENV)/created pyproject.toml
	@echo 'Installing datause-lint into $(VENV)'
	@$(PIP) install --editable .
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	@echo 'Installing what the tests need into $(VENV)'
	@$(PIP) install --editable '.[test]'
	@touch $@

# Built from the source distribution, in a folder of its own: what the compiler makes must not lie beside the source.
$(VENV)/wheel: $(VENV)/installed-for-tests $(SOURCES)
	@command -v cc >/dev/null || { echo 'a compiled wheel needs a C compiler (Debian: apt install gcc)' >&2; exit 1; }
	@echo 'Compiling the wheel into dist/'
	@rm -rf dist
	@HATCH_BUILD_HOOK_ENABLE_MYPYC=1 CFLAGS="$(WHEEL_CFLAGS)" LDFLAGS="$(WHEEL_CFLAGS)" \
		$(BIN)/python -m build --outdir dist >/dev/null
	@touch $@

$(COMPILED_VENV)/installed: $(VENV)/wheel
	@$(PYTHON) -m venv --clear $(COMPILED_VENV)
	@$(COMPILED_VENV)/bin/python -m pip --quiet --disable-pip-version-check install "$$(ls dist/*.whl)[test]"
	@touch $@

$(BENCH_VENV)/installed: $(VENV)/created benchmarks/requirements.txt
	@echo 'Installing the tools to compare with into $(BENCH_VENV)'
	@$(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip --quiet --disable-pip-version-check install --requirement benchmarks/requirements.txt
	@touch $@
