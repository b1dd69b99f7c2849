#!/usr/bin/env bash
# Run an image as it should be run, without any network, ask it for one triage and end it; exits with 1 when any of it
# fails: deploy/run_hardened.sh IMAGE [podman options…]
set -euo pipefail
image=$1
shift
name=numbness-triage-hardened-$$
trap 'podman rm --force --time 2 "$name" > /dev/null 2>&1 || true' EXIT

podman run --detach --pull never --name "$name" --network none --read-only --tmpfs /tmp:rw,size=64m,mode=1777 \
  --cap-drop ALL --security-opt no-new-privileges --memory 512m --cpus 1 --pids-limit 256 \
  --env TRIAGE_AUTH=none --env TRIAGE_INSECURE=true "$@" "$image" > /dev/null
for _ in $(seq 60); do
  podman healthcheck run "$name" > /dev/null 2>&1 && break
  sleep 0.5
done
podman healthcheck run "$name" || { podman logs "$name"; exit 1; }

podman exec "$name" python -I -c '
import json, urllib.request
from service.settings import packaged
example = next(iter(sorted(packaged("fhir_examples").glob("emergency-*/response.json"))))
asked = urllib.request.Request(
    "http://127.0.0.1:8080/fhir/QuestionnaireResponse/$triage",
    example.read_bytes(),
    {"Content-Type": "application/fhir+json"},
)
risk = json.load(urllib.request.urlopen(asked))["entry"][0]["resource"]
print(example.parent.name, "is", risk["prediction"][0]["qualitativeRisk"]["coding"][0]["code"])
'
process=$(podman inspect "$name" --format '{{.State.Pid}}')
for expected in 'Uid:.10001.10001.10001.10001' 'CapEff:.0*' 'CapBnd:.0*' 'NoNewPrivs:.1' 'Seccomp:.2'; do
  grep --quiet --extended-regexp "^$expected\$" "/proc/$process/status" || { echo "It runs without $expected" >&2; exit 1; }
done
awk '$5 == "/" && $6 ~ /^ro/ {found = 1} END {exit !found}' "/proc/$process/mountinfo"

podman stop --time 45 "$name" > /dev/null
code=$(podman inspect "$name" --format '{{.State.ExitCode}}')
[ "$code" = 0 ] || { echo "SIGTERM ended it with $code" >&2; exit 1; }
echo "Ran as uid 10001 without network, capabilities or a writable root, and ended well"
