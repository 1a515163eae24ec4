#!/bin/sh
# Prints the path of a Chromium for the browser tests, installing one where that is possible without asking.
set -u
cd "$(dirname "$0")/.."

say() { printf '%s\n' "browser: $*" >&2; }

found() {
    for name in ${OKR_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
        path=$(command -v "$name" 2>/dev/null) || continue
        # Ubuntu's chromium-browser is a script that only asks for a snap.
        timeout 60 "$path" --version >/dev/null 2>&1 && { printf '%s\n' "$path"; return 0; }
    done
    path=$(.venv/bin/python -c 'from playwright.sync_api import sync_playwright as p
with p() as it: print(it.chromium.executable_path)' 2>/dev/null)
    [ -n "$path" ] && [ -x "$path" ] && timeout 60 "$path" --version >/dev/null 2>&1 && printf '%s\n' "$path"
}

with_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    for attempt in 1 2; do
        say "installing Chromium with apt-get (attempt $attempt) ..."
        DEBIAN_FRONTEND=noninteractive timeout 300 apt-get update -q >&2 &&
            DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -q -y --no-install-recommends \
                chromium fonts-dejavu-core >/dev/null &&
            return 0
        sleep 5
    done
    return 1
}

with_playwright() {
    say "fetching the Chromium that Playwright brings ..."
    if [ "$(id -u)" = 0 ]; then
        timeout 600 .venv/bin/playwright install --with-deps chromium >&2
    else
        timeout 600 .venv/bin/playwright install chromium >&2
    fi
}

found && exit 0
with_apt && found && exit 0
with_playwright && found && exit 0
say "no Chromium here. Install one (Debian: apt-get install chromium) or set OKR_CHROMIUM to its path."
exit 1
