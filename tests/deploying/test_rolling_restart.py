"""Instances are replaced in turn under load: nobody notices."""

from __future__ import annotations

import socket
import threading

import pytest

from deploy.rolling_restart import Client, rolling_restart

RESTARTS = 3


@pytest.mark.parametrize("abrupt", [False, True], ids=["taken out first", "the balancer finds out"])
def test_no_request_is_lost_while_instances_are_replaced(abrupt: bool) -> None:
    report = rolling_restart(RESTARTS, abrupt=abrupt)
    assert report.lost == []
    assert report.answered > 100


def test_a_request_that_is_cut_off_counts_as_lost() -> None:
    """Or the test above could not fail."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
            stop.set()

        threading.Thread(target=hang_up, daemon=True).start()
        client = Client(listener.getsockname()[1], False, 0.0, b"{}", stop)
        client.run()
    assert client.answered == 0
    assert [one.partition("(")[0] for one in client.lost] in (["RemoteDisconnected"], ["ConnectionResetError"])
