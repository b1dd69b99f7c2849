#!/usr/bin/env bash
# Install what the tests need of Debian's packages (as root): Redis, Chromium, HAProxy, promtool, podman, and Docker Compose 2 from
# Debian 13, which is put beside the other tools and touches nothing else: deploy/debian_tools.sh
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv-deploy/bin

missing=()
for needed in redis-server=redis-server chromium=chromium haproxy=haproxy promtool=prometheus podman=podman buildah=buildah runc=runc catatonit=catatonit mmdebstrap=mmdebstrap; do
  command -v "${needed%=*}" > /dev/null || [ -x "/usr/sbin/${needed%=*}" ] || [ -x "/usr/libexec/podman/${needed%=*}" ] || missing+=("${needed#*=}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "The tests need these packages of Debian's, or what they are called here: ${missing[*]}" >&2
    exit 1
  fi
  apt-get update -q
  apt-get install -y -q --no-install-recommends "${missing[@]}" containernetworking-plugins golang-github-containernetworking-plugin-dnsname
fi

if ! [ -x "$bin/docker-compose" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main" > "$scratch/sources.list"
  apt=(apt-get -q -o "Dir::Etc::sourcelist=$scratch/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$scratch/lists"
    -o "Dir::Cache=$scratch/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$scratch" && "${apt[@]}" download docker-compose && dpkg-deb -x docker-compose_*.deb .)
  install "$scratch/usr/libexec/docker/cli-plugins/docker-compose" "$bin/docker-compose"
fi
"$bin/docker-compose" version
