"""$apply over HTTP, by HAPI's server."""

from contextlib import contextmanager


def can_serve() -> bool:
    return False


@contextmanager
def server():
    yield None
