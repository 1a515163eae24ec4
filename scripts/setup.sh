#!/bin/sh
# Makes .venv from the hashed locks: `scripts/setup.sh run` what the program needs, `dev` also what the tests need.
# A second call with nothing changed ends at once.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
case $kind in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "Usage: scripts/setup.sh run|dev" >&2; exit 2 ;;
esac
home=$PWD/.venv
python=$home/bin/python

say() { printf '%s\n' "setup: $*"; }

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if command -v "$name" >/dev/null 2>&1 && new_enough "$name"; then
            command -v "$name"
            return 0
        fi
    done
    seen=$(python3 --version 2>/dev/null || echo "none")
    echo "setup: Python 3.11 or newer is needed; found: $seen." >&2
    echo "setup: Install it, or name it: make setup PYTHON=/path/to/python3.12" >&2
    return 1
}

# The folder stands in the mark because scripts in .venv name it: a moved clone is set up anew.
mark() {
    "$python" - "$1" <<'PY'
import hashlib, os, pathlib, platform, sys
whole = hashlib.sha256(f"{os.getcwd()} {platform.python_version()}".encode())
for name in ("pyproject.toml", "requirements-setup.lock", sys.argv[1]):
    whole.update(pathlib.Path(name).read_bytes())
print(whole.hexdigest())
PY
}

if [ -x "$python" ] && new_enough "$python" && "$python" -m pip --version >/dev/null 2>&1; then
    if [ -f "$home/.ready-$kind" ] && [ -x "$home/bin/okr" ] && [ "$(cat "$home/.ready-$kind")" = "$(mark $lock)" ]; then
        say "everything is installed already ($lock)."
        exit 0
    fi
else
    base=$(find_python)
    say "making .venv with $("$base" --version 2>&1) ..."
    if ! "$base" -m venv --clear "$home"; then
        echo "setup: $base cannot make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
fi

# Wherever pip was told to look, uv looks too; the locks name no place.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    place=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$place" ] || export UV_DEFAULT_INDEX="$place"
fi

with_pip() {
    "$python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$1"
}

with_uv() {
    "$home/bin/uv" pip install --quiet --python "$python" --require-hashes "$@"
}

say "installing uv from requirements-setup.lock ..."
with_pip requirements-setup.lock || say "uv could not be installed; going on with pip."

say "installing $(grep -c == $lock) pinned packages from $lock (the first time takes a minute or two) ..."
if ! with_uv -r $lock; then
    say "that failed; trying once more, trusting the certificates that this machine trusts ..."
    sleep 3
    if ! with_uv --system-certs -r $lock; then
        say "uv cannot; trying with pip ..."
        with_pip $lock
    fi
fi

say "installing the program itself ..."
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
    --config-settings editable_mode=compat -e .

say "preparing the modules, so that already the first question is quick ..."
# Installed files of other Python versions do not compile, which harms nobody.
"$python" -m compileall -q -j 0 "$home"/lib/python*/site-packages okr assistant tools prompts ui >/dev/null 2>&1 || true

mark $lock >"$home/.ready-$kind"
# The tests' lock holds the program's lock, version for version.
[ "$kind" = run ] || mark requirements.lock >"$home/.ready-run"
say "done: .venv/bin/okr is ready."
