"""A real server and node for a script's test: started on a free port in a folder of their own, ended with all they started.

    with House(engine="sqlite") as house:
        house.api("POST", f"/v1/departments/{house.department}/projects", {"name": "vision"})

Engines: "sqlite", or "postgres" (HOUSE_TEST_POSTGRES names a running one, on which a database is made and dropped).
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("HOUSE_BIN", ROOT / "build/release/bin"))
READY_S = 30


def engines():
    """The engines to test here, and why one is left out."""
    if os.environ.get("HOUSE_TEST_POSTGRES"):
        return ["sqlite", "postgres"], None
    return ["sqlite"], "HOUSE_TEST_POSTGRES is not set: no PostgreSQL to run on"


class Answer:
    def __init__(self, status, body, headers):
        self.status, self.body, self.headers = status, body, headers

    def json(self):
        return json.loads(self.body)


class House:
    def __init__(self, engine="sqlite", node=True, console=False):
        self.engine, self.with_node, self.console = engine, node, console
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="house-", dir=os.environ.get("TMPDIR")))
        self.server = self.node = None
        self.database = None

    def __enter__(self):
        try:
            if self.engine == "postgres":
                self._make_database()
            self.start_server(bootstrap=True)
            self.token = (self.dir / "data/admin.token").read_text().strip()
            scopes = self.api("GET", "/v1/scopes").json()["items"]
            self.organization = next(s["id"] for s in scopes if s["kind"] == "organization")
            self.department = next(s["id"] for s in scopes if s["kind"] == "department")
            if self.with_node:
                self.start_node()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self.stop(self.node)
        if self.with_node and (self.dir / "data/nodes/local-1").exists():
            subprocess.run([BIN / "gpuaas-node", "--data", self.dir / "data/nodes/local-1", "--end-workloads"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
        self.stop(self.server)
        if self.database:
            self._psql(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        keep = os.environ.get("HOUSE_KEEP")
        if keep:
            for log in self.dir.glob("*.log"):
                shutil.copy(log, pathlib.Path(keep) / f"{self.dir.name}-{log.name}")
        shutil.rmtree(self.dir, ignore_errors=True)

    # processes

    def start_server(self, bootstrap=False, port=0):
        command = [BIN / "gpuaas-server", "--data", self.dir / "data", "--port", str(port), "--products", ROOT / "products"]
        if self.database:
            command += ["--database", self.url_of(self.database)]
        if self.console:
            command += ["--console", ROOT / "web/dist"]
        if bootstrap:
            command.append("--bootstrap")
        self.server, self.ready = self._start(command, "server")
        self.url = self.ready["url"]
        return self.ready

    def start_node(self):
        token = self.dir / "join.token"
        if self.ready.get("join_token"):
            token.write_text(self.ready["join_token"])
        self.node, ready = self._start([BIN / "gpuaas-node", "--data", self.dir / "data/nodes/local-1", "--server", self.url,
                                        "--name", "local-1", "--join-token-file", token], "node")
        return ready

    def _start(self, command, name):
        log = open(self.dir / f"{name}.log", "ab")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        until = time.monotonic() + READY_S
        line = process.stdout.readline()
        if not line or time.monotonic() > until:
            raise RuntimeError(f"{name} did not start: {(self.dir / f'{name}.log').read_text()[-2000:]}")
        return process, json.loads(line)

    @staticmethod
    def stop(process, with_signal=signal.SIGTERM):
        if process is None or process.poll() is not None:
            return
        process.send_signal(with_signal)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    # requests

    def api(self, method, path, body=None, key=None, token=None, timeout=30):
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", "Bearer " + (token or self.token))
        if method == "POST":
            request.add_header("Idempotency-Key", key or uuid.uuid4().hex)
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.read().decode(), dict(refused.headers))

    def cli(self, *words, check=True, timeout=60, **options):
        environment = {**os.environ, "GPUAAS_URL": self.url, "GPUAAS_TOKEN": self.token, "HOME": str(self.dir)}
        done = subprocess.run([BIN / "gpuaas", *words], env=environment, capture_output=True, text=True, timeout=timeout,
                              check=False, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"gpuaas {' '.join(words)}: exit {done.returncode}: {done.stderr}")
        return done

    def wait_for(self, instance, states, seconds=30):
        until = time.monotonic() + seconds
        while True:
            seen = self.api("GET", f"/v1/instances/{instance}").json()
            if seen["state"] in states:
                return seen
            if time.monotonic() > until:
                raise AssertionError(f"{instance} is {seen['state']} ({seen['state_reason']}), not {states}")
            time.sleep(0.05)

    # PostgreSQL

    def _psql(self, sql):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, os.environ["HOUSE_TEST_POSTGRES"]], check=True,
                       stdout=subprocess.DEVNULL)

    def _make_database(self):
        self.database = f"house_{uuid.uuid4().hex[:12]}"
        self._psql(f'CREATE DATABASE "{self.database}"')

    @staticmethod
    def url_of(database):
        base = os.environ["HOUSE_TEST_POSTGRES"]
        head, _, query = base.partition("?")
        return head.rsplit("/", 1)[0] + "/" + database + ("?" + query if query else "")


class Results:
    """Lines of the tests' protocol: `ok NAME`, `not ok NAME: why`, `skip NAME: why`."""

    def __init__(self):
        self.failed = 0

    def check(self, name, work):
        try:
            said = work()
            print(f"ok {name}" + (f": {said}" if isinstance(said, str) else ""), flush=True)
            return True
        except Exception as why:  # whatever went wrong is this behaviour's failure, not the script's end
            self.failed += 1
            print(f"not ok {name}: {type(why).__name__}: {str(why)[:600]}".replace("\n", " "), flush=True)
            return False

    @staticmethod
    def skip(name, why):
        print(f"skip {name}: {why}", flush=True)
