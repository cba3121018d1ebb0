"""A way into an instance as a browser takes it: a ticket, then a WebSocket (RFC 6455) up to the terminal's first bytes."""

import base64
import os
import socket
import urllib.parse


def first_bytes(house, instance):
    """Asks for a terminal and waits for what it shows first."""
    asked = house.api("POST", f"/v1/instances/{instance}/access-sessions", {"surface": "terminal", "rows": 24, "cols": 80})
    if asked.status != 201:
        raise RuntimeError(f"no terminal: {asked.body}")
    opened = asked.json()
    where = urllib.parse.urlsplit(urllib.parse.urljoin(house.url, opened["url"]))
    with socket.create_connection((where.hostname, where.port), timeout=15) as line:
        line.sendall((f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n"
                      f"Sec-WebSocket-Protocol: gpuaas.ticket.{opened['ticket']}, gpuaas.ticket.accepted\r\n\r\n").encode())
        stream = line.makefile("rb")
        status = stream.readline()
        if b" 101 " not in status:
            raise RuntimeError(f"no WebSocket: {status!r}")
        while stream.readline() not in (b"\r\n", b""):
            pass
        while True:
            kind, data = _frame(stream)
            if kind == 2 and data:
                return data
            if kind == 8:
                raise RuntimeError(f"the terminal closed: {data!r}")


def _frame(stream):
    head = stream.read(2)
    if len(head) < 2:
        raise RuntimeError("the connection ended")
    size = head[1] & 127
    if size > 125:
        size = int.from_bytes(stream.read(2 if size == 126 else 8), "big")
    return head[0] & 15, stream.read(size)
