# `make demo` and `make test` set up all they need; PYTHON names another interpreter than python3.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo train results eda detectors fuzz soak bench bench-quick test lint lock screenshots

demo: .venv/app
	$(BIN)/python app.py

train: .venv/train
	$(BIN)/python train.py

results: .venv/train
	$(BIN)/python -m ecg results

eda: .venv/train
	$(BIN)/python -m ecg explore

# NeuroKit2 asks for an older pandas than the project's, which its detector does not need
detectors: .venv/train
	$(BIN)/pip install --quiet --no-deps "neurokit2>=0.2.13,<0.3"
	$(BIN)/python -m benchmarks.detectors

fuzz: .venv/dev
	$(BIN)/python -m tests.fuzz
	$(BIN)/python -m tests.fuzz.endpoints

soak: .venv/dev
	$(BIN)/python -m tests.soak

bench: .venv/train
	$(BIN)/python -m benchmarks

bench-quick: .venv/train
	$(BIN)/python -m benchmarks --quick

test: lint chromium
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

# Newest versions within requirements-app.txt, with hashes, for all systems and versions of Python
lock: .venv/pip
	$(BIN)/pip install --quiet "uv>=0.13,<0.14"
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --custom-compile-command "make lock" requirements-app.txt -o requirements.lock

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

setup: .venv/dev

screenshots: .venv/dev
	$(BIN)/python docs/take_screenshots.py

# A virtual environment grows with what is asked of it: the demo needs no TensorFlow. Each file marks a finished step.
.venv/pip:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	touch $@

.venv/app: requirements.lock .venv/pip
	$(BIN)/pip install --quiet --require-hashes -r $<
	touch $@

.venv/train: requirements.txt .venv/app
	$(BIN)/pip install --quiet -r $<
	touch $@

.venv/dev: requirements-dev.txt .venv/train
	$(BIN)/pip install --quiet -r $<
	touch $@

# The browser tests need Chromium. Where it can be installed without asking, it is; elsewhere those tests say what is missing.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fonts-dejavu-core; } >/dev/null 2>&1 || true
