#!/usr/bin/env bash
# Build the image twice from nothing and compare all that is in /opt/numbness-triage: names, kinds, modes, sizes, times,
# links and contents. Exits with 1 when anything differs. What is said here is passed on to `podman build`:
#   deploy/build_twice.sh --build-arg BASE_DIGEST=sha256:…
set -euo pipefail
cd "$(dirname "$0")/.."
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

for number in 1 2; do
  echo "Building ($number of 2)"
  image=localhost/numbness-triage-build:$number
  podman build --quiet --no-cache --format docker --tag "$image" "$@" . > "$lists/id"
  podman run --rm --pull never --network none --entrypoint /bin/sh "$image" -c \
    'cd /opt/numbness-triage && find . -printf "%p %y %m %s %T@ %l\n" | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum' \
    > "$lists/$number"
done

if ! diff "$lists/1" "$lists/2"; then
  echo "The two builds differ." >&2
  exit 1
fi
files=$(grep -c '^[0-9a-f]\{64\} ' "$lists/1")
if [ "$files" -lt 1000 ]; then
  echo "Only $files files were compared: something is wrong with the list." >&2
  exit 1
fi
echo "Both builds hold the same $files files: $(sha256sum < "$lists/1")"
