"""A scratch copy of the whole tree for a test that edits and builds it: what it writes is gone when it ends.

    if __name__ == "__main__":
        scratch.enter(__file__)   # from here on the tree may be changed

It is an overlay, at the tree's own path in a mount namespace of its own: whatever is built stays built, so that only
what the test changes is compiled. Where the kernel allows no overlay, a plain copy is built from nothing.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSIDE = "HOUSE_SCRATCH"
MOUNT = """set -e
mount -t tmpfs tmpfs "$2"  # gone with the namespace, and a file system on which an overlay may write
mkdir "$2/upper" "$2/work"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$1"
cd "$1"
shift 2
exec "$@"
"""


def _namespaces():
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *as_root, "--mount", "--propagation", "private"]


def _overlay(folder, command):
    return [*_namespaces(), "bash", "-c", MOUNT, "overlay", str(ROOT), folder, *command]


def _copy(folder):
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            to = pathlib.Path(folder) / "tree" / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to)
    return pathlib.Path(folder) / "tree"


def enter(script):
    """Returns inside the scratch copy; outside it, runs the script again inside and exits as that did."""
    if os.environ.get(INSIDE):
        return
    folder = tempfile.mkdtemp(prefix="house-scratch-", dir=os.environ.get("TMPDIR"))
    environment = {**os.environ, INSIDE: folder}
    command = [sys.executable, os.path.abspath(script), *sys.argv[1:]]
    try:
        if subprocess.run(_overlay(folder, ["true"]), capture_output=True, check=False).returncode == 0:
            status = subprocess.run(_overlay(folder, command), env=environment, check=False).returncode
        else:
            tree = _copy(folder)
            inside = tree / pathlib.Path(script).resolve().relative_to(ROOT)
            subprocess.run(["cmake", "--preset", "release"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
            environment["HOUSE_BIN"] = str(tree / "build/release/bin")
            status = subprocess.run([sys.executable, inside, *sys.argv[1:]], cwd=tree, env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)
