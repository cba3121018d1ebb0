"""The peers: nginx on a file, and small programs of bench/peers that do only the bare work."""

import contextlib
import http.client
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from support.table import ROOT


def build(name, *libraries):
    """bench/peers/NAME.cpp by the house's compiler, with the house's optimisation; built again when it changed."""
    source, program = ROOT / f"bench/peers/{name}.cpp", ROOT / f"build/bench/{name}"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["clang++-19", "-std=c++23", "-O2", "-fno-omit-frame-pointer", "-Wall", "-Wextra", "-Werror", source,
                        "-o", program, "-pthread", *libraries], check=True)
    return program


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _wait(port):
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/file.json")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"no answer on port {port}")


@contextlib.contextmanager
def _ended(process):
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def nginx(body, workers=2):
    """nginx-light with a static file of the same bytes; None where there is no nginx."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        (folder / "file.json").write_bytes(body)
        port = free_port()
        (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/pid; worker_processes {workers}; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=16;
  types {{ application/json json; }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port} reuseport; root {folder}; }}
}}
""")
        with _ended(subprocess.Popen([program, "-c", folder / "nginx.conf", "-e", folder / "error.log"])):
            _wait(port)
            yield f"http://127.0.0.1:{port}/file.json"


@contextlib.contextmanager
def beast(body):
    """A bare Boost.Beast coroutine server, two threads: what is left when nothing is authorized."""
    program = build("beast")
    port = free_port()
    with _ended(subprocess.Popen([program, str(port), body.decode()])):
        _wait(port)
        yield f"http://127.0.0.1:{port}/file.json"
