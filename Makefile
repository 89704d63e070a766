# Two commands: `make book` builds the site, `make test` runs every check. `make help` lists the rest.
PYTHON ?= python3
COURSE ?= classroom
WHICH ?= oldest
WITH ?= 3.11
TORCH := torch==2.13.0

VENV := .venv/bin/python
# runs a program of this environment while no other make is at work in this folder
ALONE := $(VENV) tools/make_book/environment.py --alone $(VENV)
# a maintainer's programs use the modules of those that make the book
MODULES := PYTHONPATH=tools/make_book:tools/maintain
MAINTAIN := $(MODULES) $(ALONE) tools/maintain
# the Python that was asked for, or the first one that runs
PYTHONS := $(if $(filter file,$(origin PYTHON)),$(PYTHON) python3.13 python3.12 python3.11,$(PYTHON))
ENVIRONMENT := for python in $(PYTHONS); do \
	    "$$python" -c "" >/dev/null 2>&1 && exec "$$python" tools/make_book/environment.py

# what another project, or a cluster, set for its own programs is not for these
export KERAS_BACKEND := tensorflow
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS PYTHONDONTWRITEBYTECODE MPLBACKEND

.PHONY: help book draft test check format execute take aside serve lab reproduce replicate colab benchmark mutants torch \
	classroom collect due grade lock explorer-runs repository print links clean clean-environment environment

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

book: environment  ## bring stale notebooks up to date and build the site into _build/html
	@$(ALONE) tools/make_book/execute.py
	@$(ALONE) tools/make_book/render.py

draft: environment  ## build the site though a lesson is not in step with its text, to look at it while writing
	@$(ALONE) tools/make_book/render.py --draft

test: environment  ## run every check: library, notebooks, site, classroom
	@$(ALONE) tools/make_book/render.py
	@$(ALONE) -m pytest

check: environment  ## before each commit: style, quick tests, guards and staleness; runs no lesson
	@$(ALONE) tools/maintain/check.py

format: environment  ## format all code, the lessons' too
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format --quiet
	@$(MAINTAIN)/format_lessons.py

execute: environment  ## run the stale notebooks only (LESSON=03_2 runs one, stale or not)
	@$(ALONE) tools/make_book/execute.py $(LESSON)

take: environment  ## write an edited notebook's cells into its text (LESSON=03_2)
	@$(MAINTAIN)/edited.py take $(LESSON)

aside: environment  ## put an edited notebook into edited/, and make it again from its text (LESSON=03_2)
	@$(MAINTAIN)/edited.py aside $(LESSON)

print: environment  ## build the site with the whole book as one PDF in it (needs Chromium)
	@$(ALONE) tools/make_book/execute.py
	@$(ALONE) tools/make_book/render.py --pdf

serve: book  ## build the site and serve it on this machine
	@$(VENV) -m http.server --bind 127.0.0.1 --directory _build/html 8000

lab: environment  ## open the lessons in JupyterLab
	@$(VENV) -m jupyterlab chapters/en

reproduce: environment  ## run every lesson in the ways in which machines differ: does a reader see the same? (LESSON=03_2 for one)
	@$(MAINTAIN)/reproduce.py $(LESSON)

replicate: environment  ## run every lesson with other random numbers: do the verdicts come back? (SEEDS=5 times, LESSON=03_2 for one)
	@$(MAINTAIN)/replicate.py $(LESSON) --runs $(or $(SEEDS),5) --store

colab: environment  ## run every lesson alone beside other versions (WHICH=oldest or newest, WITH=3.12): are the verdicts the same?
	@$(MAINTAIN)/colab.py $(WHICH) $(WITH)

benchmark: environment  ## measure the library's speed, as ratios in one run, and what the site's pages weigh (after make book)
	@$(VENV) -m benchmarks | tee benchmarks/results.md
	@$(VENV) benchmarks/schedules.py
	@$(VENV) -m benchmarks.site | tee benchmarks/results_site.md

mutants: environment  ## change the exercises' solutions by machine: does each check reject them?
	@$(MAINTAIN)/mutants.py | tee benchmarks/mutants.md

explorer-runs: environment  ## train what the explorer's real runs lack (all of them: a quarter of an hour)
	@$(ALONE) tools/make_book/explorer.py --runs

torch: environment  ## add PyTorch, which the parity tests compare with (large; without it they are skipped)
	@$(VENV) -m pip install --quiet $(TORCH)

classroom: environment  ## write the exercises as a course for nbgrader, and sheets to print (COURSE=folder)
	@$(VENV) tools/classroom/classroom.py make "$(COURSE)"

collect: environment  ## take what an LMS gave out into the course (FROM=zip or folder, COURSE=folder)
	@$(VENV) tools/classroom/classroom.py collect "$(COURSE)" "$(FROM)"

due: environment  ## say when a section is to be handed in (SECTION=4 DATE="2026-12-01 23:59", COURSE=folder)
	@$(VENV) tools/classroom/classroom.py due "$(COURSE)" "$(SECTION)" "$(DATE)"

grade: environment  ## mark what is new in the course (COURSE=folder; SECTION=4, STUDENT=ada, AGAIN=1, FROM=zip, CONTAINER=podman IMAGE=name)
	@$(VENV) tools/classroom/classroom.py grade "$(COURSE)" $(SECTION) $(if $(STUDENT),--student "$(STUDENT)") \
	    $(if $(AGAIN),--again) $(if $(FROM),--from "$(FROM)") $(if $(CONTAINER),--engine "$(CONTAINER)" --image "$(IMAGE)")

repository: environment  ## give the book the address of another repository (URL=its address)
	@$(MAINTAIN)/move.py "$(URL)"

links: environment  ## ask the sites that the book links to whether the pages are still there (needs the network)
	@$(MAINTAIN)/links.py

lock: environment  ## pin the newest versions that fit pyproject.toml in requirements.lock
	@.venv/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --no-annotate --no-header --quiet --upgrade --output-file requirements.lock

clean:  ## delete what was built; a course in _build and what lies in edited/ stay
	@$(ENVIRONMENT) --clean; done; rm -rf book/generated _build/html

clean-environment: clean  ## delete what was built and the environment
	rm -rf .venv

environment:
	@$(ENVIRONMENT); done; \
	    echo "There is no $(PYTHON) here: name one, for example make book PYTHON=python3.12."; exit 1
