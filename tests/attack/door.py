"""The door that mutants go through: the whole WSGI application, called as a server calls it."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from attack.mutants import Mutant
from attack.seeds import PUBLISHED

from service.settings import Settings
from service.web.app import create_app
from service.wiring import build_service, warm_up

FIXED_TIME = "2026-01-15T09:30:00+01:00"


@dataclass(frozen=True)
class Reply:
    """What came back; `raised` is the name of what came out instead, which may never happen."""

    status: int
    headers: dict[str, str]
    raw: bytes
    cpu_seconds: float
    logged: str = ""
    raised: str = ""

    @cached_property
    def json(self) -> Any:
        """The JSON of it; None when it is none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return None


@contextlib.contextmanager
def _standard_error(sink: io.BytesIO) -> Iterator[None]:
    """Have what is written to standard error, such as a log that is started meanwhile, go there."""
    before, sys.stderr = sys.stderr, io.TextIOWrapper(sink, write_through=True)
    try:
        yield
    finally:
        sys.stderr.detach()
        sys.stderr = before


class Door:
    """The application, with everything it logs kept at hand."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for path in PUBLISHED.glob("*/binding.yaml"):
                shutil.copy(path, f"{folder}/{path.parent.name}.yaml")
            settings = Settings(fixed_time=FIXED_TIME, bindings_path=Path(folder), log_level="DEBUG")
            service = build_service(settings)
        self._log = io.BytesIO()
        with _standard_error(self._log):
            self.app = create_app(settings, service)
        warm_up(service)

    def _logged(self) -> str:
        """What was logged since this was asked last."""
        said = self._log.getvalue().decode()
        self._log.seek(0)
        self._log.truncate()
        return said

    def send(self, mutant: Mutant) -> Reply:
        """Send it and read the whole reply; whatever is raised is caught, that of native code too."""
        environ, told = _environ(mutant), _Told()
        began = time.process_time()
        try:
            found = self.app.wsgi_app(environ, told)
            raw = b"".join(found)
            if hasattr(found, "close"):
                found.close()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of a library in Rust is no Exception
            return Reply(0, {}, b"", time.process_time() - began, self._logged(), type(error).__name__)
        spent = time.process_time() - began
        return Reply(told.status, told.headers, raw, spent, self._logged())


class _Told:
    """start_response of WSGI."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}

    def __call__(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        self.status, self.headers = int(status[:3]), dict(headers)
        return lambda _: None


def _environ(mutant: Mutant) -> dict[str, Any]:
    """The WSGI environment of a request, as gunicorn makes it: texts are bytes in disguise, a path is decoded."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": mutant.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _in_disguise(mutant.path),
        "QUERY_STRING": _in_disguise(mutant.query),
        "RAW_URI": _in_disguise(f"{mutant.path}?{mutant.query}"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8080",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(mutant.raw),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ |= dict(_headers(mutant.headers))
    if mutant.says_length:
        environ["CONTENT_LENGTH"] = str(len(mutant.raw))
    else:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    return environ


def _headers(headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        known = name.upper().replace("-", "_")
        yield (known if known == "CONTENT_TYPE" else f"HTTP_{known}"), _in_disguise(value)


def _in_disguise(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
