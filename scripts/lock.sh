#!/usr/bin/env bash
# Locks requirements/*.in into *.txt: every version and hash, for CPython 3.11 to 3.13 on every platform.
#   scripts/lock.sh [--upgrade]     without --upgrade it keeps the versions that still fit
# uv resolves for all those at once, which pip cannot; it lives in a throw-away environment and is not needed to install.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check uv

# No index address and no header: the files must not tell where or how they were made.
compile=("$tools/bin/uv" pip compile --quiet --universal --python-version 3.11
    --override requirements/overrides.txt --generate-hashes --no-emit-index-url --no-emit-find-links --no-header "$@")
"${compile[@]}" requirements/runtime.in -o requirements/runtime.txt
"${compile[@]}" -c requirements/runtime.txt requirements/runtime.in requirements/dev.in -o requirements/dev.txt
