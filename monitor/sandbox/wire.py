"""What supervisor, fork server and children say to one another over sockets.

A child is never believed: its answers are plain bytes with a length, decoded to an expected type, and never unpickled.
"""

from __future__ import annotations

import socket
import struct

# Supervisor -> fork server: length and JSON of its orders, once; back come length and JSON with a problem, or "".
LENGTH = struct.Struct("!I")
# Supervisor -> fork server: command and process id. FORK brings one file descriptor, the child's end of its socket.
COMMAND = struct.Struct("!cI")
FORK = b"F"
END = b"E"
# Fork server -> supervisor: the process id (0: no process) and the wait status of an ended one, or the error number.
REPLY = struct.Struct("!Ii")

# Supervisor -> child: length of the pickled job, its CPU seconds.
REQUEST = struct.Struct("!II")
# Child -> supervisor: kind, its memory in bytes, length of what follows.
ANSWER = struct.Struct("!cQI")
VALUE = b"V"  # msgpack of (class name, value)
RAISED = b"R"  # text of the exception
NO_MEMORY = b"M"  # nothing follows


def receive(connection: socket.socket, size: int) -> bytes:
    """Return exactly so many bytes from a blocking socket; EOFError if the other side is gone."""
    received = bytearray(size)
    view = memoryview(received)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return bytes(received)
