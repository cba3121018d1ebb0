"""Two server processes on one PostgreSQL behind haproxy, and clients that try again: for tests of replicas.

    with Replicas() as house:
        house.client().ask("POST", f"/v1/departments/{house.department}/projects", {"name": "vision"})

A replica calls itself `a` or `b` at the database (application_name), so that its backends can be told apart there.
"""

import dataclasses
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid

from house import BIN, ROOT

GIVE_UP_S = 60
SEQUENCER_LOCK = 1818126183  # of shared/db/postgres_sequencer.cpp

HAPROXY = """
global
  maxconn 2000
defaults
  mode http
  retries 3
  option redispatch
  timeout connect 500ms
  timeout client 60s
  timeout server 20s
  timeout queue 5s
  timeout check 500ms
frontend all
  bind 127.0.0.1:{port}
  default_backend replicas
backend replicas
  balance roundrobin
  http-response set-header X-Replica %s
  option httpchk GET /healthz
  default-server check inter 200ms fall 2 rise 2 on-marked-down shutdown-sessions
  server a 127.0.0.1:{a}
  server b 127.0.0.1:{b}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, seconds, look, pause=0.05):
    """What `look` says, as soon as it says something true."""
    until = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > until:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(pause)


class Psql:
    """One session of psql, kept open: what it holds, it holds until it is told otherwise."""

    def __init__(self, url):
        self.process = subprocess.Popen(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", url], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def ask(self, sql):
        """The rows, as lists of texts."""
        self.process.stdin.write(sql + ";\n\\echo ~done\n")
        self.process.stdin.flush()
        rows = []
        while (line := self.process.stdout.readline().rstrip("\n")) != "~done":
            if self.process.poll() is not None:
                raise RuntimeError(f"psql: {rows} {line}")
            rows.append(line.split("|"))
        return rows

    def number(self, sql):
        return int(self.ask(sql)[0][0])

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@dataclasses.dataclass
class Asked:
    """One request with all its tries."""
    began: float
    key: str
    ended: float = 0.0
    causes: list = dataclasses.field(default_factory=list)  # why each try but the last was not the last
    status: int = 0
    body: dict = dataclasses.field(default_factory=dict)
    replica: str = ""
    replayed: bool = False

    @property
    def took(self):
        return self.ended - self.began

    @property
    def ok(self):
        return 200 <= self.status < 300


class Client:
    """A connection of its own, and one request at a time: with the same key again until there is a final answer."""

    def __init__(self, port, token):
        self.port, self.token, self.connection = port, token, None

    def ask(self, method, path, body=None, key=None):
        asked = Asked(began=time.monotonic(), key=key or uuid.uuid4().hex)
        while True:
            cause = self.once(asked, method, path, body)
            asked.ended = time.monotonic()
            if cause is None:
                return asked
            asked.causes.append(cause)
            if asked.took > GIVE_UP_S:
                raise AssertionError(f"{method} {path}: no final answer in {GIVE_UP_S} s: {asked.causes[-5:]}")
            time.sleep(random.uniform(0.02, 0.08) * min(len(asked.causes), 4))

    def once(self, asked, method, path, body=None):
        """Why to try again; None: it was answered."""
        headers = {"Authorization": "Bearer " + self.token}
        if method == "POST":
            headers["Idempotency-Key"] = asked.key
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as lost:
            self.close()
            return f"connection ({type(lost).__name__})"
        asked.status, asked.replica = answer.status, answer.getheader("X-Replica", "")
        asked.replayed = answer.getheader("Idempotency-Replayed") == "true"
        try:
            asked.body = json.loads(text)
        except ValueError:  # haproxy's own
            asked.body = {}
        reason = asked.body.get("reason", "by haproxy") if asked.status >= 400 else ""
        if asked.status in (502, 503, 504) or (asked.status == 409 and reason == "in_flight"):
            return f"{asked.status} {reason}"
        return None

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class Replicas:
    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="house-replicas-"))
        self.ports = {"a": free_port(), "b": free_port()}
        self.servers, self.proxy, self.own_postgres, self.database = {}, None, False, None
        self.read = []  # audit records

    def __enter__(self):
        try:
            self._make_database()
            self.start("a", bootstrap=True)
            self.start("b")
            self._start_proxy()
            self.token = (self.dir / "a/admin.token").read_text().strip()
            self.admin = Client(self.port, self.token)
            self.sql = Psql(self.url())
            scopes = self.admin.ask("GET", "/v1/scopes").body["items"]
            self.organization = next(s["id"] for s in scopes if s["kind"] == "organization")
            self.department = next(s["id"] for s in scopes if s["kind"] == "department")
            self.projects = f"/v1/departments/{self.department}/projects"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in [self.proxy, *self.servers.values()]:
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        if hasattr(self, "sql"):
            self.sql.close()
        if self.own_postgres:
            self._postgres("stop", self.dir / "pg")
        elif self.database:
            self._on_cluster(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        keep = os.environ.get("HOUSE_KEEP")
        if keep:
            for log in self.dir.glob("*.log"):
                shutil.copy(log, pathlib.Path(keep) / f"replicas-{log.name}")
        shutil.rmtree(self.dir, ignore_errors=True)

    # processes

    def start(self, name, bootstrap=False):
        command = [BIN / "gpuaas-server", "--data", self.dir / name, "--port", str(self.ports[name]), "--products",
                   ROOT / "products", "--database", self.url(name)] + (["--bootstrap"] if bootstrap else [])
        with open(self.dir / f"{name}.log", "ab") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.servers[name] = process
        if not process.stdout.readline():
            raise RuntimeError(f"{name} did not start: {(self.dir / f'{name}.log').read_text()[-2000:]}")

    def kill(self, name):
        self.servers[name].kill()
        self.servers[name].wait()

    def freeze(self, name):
        self.servers[name].send_signal(signal.SIGSTOP)

    def thaw(self, name):
        self.servers[name].send_signal(signal.SIGCONT)

    def alive(self):
        return all(process.poll() is None for process in self.servers.values())

    def _start_proxy(self):
        self.port = free_port()
        config = self.dir / "haproxy.cfg"
        config.write_text(HAPROXY.format(port=self.port, **self.ports))
        with open(self.dir / "haproxy.log", "ab") as log:
            self.proxy = subprocess.Popen(["haproxy", "-db", "-f", config], stdout=log, stderr=log)
        probe = Client(self.port, "")
        wait_until("haproxy listens", 10, lambda: probe.once(Asked(0, ""), "GET", "/healthz") is None)
        probe.close()

    # who asks

    def client(self, token=None, replica=None):
        return Client(self.ports[replica] if replica else self.port, token or self.token)

    def hire(self, name, role="department-admin"):
        """A service account with a key and a role at the department."""
        def made(path, body):
            asked = self.admin.ask("POST", path, body)
            assert asked.ok, (path, asked.status, asked.body)
            return asked.body
        principal = made(f"/v1/organizations/{self.organization}/service-accounts", {"name": name})["id"]
        binding = made(f"/v1/departments/{self.department}/bindings", {"principal": principal, "role": role})["id"]
        key = made(f"/v1/organizations/{self.organization}/api-keys", {"name": name, "principal": principal})
        return Worker(name, principal, key["token"], binding)

    # what stands

    def records(self):
        """All audit records of the organization, oldest first; what was read once is not read again."""
        while True:
            after = f"&after={self.read[-1]['index']}" if self.read else ""
            page = self.admin.ask("GET", f"/v1/organizations/{self.organization}/audit-records?limit=500{after}")
            assert page.ok, page.body
            self.read += page.body["items"]
            if not page.body.get("next"):
                return self.read

    def leader(self):
        """Which replica's connection holds the sequencer's lock; empty: none."""
        held = self.sql.ask(f"""SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {SEQUENCER_LOCK} AND l.objsubid = 2
              AND a.datname = current_database()""")
        return held[0][0] if held else ""

    # PostgreSQL

    def url(self, application="test"):
        head, _, query = self.cluster.partition("?")
        more = f"&{query}" if query else ""
        return f"{head.rsplit('/', 1)[0]}/{self.database}?application_name={application}{more}"

    def _make_database(self):
        self.cluster = os.environ.get("HOUSE_TEST_POSTGRES")
        if not self.cluster:
            self.own_postgres = True
            self.cluster = self._postgres("start", self.dir / "pg", os.getpid()).split()[-1]
        self.database = f"replicas_{uuid.uuid4().hex[:12]}"
        self._on_cluster(f'CREATE DATABASE "{self.database}"')

    def _postgres(self, *words):
        os.chmod(self.dir, 0o755)  # another user's server lies in it
        return subprocess.run([ROOT / "tests/support/postgres.sh", *map(str, words)], check=True, capture_output=True,
                              text=True, timeout=60).stdout

    def _on_cluster(self, sql):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, self.cluster], check=True,
                       stdout=subprocess.DEVNULL)


@dataclasses.dataclass
class Worker:
    name: str
    principal: str
    token: str
    binding: str
    made: list = dataclasses.field(default_factory=list)  # ids, in the order of their answers


class Load:
    """Clients through haproxy, each creating a project, launching an instance in it, and so on until told to stop."""

    numbers = iter(range(1 << 30))

    def __init__(self, house, workers):
        self.house, self.workers, self.asked, self.wrong = house, workers, [], []
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(worker,)) for worker in workers]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def _run(self, worker):
        client = self.house.client(worker.token)
        project = None
        try:
            while not self.ending.is_set():
                number = next(Load.numbers)
                if project is None:
                    asked = client.ask("POST", self.house.projects, {"name": f"p{number}"})
                    project = asked.body.get("id")
                else:
                    asked = client.ask("POST", f"/v1/projects/{project}/instances",
                                       {"name": f"i{number}", "shape": "cpu-1", "command": ["true"]})
                    project = None
                self.asked.append(asked)
                if not asked.ok:
                    raise AssertionError(f"{asked.status} {asked.body} after {asked.causes}")
                worker.made.append(asked.body["id"])
        except Exception as why:  # told when the load has ended
            self.wrong.append(f"{worker.name}: {why}")
        finally:
            client.close()
