"""Bytes as a bad client sends them: plain sockets, WebSockets, and the mux link of a node, with nothing checked on the way.

A link frame is one binary message: stream (4 bytes, big endian; the dialler's are odd), kind (1 byte), payload.
"""

import base64
import hashlib
import json
import os
import socket
import struct
import time
import urllib.parse

OPEN, DATA, WINDOW, END, RESET, PING, PONG = range(1, 8)


def connect(url, timeout=10):
    at = urllib.parse.urlsplit(url)
    return socket.create_connection((at.hostname, at.port), timeout)


def exchange(url, data, timeout=10, most=1 << 20):
    """Sends the bytes and reads until the server closes, or is silent for `timeout`."""
    with connect(url, timeout) as at:
        seen = b""
        try:
            at.sendall(data)
        except OSError:  # refused while still being sent: the answer is there to read
            pass
        try:
            while len(seen) < most:
                piece = at.recv(65536)
                if not piece:
                    break
                seen += piece
        except OSError:
            pass
        return seen


def status_of(answer):
    """The status of the first answer in some bytes; 0: there is none."""
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


class SigningKey:
    """Ed25519 (RFC 8032, 5.1) in a few lines, slow and not for secrets: Debian's python3 brings none."""

    P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, 2**255 - 21, 2**255 - 19) % (2**255 - 19)

    def __init__(self):
        digest = hashlib.sha512(os.urandom(32)).digest()
        self.secret = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
        self.prefix = digest[32:]
        y = 4 * pow(5, self.P - 2, self.P) % self.P
        square = (y * y - 1) * pow(self.D * y * y + 1, self.P - 2, self.P) % self.P
        x = pow(square, (self.P + 3) // 8, self.P)
        if (x * x - square) % self.P:
            x = x * pow(2, (self.P - 1) // 4, self.P) % self.P
        if x & 1:
            x = self.P - x
        self.base = (x, y, 1, x * y % self.P)
        self.public = self._pressed(self._times(self.secret))

    def _plus(self, a, b):
        p = self.P
        e, f = (a[1] - a[0]) * (b[1] - b[0]) % p, (a[1] + a[0]) * (b[1] + b[0]) % p
        c, d = 2 * a[3] * b[3] * self.D % p, 2 * a[2] * b[2] % p
        e, g, h, i = f - e, d + c, f + e, d - c
        return e * i % p, g * h % p, i * g % p, e * h % p

    def _times(self, number):
        sum_, each = (0, 1, 1, 0), self.base
        while number:
            if number & 1:
                sum_ = self._plus(sum_, each)
            each, number = self._plus(each, each), number >> 1
        return sum_

    def _pressed(self, point):
        inverse = pow(point[2], self.P - 2, self.P)
        return ((point[1] * inverse % self.P) | ((point[0] * inverse % self.P & 1) << 255)).to_bytes(32, "little")

    def sign(self, message):
        hashed = lambda *parts: int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % self.L  # noqa: E731
        once = hashed(self.prefix, message)
        point = self._pressed(self._times(once))
        return point + ((once + hashed(point, self.public, message) * self.secret) % self.L).to_bytes(32, "little")


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class WebSocket:
    """A client's end. `status` is the handshake's; the socket is open only at 101."""

    def __init__(self, url, path, protocol=None, headers=(), timeout=10):
        self.socket = connect(url, timeout)
        self.rest = b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {urllib.parse.urlsplit(url).netloc}", "Connection: Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        if protocol:
            lines.append(f"Sec-WebSocket-Protocol: {protocol}")
        lines += [f"{name}: {value}" for name, value in headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.socket.recv(65536)
            if not piece:
                break
            head += piece
        self.head, _, self.rest = head.partition(b"\r\n\r\n")
        self.status = status_of(self.head)

    def send(self, payload, opcode=2):
        mask = os.urandom(4)
        head = bytes([0x80 | opcode])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        elif len(payload) < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", len(payload))
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", len(payload))
        stretched = (mask * (len(payload) // 4 + 1))[:len(payload)]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(stretched, "big")).to_bytes(len(payload), "big")
        self.socket.sendall(head + mask + masked)

    def _exactly(self, count):
        while len(self.rest) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError
            self.rest += piece
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def receive(self, timeout=10):
        """(opcode, payload); opcode 8 when it was closed, by whichever means; None when nothing came in time."""
        self.socket.settimeout(timeout)
        try:
            first, length = self._exactly(2)
            length &= 127
            if length == 126:
                length = struct.unpack(">H", self._exactly(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self._exactly(8))[0]
            return first & 15, self._exactly(length)
        except TimeoutError:
            return None
        except (EOFError, OSError):
            return 8, b""

    def until_closed(self, seconds=10):
        """Seconds until it is closed, and the close frame's payload; fails when it stays open."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            got = self.receive(max(0.05, began + seconds - time.monotonic()))
            if got and got[0] == 8:
                return time.monotonic() - began, got[1]
        raise AssertionError(f"still open after {seconds} s")

    def close(self):
        self.socket.close()


class NodeLink(WebSocket):
    """A node's link as a machine dials it that has the node's key, and bad intentions."""

    def __init__(self, house, node, sign, challenge=None):
        self.challenge = challenge or house.api("POST", "/v1/node-challenges", {"node": node}).json()["challenge"]
        proof = base64url(sign(f"gpuaas node link {self.challenge}".encode()))
        super().__init__(house.url, "/v1/node-link", f"gpuaas.node.{node}.{self.challenge}.{proof}")
        self.next = 1

    def frame(self, stream, kind, payload=b""):
        self.send(struct.pack(">IB", stream, kind) + payload)

    def request(self, method, path, body=None, query="", headers=(), timeout=10):
        """(status, body) of a request over the link; status 0 when the link was lost."""
        stream, self.next = self.next, self.next + 2
        data = json.dumps(body).encode() if body is not None else b""
        head = {"method": method, "path": path, "query": query, "headers": [list(h) for h in headers], "length": len(data)}
        self.frame(stream, OPEN, b"request")
        self.frame(stream, DATA, json.dumps(head).encode() + b"\n")
        for at in range(0, len(data), 60_000):
            self.frame(stream, DATA, data[at:at + 60_000])
        self.frame(stream, END)
        seen, until = b"", time.monotonic() + timeout
        while time.monotonic() < until:
            got = self.receive(max(0.05, until - time.monotonic()))
            if got is None:
                continue
            if got[0] == 8:
                return 0, b""
            at, kind = struct.unpack(">IB", got[1][:5])
            if kind == PING:
                self.frame(0, PONG)
            if at == stream and kind == DATA:
                seen += got[1][5:]
            if at == stream and kind in (END, RESET):
                break
        first, _, rest = seen.partition(b"\n")
        return (json.loads(first)["status"] if first else -1), rest
