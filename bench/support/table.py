"""What every bench prints and keeps: a table for people, and bench/results/NAME.json as doc/design/experience.md has it."""

import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def _said(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip()
    except FileNotFoundError:
        return ""


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return f"{len(os.sched_getaffinity(0))} x {model}, {memory / 2**20:.0f} GiB, Linux {platform.release()}"


def commit():
    changed = _said("git", "status", "--porcelain", "--untracked-files=no")
    return (_said("git", "rev-parse", "--short=12", "HEAD") or "unknown") + ("+changes" if changed else "")


def load():
    return os.getloadavg()[0]


def shown(value):
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


class Table:
    """Rows of one bench. `target` is a text for people; `met` is true, false, or None where nothing was to be met."""

    def __init__(self, name):
        self.name, self.rows = name, []
        self.common = {"machine": machine(), "commit": commit(),
                       "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
        self.load_before = load()

    def row(self, row, unit, ours, target, met, peer=None, peer_value=None, note=""):
        ratio = ours / peer_value if ours is not None and peer_value else None
        notes = [note] if note else []
        notes.append(f"load average {self.load_before:.1f} before, {load():.1f} after")
        self.rows.append({"row": row, "unit": unit, "ours": ours, "peer": peer, "peer_value": peer_value, "ratio": ratio,
                          "target": target, "met": met, **self.common, "note": "; ".join(notes)})

    def finish(self):
        folder = ROOT / "bench/results"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.json").write_text(json.dumps(self.rows, indent=2, ensure_ascii=False) + "\n")
        width = max(len(each["row"]) for each in self.rows)
        print(f"  {'':{width}}  {'ours':>10}  {'peer':>10}  {'ratio':>6}  target")
        for each in self.rows:
            met = {True: "met", False: "not met", None: ""}[each["met"]]
            print(f"  {each['row']:{width}}  {shown(each['ours']):>10}  {shown(each['peer_value']):>10}  "
                  f"{shown(each['ratio']):>6}  {each['target']}{': ' + met if met else ''}")
            print(f"  {'':{width}}  {each['unit']}{'; peer: ' + each['peer'] if each['peer'] else ''}; {each['note']}")
        print(f"  {self.common['machine']}; commit {self.common['commit']}; {self.common['date']}", flush=True)


median = statistics.median
