#!/bin/sh
# Writes the three locks anew from pyproject.toml; `scripts/lock.sh --upgrade` also takes newer versions.
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv

lock() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

parts="--extra auth --extra calendar --extra images --extra postgres --extra slides --extra build"
# shellcheck disable=SC2086
lock pyproject.toml $parts "$@" -o requirements.lock
# shellcheck disable=SC2086
lock pyproject.toml $parts --extra dev -c requirements.lock "$@" -o requirements-dev.lock
wanted=$(mktemp)
trap 'rm -f "$wanted"' EXIT
grep -o '^uv==[^ ;]*' requirements.lock >"$wanted"
lock "$wanted" -o requirements-setup.lock
