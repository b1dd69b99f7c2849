"""$apply over HTTP, by HAPI's RestfulServer on Jetty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import built
from bench.peers.cqf import generate
from bench.processes import Server, free_port, serving

HEAP = "-Xmx512m"


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """HAPI's server with the one operation, while it runs; built.without_cqf() says whether it can."""
    port = free_port()
    command = ["java", HEAP, "-cp", built.CLASSES, "bench.Serve", str(generate.write(folder)), str(port)]
    with serving("cqf $apply", command, port=port, path="/fhir/PlanDefinition/$apply") as running:
        yield running
