"""Bare Flask: reads the body and answers with the bytes of a file, so that only Flask and the server cost anything."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, request

FHIR_JSON = "application/fhir+json; fhirVersion=4.0"


def app() -> Flask:
    """One address for each file in the folder BENCH_ECHOES."""
    made = Flask("bench.echo")
    answers = {path.stem: path.read_bytes() for path in Path(os.environ["BENCH_ECHOES"]).glob("*.json")}

    @made.post("/echo/<name>")
    def echo(name: str) -> Response:
        request.get_data()
        return Response(answers[name], content_type=FHIR_JSON)

    return made
