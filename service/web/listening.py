"""Closing an address without losing anyone: newcomers are ignored first, and who is in the queue is let in."""

from __future__ import annotations

import contextlib
import ctypes
import struct
from collections.abc import Iterable
from typing import Any

_SOL_SOCKET, _SO_ATTACH_FILTER = 1, 26
"""Of Linux (asm-generic/socket.h); other systems refuse the option, and nothing is lost but this."""

_NO_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),  # load the flags of the TCP header
    (0x54, 0, 0, 0x12),  # keep SYN and ACK
    (0x15, 0, 1, 0x02),  # SYN alone opens a connection
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFFFFFF),  # take anything else
)
"""A classic BPF program (https://docs.kernel.org/networking/filter.html): code, jump if true, jump if false, value."""


def turn_away_newcomers(listeners: Iterable[Any]) -> None:
    """Have the kernel ignore whoever wants to connect from now on, while those who are connected wait to be accepted.

    A caller that is ignored asks again after a second, and learns by then that nobody listens.
    """
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in _NO_NEW_CONNECTIONS))
    told = struct.pack("@HP", len(_NO_NEW_CONNECTIONS), ctypes.addressof(program))
    for listener in listeners:
        with contextlib.suppress(OSError):
            listener.setsockopt(_SOL_SOCKET, _SO_ATTACH_FILTER, told)
