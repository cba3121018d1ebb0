"""A small CMake project in a folder of its own, clean to its guard, to which a test adds what breaks a rule.

    with Project() as project:
        with project.having({"platform/a/up.cpp": '#include "products/x/x.hpp"\\n'}):
            assert project.guard("--mode", "warn").findings() == [("layers", "platform/a/up.cpp:1")]
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from house import BIN

HERE = pathlib.Path(__file__).resolve().parent
RULES = "guard/layers.yaml"
BASELINE = "guard/baseline.yaml"


class Answer:
    """What one run of the guard said."""

    def __init__(self, done):
        self.code, self.text, self.error = done.returncode, done.stdout, done.stderr

    def json(self):
        return json.loads(self.text)

    def findings(self):
        return [(each["rule"], place(each)) for each in self.json()["findings"]]

    def troubles(self):
        return [f"{place(each)}: {each['what']}" for each in self.json()["troubles"]]


def place(at):
    return f"{at['file']}:{at['line']}" if at["line"] else at["file"]


@dataclasses.dataclass
class After:
    """A text that stands in a file after its first line that has `anchor`."""

    anchor: str
    text: str

    def within(self, before):
        lines = before.splitlines(keepends=True)
        at = next(number for number, line in enumerate(lines, 1) if self.anchor in line)
        return "".join(lines[:at]) + self.text + "".join(lines[at:])


class Project:
    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="planted-", dir=os.environ.get("TMPDIR"))).resolve()
        for path, text in clean_tree().items():
            self.write(path, text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def text(self, path):
        return (self.root / path).read_text()

    @contextlib.contextmanager
    def having(self, files):
        """These files besides, or instead: path -> text, bytes or After. The tree is as before afterwards."""
        before = {path: (self.root / path).read_bytes() if (self.root / path).exists() else None for path in files}
        in_build = any(path.endswith(".cmake") or path == "CMakeLists.txt" for path in files)
        try:
            for path, text in files.items():
                self.write(path, text.within(self.text(path)) if isinstance(text, After) else text)
            if in_build:
                self.configure()
            yield
        finally:
            for path, text in before.items():
                if text is not None:
                    self.write(path, text)
                else:
                    (self.root / path).unlink(missing_ok=True)
            self._drop_empty_folders(files)
            if in_build:
                self.configure()

    def edited(self, path, *changes):
        """`having` the file with each (old, new) put in; `old` must stand there once."""
        text = self.text(path)
        for old, new in changes:
            assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
            text = text.replace(old, new)
        return self.having({path: text})

    def line_of(self, path, text):
        """The first line that has `text`, which may begin with the end of the line before."""
        return next(number for number, line in enumerate(self.text(path).splitlines(), 1) if text in "\n" + line)

    def configure(self):
        query = self.root / "build/.cmake/api/v1/query/codemodel-v2"
        query.parent.mkdir(parents=True, exist_ok=True)
        query.touch()
        done = subprocess.run(["cmake", "--preset", "planted"], cwd=self.root, capture_output=True, text=True,
                              env={**os.environ, "CXX": os.environ.get("CXX", "clang++-19")})
        assert done.returncode == 0, done.stdout + done.stderr

    def git(self, *words):
        who = ["-c", "user.name=planted", "-c", "user.email=planted@localhost"]
        return subprocess.run(["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True).stdout

    def guard(self, *words, form="json", root=None):
        command = [BIN / "gpuaas-guard", *words, "--root", root or self.root, "--format", form]
        return Answer(subprocess.run(command, capture_output=True, text=True, timeout=60))

    def _drop_empty_folders(self, paths):
        for path in paths:
            for folder in (self.root / path).parents:
                if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()


class Case:
    def __init__(self, rule, name):
        self.rule, self.name, self.plant, self.alike, self.at = rule, name, {}, {}, None


def clean_tree():
    files = {}
    for word, rest, text in _entries(HERE / "clean.tree"):
        assert word == "file", f"clean.tree: {word} {rest}"
        files[rest] = text
    return files


def cases():
    """Of rules.cases: `case RULE: NAME`, then `plant PATH` and `alike PATH`, or `PATH after LINE`, with texts; `at PLACE`."""
    found = []
    for word, rest, text in _entries(HERE / "rules.cases"):
        if word == "case":
            found.append(Case(*rest.split(": ", 1)))
        elif word == "at":
            found[-1].at = rest
        else:
            path, _, anchor = rest.partition(" after ")
            {"plant": found[-1].plant, "alike": found[-1].alike}[word][path] = After(anchor, text) if anchor else text
    return found


def _entries(path):
    """Lines at the margin are `WORD REST`; what stands two blanks deeper is the text of the last, without empty lines at its end."""
    entries = []
    for line in path.read_text().splitlines():
        if entries and (line.startswith("  ") or not line):
            entries[-1][2].append(line[2:])
        elif line and not line.startswith("#"):
            entries.append((*line.split(" ", 1), []))
    return [(word, rest, "".join(each + "\n" for each in text).rstrip("\n") + "\n") for word, rest, text in entries]
