#!/bin/sh
# Builds the container image with the first engine that answers.
#   IMAGE       the image's name and tag; kube-assessor:<version>
#   BASE_IMAGE  the Python image to build on; the Dockerfile's
#   ENGINE      docker, podman or buildah; the first that answers
#   ENGINE_ARGS further arguments for the engine's build command
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' operator/assessor/__init__.py)
image=${IMAGE:-kube-assessor:$version}

# A command line may be installed where its daemon does not run, so each is asked.
answers() {
    command -v "$1" >/dev/null 2>&1 && "$1" info >/dev/null 2>&1
}

engine=${ENGINE:-}
for candidate in docker podman buildah; do
    if [ -z "$engine" ] && answers "$candidate"; then
        engine=$candidate
    fi
done
if [ -z "$engine" ]; then
    echo "image.sh: neither docker, podman nor buildah answers here; one is needed to build" >&2
    exit 1
fi

# ENGINE_ARGS is a list of words, and BASE_IMAGE is passed only where it is set.
# shellcheck disable=SC2086
set -- ${ENGINE_ARGS:-} --build-arg "VERSION=$version" --tag "$image" --file Dockerfile
if [ -n "${BASE_IMAGE:-}" ]; then
    set -- "$@" --build-arg "BASE_IMAGE=$BASE_IMAGE"
fi
echo "image.sh: building $image with $engine"
"$engine" build "$@" .
