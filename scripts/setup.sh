#!/usr/bin/env bash
# Builds .venv from the locked requirements and installs the Debian packages that are missing.
#   scripts/setup.sh run | test | bench      what for: each needs what the one before it needs, and more
# Run again it only checks, in well under a second.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:?run, test or bench}
case $purpose in
run) lock=requirements/runtime.txt programs=() ;;
test) lock=requirements/dev.txt programs=(Xvfb:xvfb xdotool:xdotool) ;;
bench) lock=requirements/dev.txt programs=(Xvfb:xvfb xdotool:xdotool chromium:chromium node:nodejs npm:npm) ;;
*)
    echo "setup: unknown purpose '$purpose' (run, test or bench)" >&2
    exit 2
    ;;
esac
# Kivy's wheel brings SDL2 with it, but not OpenGL; without libmtdev it starts with a traceback.
libraries=(libGL.so.1:libgl1 libEGL.so.1:libegl1 libmtdev.so.1:libmtdev1)

# Two set-ups in one folder wait for each other.
exec 9<.
flock -w 1800 9 || { echo "setup: another set-up holds this folder" >&2; exit 1; }

find_python() {
    local name
    for name in python3.11 python3.12 python3.13 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "setup: Python 3.11 or newer is needed, and none of python3.11, python3.12, python3.13, python3 is one." >&2
    echo "setup: on Debian 12: sudo apt-get install -y python3.11 python3.11-venv" >&2
    return 1
}

# Prints the Debian packages that are missing. Asks for the thing itself, not for the package: it may have come another way.
missing_packages() {
    local python=$1 pair program
    "$python" - "${libraries[@]}" <<'PY'
import ctypes, sys
for pair in sys.argv[1:]:
    library, package = pair.split(":")
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PY
    for pair in "${programs[@]}"; do
        program=${pair%%:*}
        command -v "$program" >/dev/null || echo "${pair#*:}"
    done
    [ -x .venv/bin/pip ] || "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

install_packages() {
    local command="apt-get -qq update && apt-get -qq install -y --no-install-recommends $*" as_root=()
    if ! command -v apt-get >/dev/null; then
        echo "setup: no apt-get here; install what Debian calls: $*" >&2
        return 1
    fi
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo -n)
        if ! sudo -n true 2>/dev/null; then
            echo "setup: Debian packages are missing, and this user may not install them. Run this, then the same again:" >&2
            echo "  sudo sh -c '$command'" >&2
            return 1
        fi
    fi
    echo "setup: installing Debian packages: $*"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "$command" >&2
}

if [ -x .venv/bin/pip ] && .venv/bin/python -c '' 2>/dev/null; then
    python=.venv/bin/python
else
    python=$(find_python)
fi
missing=$(missing_packages "$python")
if [ -n "$missing" ]; then
    # One word a package:
    # shellcheck disable=SC2086
    install_packages $missing
fi

if [ "$python" != .venv/bin/python ]; then
    echo "setup: making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi
stamp=$(.venv/bin/python -VV | cat - "$lock" | sha256sum)
if [ "$(cat ".venv/installed-${lock##*/}" 2>/dev/null)" != "$stamp" ]; then
    echo "setup: installing $lock into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r "$lock"
    # These three are there by other names, or not used: requirements/overrides.txt.
    known="requires (dlib|face-recognition-models|tensorflow), which is not installed|^No broken requirements"
    if .venv/bin/python -m pip check | grep -Ev "$known" >&2; then
        echo "setup: what was installed does not fit together" >&2
        exit 1
    fi
    echo "$stamp" >".venv/installed-${lock##*/}"
fi
# What `bench` compares with; LevelDB's library comes built in its package, so that nothing of theirs has to run here.
if [ "$purpose" = bench ]; then
    packages=benchmarks/pouchdb
    stamp=$(node --version | cat - "$packages/package-lock.json" | sha256sum)
    if [ "$(cat "$packages/node_modules/installed" 2>/dev/null)" != "$stamp" ]; then
        echo "setup: installing $packages/package-lock.json"
        if npm ci --prefix "$packages" --ignore-scripts --no-audit --no-fund --loglevel=error; then
            echo "$stamp" >"$packages/node_modules/installed"
        else
            echo "setup: PouchDB cannot be installed here: the benchmark 'sync' will not run, the others will" >&2
        fi
    fi
fi
