#!/bin/sh
# Writes the lock files anew from pyproject.toml: exact versions and the hashes of every platform's
# files, without the addresses they were downloaded from. Arguments go to pip-compile: --upgrade.
set -eu
cd "$(dirname "$0")/.."
# Wheels at hand would add hashes that nobody else can verify.
unset PIP_FIND_LINKS

compile() {
    output=$1
    shift
    .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
        --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        --output-file "$output" "$@" pyproject.toml
}

compile requirements.lock "$@"
compile requirements-dev.lock --extra dev --constraint requirements.lock "$@"
compile requirements-build.lock --only-build-deps --build-deps-for wheel \
    --constraint requirements-dev.lock
