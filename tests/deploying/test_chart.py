"""The chart: what Kubernetes is told, with each example of values, and which values are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploying.conftest import ROOT, VARIANTS, objects, run

from service.settings import load_settings, packaged
from service.web.server import GRACEFUL_SECONDS

NAMES = [file.name for file in VARIANTS]
OLDEST, NEWEST = "1.27", "1.37"
SECRETS = "/run/secrets/numbness-triage"
OPEN = {"settings": {"TRIAGE_AUTH": "none", "TRIAGE_INSECURE": True}}
NOT_ASKED_FOR = {
    "CKV_K8S_15": "pull always: an image that is named by its digest cannot change",
    "CKV_K8S_35": "secrets as files: both are offered, and `secrets.yaml` shows both",
    "CKV_K8S_40": "a high user id: `small.yaml` leaves it to the platform",
    "CKV_K8S_43": "a digest: only the hospital knows it; `hospital.yaml` gives one, and NOTES.txt asks for it",
}
"""Checks of checkov that are not held to, and why."""


def pod(found: dict[str, Any]) -> Any:
    return found["Deployment"]["spec"]["template"]["spec"]


def container(found: dict[str, Any]) -> Any:
    (only,) = pod(found)["containers"]
    return only


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_the_manifests_are_what_kubernetes_takes(rendered: Path, version: str) -> None:
    files = sorted(rendered.iterdir())
    code, said = run("kubernetes-validate", "--strict", "-k", version, *files)
    assert code == 0, said
    assert said.count("passed for resource deployment/") == len(files)
    unknown = [line for line in said.splitlines() if "Couldn't find schema" in line]
    assert [line for line in unknown if "ServiceMonitor" not in line] == []
    assert len(unknown) == 1


def test_the_oldest_kubernetes_is_the_one_that_the_chart_names() -> None:
    chart = yaml.safe_load((ROOT / "deploy/helm/numbness-triage/Chart.yaml").read_text("utf-8"))
    assert chart["kubeVersion"] == f">={OLDEST}.0-0"


def test_checkov_finds_nothing_that_was_not_decided(rendered: Path) -> None:
    skipped = ",".join(NOT_ASKED_FOR)
    frameworks = ("--framework", "kubernetes", "dockerfile")
    files = [arg for file in [*sorted(rendered.iterdir()), ROOT / "Dockerfile"] for arg in ("-f", file)]
    code, said = run("checkov", "--skip-download", "-o", "json", "--skip-check", skipped, *frameworks, *files)
    reports = json.loads(said[said.index("[") :])
    assert {report["check_type"] for report in reports} == {"kubernetes", "dockerfile"}
    failed = [(one["check_id"], one["resource"]) for report in reports for one in report["results"]["failed_checks"]]
    assert (code, failed) == (0, [])
    assert all(report["summary"]["passed"] > 50 for report in reports)


@pytest.mark.parametrize("name", NAMES)
def test_the_service_takes_the_settings_that_it_is_given(rendered: Path, name: str, tmp_path: Path) -> None:
    given = {one["name"]: one.get("value", "from a secret") for one in container(objects(rendered / name))["env"]}
    assert len(given) == len(container(objects(rendered / name))["env"])
    files = objects(rendered / name)["Deployment"]["spec"]["template"]["spec"]["volumes"]
    assert any(SECRETS in value for value in given.values()) == any(one["name"] == "secrets" for one in files)
    for key in ("client-secret", "ca.pem"):
        (tmp_path / key).touch()
    settings = load_settings({one: value.replace(SECRETS, str(tmp_path)) for one, value in given.items()})
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)


@pytest.mark.parametrize("name", NAMES)
def test_a_pod_may_do_nothing_that_it_need_not(rendered: Path, name: str) -> None:
    found = objects(rendered / name)
    assert pod(found)["securityContext"]["runAsNonRoot"] is True
    assert pod(found)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod(found)["automountServiceAccountToken"] is False
    assert pod(found)["enableServiceLinks"] is False
    assert container(found)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = [one["mountPath"] for one in container(found)["volumeMounts"] if not one.get("readOnly")]
    assert writable == ["/tmp"]
    assert container(found)["resources"]["limits"]["memory"] == "512Mi"


@pytest.mark.parametrize("name", NAMES)
def test_a_pod_is_given_the_time_that_it_takes_to_end(rendered: Path, name: str) -> None:
    found = objects(rendered / name)
    _, seconds = container(found)["lifecycle"]["preStop"]["exec"]["command"]
    assert pod(found)["terminationGracePeriodSeconds"] >= int(seconds) + GRACEFUL_SECONDS + 5
    readiness = container(found)["readinessProbe"]
    assert readiness["httpGet"]["path"] == "/health/ready"
    assert container(found)["startupProbe"]["httpGet"]["path"] == "/health/started"
    assert container(found)["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert found["Deployment"]["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


@pytest.mark.parametrize("name", NAMES)
def test_nobody_may_ask_and_nobody_is_asked_unless_listed(rendered: Path, name: str) -> None:
    policy = objects(rendered / name)["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert all(rule["from"] and rule["ports"] for rule in policy["ingress"])
    assert all(rule["to"] and rule["ports"] for rule in policy["egress"])
    values = yaml.safe_load((ROOT / "deploy/helm/variants" / name).read_text("utf-8"))
    listed, metrics = values.get("networkPolicy", {}), values.get("metrics", {}).get("enabled", True)
    assert len(policy["egress"]) == (len(listed["egress"]) + 1 if "egress" in listed else 0)
    assert len(policy["ingress"]) == (0 if listed.get("ingressFrom") == [] else 2 if metrics else 1)


@pytest.mark.parametrize("name", NAMES)
def test_what_selects_the_pods_selects_them_all_and_no_others(rendered: Path, name: str) -> None:
    found = objects(rendered / name)
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    own = {"app.kubernetes.io/name": "numbness-triage", "app.kubernetes.io/instance": "triage"}
    assert own.items() <= labels.items()
    assert found["Service"]["spec"]["selector"] == own
    selectors = [found[kind]["spec"] for kind in ("Deployment", "PodDisruptionBudget") if kind in found]
    assert all(one["selector"]["matchLabels"] == own for one in selectors)
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == own


def test_metrics_have_a_port_of_their_own_that_only_prometheus_reaches(render: Callable[..., Any]) -> None:
    readers = [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]
    values = {"metrics": {"enabled": True, "port": 9999}, "serviceMonitor": {"enabled": True}, "probePort": "metrics"}
    code, said, found = render({**OPEN, **values, "networkPolicy": {"metricsFrom": readers}})
    assert code == 0, said
    assert {"name": "TRIAGE_METRICS_ADDRESS", "value": "0.0.0.0:9999"} in container(found)["env"]
    assert {"name": "metrics", "containerPort": 9999, "protocol": "TCP"} in container(found)["ports"]
    callers, reading = found["NetworkPolicy"]["spec"]["ingress"]
    assert [port["port"] for port in callers["ports"]] == ["http"]
    assert (reading["from"], [port["port"] for port in reading["ports"]]) == (readers, ["metrics"])
    assert found["ServiceMonitor"]["spec"]["endpoints"][0]["port"] == "metrics"
    assert found["Service"]["spec"]["ports"][1]["targetPort"] == "metrics"
    assert container(found)["readinessProbe"]["httpGet"]["port"] == "metrics"


def test_secrets_are_only_named(rendered: Path) -> None:
    found = objects(rendered / "secrets.yaml")
    assert "Secret" not in found
    taken = [one for one in container(found)["env"] if "valueFrom" in one]
    assert taken[0]["valueFrom"]["secretKeyRef"] == {"name": "numbness-triage", "key": "client-id"}
    (files,) = [one for one in pod(found)["volumes"] if one["name"] == "secrets"]
    assert files["secret"]["secretName"] == "numbness-triage-files"
    assert container(found)["startupProbe"]["httpGet"]["scheme"] == "HTTPS"


def test_without_an_autoscaler_the_deployment_says_how_many(rendered: Path) -> None:
    small, default = objects(rendered / "small.yaml"), objects(rendered / "default.yaml")
    assert small["Deployment"]["spec"]["replicas"] == 1
    assert "HorizontalPodAutoscaler" not in small
    assert "replicas" not in default["Deployment"]["spec"]
    assert default["HorizontalPodAutoscaler"]["spec"]["minReplicas"] == 2


def test_rules_given_as_values_are_the_folder_that_they_came_from(render: Callable[..., Any], tmp_path: Path) -> None:
    """As a pod sees them: each key of the ConfigMap at its path. A change of a rule rolls the pods."""
    folder = packaged("rules") / "limb_numbness"
    files = {str(x.relative_to(folder)): x.read_text("utf-8") for x in folder.rglob("*") if x.is_file()}
    code, said, found = render({**OPEN, "rules": {"files": files}})
    assert code == 0, said
    data = found["ConfigMap triage-numbness-triage-rules"]["data"]
    (volume,) = [one["configMap"] for one in pod(found)["volumes"] if one["name"] == "rules"]
    assert volume["name"] == "triage-numbness-triage-rules"
    for item in volume["items"]:
        (tmp_path / "mounted" / item["path"]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mounted" / item["path"]).write_text(data[item["key"]], "utf-8")
    checked = [sys.executable, "-m", "service", "check", str(tmp_path / "mounted")]
    ran = subprocess.run(checked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    _, _, changed = render(
        {**OPEN, "rules": {"files": files | {"notices.yaml": files["notices.yaml"] + "\n# changed\n"}}}
    )
    annotations = [one["Deployment"]["spec"]["template"]["metadata"]["annotations"] for one in (found, changed)]
    assert annotations[0] != annotations[1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"replicas": 3}, "replicas"),
        ({"replicaCount": 0}, "replicaCount"),
        ({"autoscaling": {"minReplicas": 1}}, "minReplicas"),
        ({"settings": {"LOG_LEVEL": "INFO"}}, "LOG_LEVEL"),
        ({"settings": {}}, "settings.TRIAGE_AUTH must be given, and say how callers are known"),
        (
            {"settings": {"TRIAGE_AUTH": "smart"}},
            "networkPolicy.egress must let the service reach the issuer of tokens",
        ),
        ({"settings": {"TRIAGE_PORT": 9000}}, "settings"),
        ({"settings": {"TRIAGE_LOG_LEVEL": ["INFO"]}}, "TRIAGE_LOG_LEVEL"),
        ({"image": {"digest": "sha256:abc"}}, "digest"),
        ({"image": {"repository": ""}}, "repository"),
        ({"secretSettings": {"TRIAGE_X": {"secret": "a"}}}, "key"),
        ({"secretFiles": {"settings": {"TRIAGE_X": "a"}}}, "existingSecret"),
        ({"rules": {"existingConfigMap": "a", "files": {"ruleset.yaml": ""}}}, "rules"),
        ({"rules": {"files": {"/etc/passwd": ""}}}, "/etc/passwd"),
        ({"ingress": {"enabled": True, "host": "triage.example"}}, "tlsSecret"),
        ({"terminationGracePeriodSeconds": 30}, "terminationGracePeriodSeconds"),
        ({"preStopSeconds": 20}, "terminationGracePeriodSeconds must be 55 or more: 20 before SIGTERM, 30 to finish"),
        ({"metrics": {"enabled": False}, "serviceMonitor": {"enabled": True}}, "metrics"),
        ({"metrics": {"enabled": False}, "probePort": "metrics"}, "metrics"),
        ({"settings": {"TRIAGE_METRICS_ADDRESS": "0.0.0.0:9464"}}, "settings"),
        ({"runAsUser": 0}, "runAsUser"),
        ({"resources": {"limits": {"memory": None}}}, "memory"),
    ],
)
def test_wrong_values_are_refused_by_name(render: Callable[..., Any], values: Any, said: str) -> None:
    code, words, _ = render({**OPEN, **values})
    assert code == 1
    assert said in words
