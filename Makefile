# `make run` and `make test` do all the set-up they need, inside this folder.

PORT ?= 8000
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PYTEST := $(PYTHON) -m pytest -q

# What is compiled once is kept: each process of the tests would compile all of it again.
export PYTHONDONTWRITEBYTECODE =

# Development: SQLite in var/, mails on the console and at /mailbox/.
run demo content migrations: export DEBUG = 1
run demo content migrations: export SITE_URL = http://localhost:$(PORT)

# What `check --deploy` looks at: an environment as on a real server, with nothing real in it.
check: export SECRET_KEY = only-looked-at-by-check-deploy-9f3k2m8x7q1w5z0v4b6n
check: export MASTER_KEYS = 1:b25seS1sb29rZWQtYXQtYnktY2hlY2stLWRlcGxveSE=
check: export ALLOWED_HOSTS = example.org
check: export SITE_URL = https://example.org
check: export EMAIL_URL = smtp+tls://mail.example.org:587
check: export DEFAULT_FROM_EMAIL = hello@example.org
check: export DATABASE_URL = sqlite:///var/check.sqlite3
check: export PATH := $(CURDIR)/.venv/bin:$(PATH)

# The same uv for everybody, whatever is on the PATH; it keeps what it downloads in this folder.
UV := UV_CACHE_DIR=.venv-uv/cache .venv-uv/bin/uv
COMPILE := $(UV) pip compile -q --upgrade --universal --generate-hashes --python-version 3.12 --no-header --no-annotate

.PHONY: help setup run try env demo content sentences migrations test quick check mutants faults deep shots judges audit bench bench-large failover serializable sizes format lock pin messages vendor fonts notices sbom picture preview
.DEFAULT_GOAL := help

help:
	@echo "make run [PORT=8000]  set everything up and start the site"
	@echo "make try [PORT=8000]  a demo to look around in: sends no mail, keeps nothing"
	@echo "make env DOMAIN=X     write .env for a real site: draw its secrets, fill in its name"
	@echo "make test             set everything up and run all checks and tests, on both databases"
	@echo "make quick            the rules and pages, in a minute or two: SQLite, no browser, no twin worlds"
	@echo "make demo [PORT=8000] load an example couple, and say how to sign in as either"
	@echo "make sentences        update the list of sentences that can be agreed on, after a change of words"
	@echo "make migrations       write the migration of a model that changed"
	@echo "make content          look at the questions, the help lines and the notes on wording"
	@echo "make check            look at the code without running the tests"
	@echo "make mutants          remove one guard after another, and see that a test notices each time"
	@echo "make deep [DEPTH=1]   the long tests, and the journeys in Firefox and WebKit: a night; DEPTH=8 tries more cases"
	@echo "make faults [FAULT=X] cause real faults on a whole site, and print what was measured: fifteen minutes"
	@echo "make shots            pictures of every page, on a phone and a desk, light and dark"
	@echo "make judges           what Lighthouse, Nu and the HTTP Observatory say (needs npm and Java)"
	@echo "make audit            ask the index of packages for known weaknesses (needs one that keeps a list)"
	@echo "make bench            measure the site, and write docs/performance.md"
	@echo "make bench BEFORE=X   measure it beside an earlier commit, in one run"
	@echo "make bench-large      measure it with a million couples: half an hour, and 45 GB of disk"
	@echo "make failover         kill the primary of three databases ten times while twenty people save: 15 minutes"
	@echo "make failover PART=X  restore: go back to a moment; restart: one web host after the other; two minutes each"
	@echo "make serializable     run the tests on a database that gives up a transaction of every request: half an hour"
	@echo "make sizes            measure what a small site takes of a machine, and write it into docs/requirements.md"
	@echo "make picture          draw docs/pictures/parts.svg, which part imports which"
	@echo "make preview          draw static/img/preview.png, which chats show with a link to the site"
	@echo "make format           put code and templates in their one form"
	@echo "make messages LOCALE=hi  collect the texts to translate into a language, check and compile what is translated"
	@echo "make lock             take the newest versions of all dependencies that pyproject.toml allows"
	@echo "make pin              renew the digests of the images that docker-compose.yml and Dockerfile name (needs docker)"
	@echo "make notices          write THIRD-PARTY-NOTICES from what is installed"
	@echo "make sbom             write var/sbom.cdx.json, a bill of materials in CycloneDX"
	@echo "make vendor [HTMX=X]  fetch htmx from npm once more, or another version of it"
	@echo "make fonts            fetch the fonts from npm once more, and make ours from them"

setup:
	@command -v python3 >/dev/null || { echo "python3 is missing. Install Python 3.12 or newer (on Debian: apt install python3 python3-venv)."; exit 2; }
	@python3 bootstrap.py

run: setup
	@$(PYTHON) -m tools.port run "$(PORT)"
	@$(MANAGE) migrate -v 0
	@echo "Common Ground is at $(SITE_URL) and its mails are at $(SITE_URL)/mailbox/"
	@$(MANAGE) runserver localhost:$(PORT)

# A demo on SQLite in var/demo, as a real site runs: no mails, no tracebacks, and nothing is kept.
try: export DEMO = 1
try: export SITE_URL = http://localhost:$(PORT)
try: setup
	@$(PYTHON) -m tools.port try "$(PORT)"
	@$(MANAGE) collectstatic --noinput -v 0
	@$(MANAGE) serve_demo --port $(PORT)

env:
	@sh deploy/env.sh $(DOMAIN)

demo: setup
	@$(MANAGE) migrate -v 0
	@$(MANAGE) demo

# Names the line of a question, a help line or a note on wording that breaks a rule.
content: setup
	@$(MANAGE) check

sentences: setup
	REWRITE=1 $(PYTEST) --database sqlite tests/agreements/test_every_sentence.py

migrations: setup
	$(MANAGE) makemigrations

# Three processes on SQLite for two cores: what drives a browser waits for a good part of its time.
test: check
	@$(PYTHON) -m tests.support.browsers
	@$(PYTHON) -m tests.support.poolers
	$(PYTEST) -n 3 --dist worksteal --daily --database sqlite
	$(PYTEST) -n 2 --dist worksteal --daily --database postgresql

# The rules and pages of each part. Not what drives browsers, draws by lot, makes files, waits for mail
# servers, tries limits out, reads all labelled sentences, compares twin worlds, or walks through the site.
LONG := privacy journeys races demo downloads agreements/test_downloads.py leaving/test_data_export.py
LONG += accounts/test_limits.py accounts/test_posting.py privacy_notice/test_operator.py
LONG += agreements/test_at_random.py check_ins/test_at_random.py talks/test_at_random.py talks/test_shared_screens.py
LONG += $(notdir $(filter-out %/test_notifications.py %/test_refusals.py,$(wildcard tests/test_*.py)))
quick: setup
	$(PYTEST) -n 2 --dist worksteal --database sqlite -m "not sweep" $(LONG:%=--ignore tests/%) \
		--deselect tests/content/phrasing/test_phrasing.py::test_what_was_made_right_stays_right

# Two at a time, and what takes longest first.
CHECKS := check-types check-templates check-imports check-django check-files check-style
.PHONY: $(CHECKS)
check: setup
	@$(MAKE) --no-print-directory -j 2 $(CHECKS)

check-types:
	mypy

check-templates:
	djlint templates --lint --quiet
	djlint templates --check

check-imports:
	lint-imports
	deptry .
	deptry . --exclude '^\.' --ignore DEP002,DEP004

check-django:
	$(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

check-files:
	check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml docker-compose.external-database.yml docker-compose.demo.yml
	hadolint Dockerfile
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml
	check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	check-jsonschema --check-metaschema static/my-data.schema.json

check-style:
	ruff check .
	ruff format --check .
	@if grep -nE 'https?://' requirements*.txt; then echo "The lock names a host: run make lock."; exit 1; fi
	@if grep -rnIE '^[[:space:]]*(<{7}|>{7}) ' accounts boundaries config docs static templates tests *.*; then echo "A conflict was not resolved."; exit 1; fi

mutants: setup
	$(PYTHON) -m tests.mutants

# Real PostgreSQL, granian, a worker and a mail server. As root it also fills a disk.
faults: setup
	@$(PYTHON) -m tests.faults $(FAULT)

deep: setup
	@$(PYTHON) -m tests.support.browsers chromium firefox webkit
	@$(PYTHON) -m tests.support.poolers
	@$(PYTHON) -m tests.support.proxies
	$(PYTEST) -n 2 -m "deep or another_day or generated" --database sqlite
	$(PYTEST) -n 2 -m "deep or another_day or generated or sweep or journey" --database postgresql
	$(PYTEST) -n 2 --dist worksteal --engine firefox tests/journeys
	$(PYTEST) -n 2 --dist worksteal --engine webkit tests/journeys

shots: setup
	@$(PYTHON) -m tests.support.browsers
	SHOTS=1 $(PYTEST) -n 2 --database sqlite tests/journeys/test_every_page.py tests/journeys/test_evening_picture.py -k "pictures or evening"
	@echo "The pictures are in var/shots, by width and colour scheme; that of the README is docs/pictures/evening.webp."

judges: setup
	@$(PYTHON) -m tests.support.browsers
	$(PYTHON) -m tests.judges

# --strict: an index that has no list of weaknesses would otherwise pass for one that knows of none.
audit: setup
	@test -x .venv-audit/bin/pip-audit || { python3 -m venv .venv-audit && .venv-audit/bin/pip install -q pip-audit==2.10.1; }
	.venv-audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt -r requirements-dev.txt

bench: setup
	$(PYTHON) -m tests.benchmarks$(if $(BEFORE),.compared $(BEFORE))

bench-large: setup
	$(PYTHON) -m tests.benchmarks.large

# Needs apt install etcd-server patroni haproxy postgresql-15 pgbackrest. KILLS=1 is enough to see that it works.
failover: setup
	@$(MANAGE) collectstatic --noinput -v 0
	$(PYTHON) -m tests.failover $(if $(KILLS),--kills $(KILLS) --switchovers 1 --asynchronous 1) $(if $(SPEED),--speed $(SPEED)) $(if $(PART),--part $(PART))

serializable: setup
	$(PYTEST) -n 2 --dist worksteal --database postgresql --serializable --ignore tests/journeys --ignore tests/privacy

sizes: setup
	$(PYTHON) -m tests.benchmarks.sizes

picture: setup
	@$(PYTHON) -m tools.picture

preview: setup
	@$(PYTHON) -m tests.support.browsers
	@$(PYTHON) -m tools.preview

format: setup
	-.venv/bin/ruff check . --fix
	.venv/bin/ruff format .
	-.venv/bin/djlint templates --reformat --quiet

# Collects the texts of the site and of its content, checks what is translated, and compiles it.
# Needs gettext (on Debian: apt install gettext).
messages: export DEBUG = 1
messages: setup
	@test -n "$(LOCALE)" || { echo "Name a language: make messages LOCALE=hi"; exit 2; }
	@mkdir -p locale
	$(MANAGE) makemessages -l $(LOCALE) --ignore '.venv*' --ignore tests --ignore tools --ignore findings --add-location file --no-wrap
	$(MANAGE) translate_content $(LOCALE)
	$(PYTHON) -m tools.messages $(LOCALE)

# Run `make test` afterwards, and `make notices`.
lock:
	@python3 -c "import bootstrap, sys; sys.exit(not bootstrap.own_uv())"
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.txt

pin:
	@python3 -m tools.pin

notices: setup
	@$(PYTHON) -m tools.notices

# Of what a running site uses, and nothing else: so it looks at an environment of its own. The program
# compares what it writes with the schema of CycloneDX.
sbom: setup
	@python3 -c "import bootstrap, sys; sys.exit(not bootstrap.own_uv())"
	@test -x .venv-sbom/bin/cyclonedx-py || { python3 -m venv .venv-sbom && .venv-sbom/bin/pip install -q cyclonedx-bom==7.5.0; }
	@$(UV) venv -q --clear --python $(PYTHON) .venv-runtime
	@$(UV) pip sync -q --python .venv-runtime/bin/python --require-hashes requirements.txt
	@mkdir -p var
	.venv-sbom/bin/cyclonedx-py environment --validate --output-reproducible --spec-version 1.6 --pyproject pyproject.toml --mc-type application -o var/sbom.cdx.json .venv-runtime/bin/python

# For a new version: read its changes first, name its file in templates/components/htmx.html, and run make deep.
vendor: setup
	$(PYTHON) -m tools.vendor $(HTMX)

fonts: setup
	@$(PYTHON) -m tools.fonts
