# Two commands need nothing but Python 3.11: `make demo` and `make test`.

PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: help demo up test check format bench bench-speech bench-materials bench-minutes bench-board bench-directions torture torture-speech torture-materials torture-minutes torture-reminders assets migration translations clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

# The stamp is newer than pyproject.toml only when everything in it is installed.
.venv/demo.stamp: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || python3 -m venv .venv
	@echo "Installing Meetly with its speech extra into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[speech]'
	@touch $@

.venv/test.stamp: .venv/demo.stamp
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[speech,test]'
	@touch $@

demo: .venv/demo.stamp assets ## set up and run the whole story on the bundled recording
	@$(BIN)/meetly demo

up: .venv/demo.stamp assets ## serve it at http://127.0.0.1:8000, web and worker together
	@$(BIN)/meetly up

test: .venv/test.stamp assets ## set up and run the tests; says which optional parts are missing
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadscope

check: .venv/test.stamp ## style, types and the plan of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest --quiet tests/test_house.py

format: .venv/test.stamp ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/test.stamp ## measurements, printed as tables
	@for program in bench/*.py; do case $$program in *torture*|*scoring*|*site_lines*|*plans*|*years_of_tasks*|*__init__*) ;; *) echo "== $$program"; $(BIN)/python -m bench.$$(basename $$program .py) || exit 1;; esac; done

bench-speech: .venv/test.stamp ## speech against openai-whisper and faster-whisper; a quarter of an hour
	@$(BIN)/python -m bench.speech

bench-materials: .venv/test.stamp assets ## 200 sites downloading at once, beside nginx; three minutes
	@$(BIN)/python -m bench.materials

bench-minutes: .venv/test.stamp ## drafts and documents of three hours, and the sample against its secretary's
	@$(BIN)/python -m bench.minutes

bench-directions: .venv/test.stamp ## how well directions are found, per variant, and how fast
	@$(BIN)/python -m bench.directions

bench-board: .venv/test.stamp assets ## ten years of tasks: 1.5 million on PostgreSQL, 18,000 on SQLite; minutes
	@$(BIN)/python -m bench.board

torture: .venv/test.stamp ## 3,000 kills of speech processes; long
	@$(BIN)/python -m bench.torture_speech 3000

torture-speech: .venv/test.stamp ## the same 500 times, or: make torture-speech kills=3000
	@$(BIN)/python -m bench.torture_speech $(or $(kills),500)

torture-materials: .venv/test.stamp ## 1,000 breaks of the line under one document of 300 MB, up and down
	@$(BIN)/python -m bench.torture_materials $(or $(breaks),1000)

torture-minutes: .venv/test.stamp ## 10,000 orders of approving, signing, correcting; 16,000 numbers at once
	@$(BIN)/python -m bench.torture_minutes $(or $(interleavings),10000)

torture-reminders: .venv/test.stamp ## two schedulers, kills, a moving clock, failing mail; four minutes
	@$(BIN)/python -m bench.torture_reminders --seed $(or $(seed),1)

assets: .venv/demo.stamp ## build the styles and scripts where they changed
	@$(BIN)/python hatch_build.py

migration: .venv/demo.stamp ## write a migration for changed models: make migration m="why"
	@$(BIN)/flask --app wsgi db migrate --directory migrations --message "$(m)"

translations: .venv/test.stamp ## gather new texts into the English catalogue
	@mkdir -p var
	@$(BIN)/python -m babel.messages.frontend -q extract --no-location --sort-output --no-wrap \
		--keywords _l --keywords lazy_gettext --mapping meetly/translations/babel.cfg --output var/messages.pot .
	@$(BIN)/python -m babel.messages.frontend -q update --no-fuzzy-matching --no-wrap --previous --ignore-obsolete \
		--ignore-pot-creation-date --input-file var/messages.pot --output-dir meetly/translations --locale en

clean: ## remove what was built and installed; data in var/ stays
	rm -rf .venv meetly/static assets/node_modules build dist *.egg-info
