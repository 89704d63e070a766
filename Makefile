# Two commands: `make book` builds the site, `make test` runs every check. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv/bin/python
TORCH := torch==2.13.0
COURSE ?= _build/classroom
WHICH ?= oldest
WITH ?= 3.11

.PHONY: help book test execute serve lab reproduce colab benchmark mutants torch classroom collect due grade lock explorer-runs repository print links clean clean-environment environment

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

book: environment  ## bring stale notebooks up to date and build the site into _build/html
	@$(VENV) tools/make_book/execute.py
	@$(VENV) tools/make_book/render.py

test: environment  ## run every check: library, notebooks, site, classroom
	@$(VENV) tools/make_book/render.py
	@$(VENV) -m pytest

execute: environment  ## run the stale notebooks only (LESSON=03_2 runs one, stale or not)
	@$(VENV) tools/make_book/execute.py $(LESSON)

print: environment  ## build the site with the whole book as one PDF in it (needs Chromium)
	@$(VENV) tools/make_book/execute.py
	@$(VENV) tools/make_book/render.py --pdf

serve: book  ## build the site and serve it on this machine
	@$(VENV) -m http.server --bind 127.0.0.1 --directory _build/html 8000

lab: environment  ## open the lessons in JupyterLab
	@$(VENV) -m jupyterlab chapters/en

reproduce: environment  ## run a third of the lessons on one core, without oneDNN, without XLA: are the numbers the same?
	@$(VENV) tools/maintain/reproduce.py

colab: environment  ## run every lesson alone beside other versions (WHICH=oldest or newest, WITH=3.12): are the verdicts the same?
	@$(VENV) tools/maintain/colab.py $(WHICH) $(WITH)

benchmark: environment  ## measure the library's speed, as ratios in one run, and what the site's pages weigh (after make book)
	@$(VENV) -m benchmarks | tee benchmarks/results.md
	@$(VENV) benchmarks/schedules.py
	@$(VENV) -m benchmarks.site | tee benchmarks/results_site.md

mutants: environment  ## change the exercises' solutions by machine: does each check reject them?
	@$(VENV) tools/maintain/mutants.py | tee benchmarks/mutants.md

explorer-runs: environment  ## train the runs that the explorer shows again (a minute)
	@$(VENV) tools/make_book/explorer.py --runs

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
	@$(VENV) tools/maintain/move.py "$(URL)"

links: environment  ## ask the sites that the book links to whether the pages are still there (needs the network)
	@$(VENV) tools/maintain/links.py

lock: environment  ## pin the newest versions that fit pyproject.toml in requirements.lock
	@.venv/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --fork-strategy fewest \
	    --generate-hashes --no-annotate --no-header --quiet --upgrade --output-file requirements.lock

clean:  ## delete what was built
	rm -rf _build book/generated

clean-environment: clean  ## delete what was built and the environment
	rm -rf .venv

environment:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: name one, for example make book PYTHON=python3.12."; exit 1; }
	@$(PYTHON) tools/make_book/environment.py
