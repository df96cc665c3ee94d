# Everything from a fresh clone to a running chat. `make` alone lists what there is.
# PYTHON=/path/to/python3 chooses the interpreter when .venv is made.

READY := .venv/.ready
SETUP := pyproject.toml uv.lock hatch_build.py scripts/uv.sh $(wildcard chatcore/locale/*/LC_MESSAGES/*.po)
BIN := .venv/bin

# What is installed on machines that are not like this one.
SHIPPED := chatcore chatcore_server frontends/cli/chatcore_cli frontends/tk/chatcore_tk

# What the desktop client needs without a screen, and what its tests need beside: hands, and fonts that have the glyphs.
WINDOW := 'xvfb=command -v Xvfb' 'python3-tk=$(BIN)/python -c "import tkinter"'
NODE := 'nodejs=command -v node' 'node-ws=test -e /usr/share/nodejs/ws'
POSTGRES := 'postgresql=ls /usr/lib/postgresql/*/bin/initdb || command -v initdb'
FONTS := 'fontconfig=command -v fc-list' 'fonts-noto-core=fc-list | grep -q NotoSans-Regular' \
	'fonts-noto-cjk=fc-list | grep -q NotoSansCJK' 'fonts-noto-color-emoji=fc-list | grep -q NotoColorEmoji' \
	'fonts-dejavu-core=fc-list | grep -q DejaVuSansMono'
DESKTOP := xdotool $(WINDOW) $(FONTS)

# What the tests of broken disks and power cuts need: a compiler with its headers.
COMPILER := gcc 'libc6-dev=echo "\#include <stdio.h>" | gcc -E -'

TOOLS := git tmux $(NODE) $(POSTGRES) nginx caddy $(COMPILER) $(DESKTOP)

# Of the variables that change what a Python does (PYTHONPATH, PYTHONHOME, …) nothing is taken over.
unexport $(filter-out PYTHON,$(filter PYTHON%,$(.VARIABLES)))
ifdef PYTHON
export PYTHON
endif

.PHONY: help setup demo test prove bench growth profile check audit docs pictures wheel-test fresh clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo        a chat that is alive, in this terminal (without a terminal: a transcript)'
	@echo 'make test        every test (SHUFFLE=1 in another order, each number in its own)'
	@echo '                 DB=nodes the servers of tests over PostgreSQL, three of them, or DB=postgres one'
	@echo 'make prove       break everything there is to break, and look whether the promises hold (ten minutes)'
	@echo '                 PART=kill one part alone, FULL=1 the long figures (hours), SEEDS=20000 for the simulation'
	@echo 'make bench       measure how fast it is, against yardsticks of the same run (ten minutes)'
	@echo '                 PART=direct one part alone, QUICK=1 within a minute, RUNS=3 how often'
	@echo 'make growth      measure what grows with what is stored, and draw it (twenty minutes, 5 GB of disk)'
	@echo '                 PART=users one axis alone, ROUNDS=5 how often, LARGEST=100000 without greater sizes'
	@echo 'make profile     show which part of the server the time of a message goes to (with py-spy, as root)'
	@echo 'make check       ruff, bandit, mypy, import-linter, the documentation, the lock file'
	@echo 'make audit       ask OSV.dev for known holes in what the lock file names (needs the network)'
	@echo 'make docs        write what is made from the code, and build the documentation into build/docs'
	@echo 'make pictures    take the pictures of the clients anew, for the README and the documentation'
	@echo 'make wheel-test  build the wheel and test it in clean environments'
	@echo 'make fresh       the same two commands on a machine that nobody has prepared: SUITE=trixie, or another of Debian'
	@echo '                 AS=person without root, WITH=python3-venv with a package more, COMMAND="make check" another line'
	@echo 'make clean       remove what make has made, .venv too'

setup: $(READY)

$(READY): $(SETUP)
	@echo 'setup: installing what chatcore needs into .venv (half a minute the first time)'
	@scripts/uv.sh sync --quiet --frozen --inexact --all-extras
	@touch $@

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: $(READY)
	@missing="$$(scripts/system_packages.sh $(TOOLS))" || true; \
	scripts/run_tests.sh "$$missing" $(if $(SHUFFLE),--shuffle=$(SHUFFLE)) $(if $(DB),--db=$(DB))

prove: $(READY)
	@scripts/system_packages.sh $(COMPILER) $(POSTGRES) >/dev/null
	@$(BIN)/python -m prove $(PART) $(if $(FULL),--full) $(if $(SEEDS),--seeds $(SEEDS))

bench: $(READY)
	@$(if $(or $(QUICK),$(filter-out clients cluster,$(PART))),,scripts/system_packages.sh $(WINDOW) $(POSTGRES) >/dev/null)
	@scripts/uv.sh sync --quiet --frozen --inexact --all-extras --group bench
	@$(BIN)/python -m benchmarks $(PART) $(if $(QUICK),--quick) $(if $(RUNS),--runs $(RUNS))

growth: $(READY)
	@scripts/uv.sh sync --quiet --frozen --inexact --all-extras --group bench
	@$(BIN)/python -m benchmarks.growth $(PART) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(LARGEST),--largest $(LARGEST))

profile: $(READY)
	@scripts/uv.sh sync --quiet --frozen --inexact --all-extras --group bench
	@$(BIN)/python -m benchmarks.profile

check: $(READY)
	@echo 'check: ruff'
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo 'check: bandit'
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml $(SHIPPED) scripts hatch_build.py
	@echo 'check: mypy'
	@$(BIN)/mypy
	@echo 'check: mypy, as if on Windows and on macOS: what only Unix has is asked for'
	@$(BIN)/mypy --platform win32 --no-warn-unreachable --cache-dir .mypy_cache/win32 $(SHIPPED)
	@$(BIN)/mypy --platform darwin --no-warn-unreachable --cache-dir .mypy_cache/darwin $(SHIPPED)
	@echo 'check: types of all public names, and the examples, against the wheel'
	@scripts/uv.sh sync --quiet --frozen --inexact --all-extras --group types
	@$(BIN)/python scripts/check_wheel_types.py
	@echo 'check: import-linter'
	@$(BIN)/lint-imports --no-logo
	@echo 'check: documentation'
	@$(BIN)/sphinx-build -q -W -n --keep-going docs build/docs
	@echo 'check: uv.lock'
	@scripts/uv.sh lock --quiet --check
	@echo 'check: clean'

audit: $(READY)
	@scripts/uv.sh audit --frozen

docs: $(READY)
	@$(BIN)/python scripts/write_files_page.py
	@$(BIN)/python scripts/write_protocol_page.py
	@$(BIN)/python scripts/write_protocol_schema.py
	@$(BIN)/python scripts/write_asyncapi.py
	@$(BIN)/python scripts/write_schema.py
	@$(BIN)/python scripts/write_errors_page.py
	@$(BIN)/python scripts/write_programs_pages.py
	@$(BIN)/sphinx-build -q -a -W -n --keep-going docs build/docs
	@echo 'docs: build/docs/index.html'

pictures: $(READY)
	@scripts/system_packages.sh tmux $(WINDOW) $(FONTS) >/dev/null
	@$(BIN)/python scripts/write_pictures.py
	@echo 'pictures: docs/images'

wheel-test: $(READY)
	@$(BIN)/python scripts/test_wheel.py

fresh:
	@scripts/fresh_machine.sh $(or $(SUITE),trixie) $(if $(AS),--as $(AS)) $(if $(WITH),--with '$(WITH)') $(if $(COMMAND),'$(COMMAND)')

clean:
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -f chatcore/locale/*/LC_MESSAGES/*.mo
	find benchmarks chatcore chatcore_server docs examples frontends prove scripts tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
