"""Runs test programs (GoogleTest) two at a time, then test scripts one at a time, and counts what they report.

The protocol of both stands in doc/notes/running.md. Each gets its own session and ten minutes (an hour in `full`); afterwards whatever it
left running in that session is ended. The last line printed is `N passed, N failed` (`, N skipped`).
"""
import argparse
import concurrent.futures
import dataclasses
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

LIMIT_SECONDS = 3600 if os.environ.get("HOUSE_SCALE") == "full" else 600  # the long campaigns are ten of the short ones
SHOWN_LINES = 60


@dataclasses.dataclass
class Outcome:
    """What one program or script reported: names with reasons, and how it ended."""

    name: str
    passed: list = dataclasses.field(default_factory=list)
    failed: list = dataclasses.field(default_factory=list)  # (test, why)
    skipped: list = dataclasses.field(default_factory=list)  # (test, why)
    seconds: float = 0.0
    log: str = ""
    shown: str = ""  # the part of the output that a person needs when something failed


def end_session(pid):
    """Ends every process of the session that `pid` led; a program that does its own cleaning leaves none."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.getsid(int(name)) == pid and int(name) != pid:
                    os.kill(int(name), signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass


def run(command, log_path):
    """Returns (exit status or None after LIMIT_SECONDS, seconds); the output goes to log_path."""
    begun = time.monotonic()
    with open(log_path, "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            status = process.wait(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        finally:
            end_session(process.pid)
    return status, time.monotonic() - begun


def tail(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return "\n".join(file.read().splitlines()[-SHOWN_LINES:])


def ending(status):
    """None when it ended well, else the words for how it did not."""
    if status is None:
        return f"did not end within {LIMIT_SECONDS} s"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return None if status == 0 else f"exit {status}"


def short_failure(message):
    """GoogleTest's many lines in one: where, then what was compared."""
    return " ".join(message.replace(os.getcwd() + "/", "").split())[:200]


def read_gtest(outcome, path):
    """Adds the tests of one GoogleTest XML report to the outcome."""
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        failures, skip = case.findall("failure"), case.find("skipped")
        if failures:
            outcome.failed.append((name, short_failure(failures[0].get("message") or "failed")))
        elif skip is not None:
            words = (skip.get("message") or skip.text or "").strip().splitlines()
            outcome.skipped.append((name, words[-1] if words else "no reason given"))
        elif case.get("result") == "completed" and case.get("status") == "run":
            outcome.passed.append(name)


def run_program(program, keep, test_filter):
    name = label(program)
    outcome = Outcome(name)
    report = os.path.join(keep, name.replace("/", "_") + ".xml")
    outcome.log = os.path.join(keep, name.replace("/", "_") + ".log")
    command = [program, f"--gtest_output=xml:{report}", "--gtest_color=no"]
    if test_filter:
        command.append("--gtest_filter=" + test_filter)
    status, outcome.seconds = run(command, outcome.log)
    try:
        read_gtest(outcome, report)
    except (OSError, xml.etree.ElementTree.ParseError):
        status_words = ending(status) or "wrote no report"
        outcome.failed.append((name, f"{status_words}, before it could report"))
    else:
        if ending(status) and not outcome.failed:
            outcome.failed.append((name, f"{ending(status)} although no test failed"))
    outcome.shown = tail(outcome.log) if outcome.failed else ""
    return outcome


def run_script(script, keep):
    name = label(script)
    outcome = Outcome(name)
    outcome.log = os.path.join(keep, name.replace("/", "_") + ".log")
    status, outcome.seconds = run([script], outcome.log)
    with open(outcome.log, encoding="utf-8", errors="replace") as file:
        for text in file:
            match = re.match(r"(ok|not ok|skip) (\S.*)$", text.rstrip("\n"))
            if not match:
                continue
            test, _, why = match[2].partition(": ")
            test = f"{name} {test}"
            if match[1] == "ok":
                outcome.passed.append(f"{name} {match[2]}")
            else:
                (outcome.failed if match[1] == "not ok" else outcome.skipped).append((test, why or "no reason given"))
    if ending(status) and not outcome.failed:
        outcome.failed.append((name, ending(status)))
    elif not (outcome.passed or outcome.failed or outcome.skipped):
        outcome.passed.append(name)
    outcome.shown = tail(outcome.log) if outcome.failed else ""
    return outcome


def label(path):
    """build/release/tests/shared_db_test -> shared_db; build/asan/tests/… -> asan/shared_db; tests/e2e/x -> e2e/x."""
    built = re.match(r"build/([a-z]+)/tests/(.*)_test$", path)
    if built:
        return built[2] if built[1] == "release" else f"{built[1]}/{built[2]}"
    return path.removeprefix("tests/")


def select(programs, scripts, filters):
    """Returns (programs, scripts, GoogleTest filter). A filter that names no file is part of a test's name."""
    if not filters:
        return programs, scripts, ""
    named = [word for word in filters if any(word in label(path) for path in programs + scripts)]
    chosen = [[path for path in paths if any(word in label(path) for word in named)] for paths in (programs, scripts)]
    rest = [word for word in filters if word not in named]
    if not rest:
        return chosen[0], chosen[1], ""
    return chosen[0] or programs, chosen[1], ":".join(f"*{word}*" for word in rest)


def report(outcome):
    if not (outcome.passed or outcome.failed or outcome.skipped):
        return
    counts = f"{len(outcome.passed)} passed"
    if outcome.failed:
        counts += f", {len(outcome.failed)} FAILED"
    if outcome.skipped:
        counts += f", {len(outcome.skipped)} skipped"
    print(f"  {outcome.name:<44} {counts:<32} {outcome.seconds:6.1f} s", flush=True)
    for test, why in outcome.failed:
        print(f"    not ok {test}: {why}")
    if outcome.shown:
        print("\n".join("    | " + text for text in outcome.shown.splitlines()))
        print(f"    all of it: {outcome.log}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", required=True)
    for name in ("--programs", "--scripts", "--filters"):
        parser.add_argument(name, nargs="*", default=[])
    arguments = parser.parse_args()
    programs, scripts, test_filter = select(arguments.programs, arguments.scripts, arguments.filters)
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        waiting = [pool.submit(run_program, program, arguments.keep, test_filter) for program in programs]
        for done in concurrent.futures.as_completed(waiting):
            outcomes.append(done.result())
            report(outcomes[-1])
    for script in scripts:
        outcomes.append(run_script(script, arguments.keep))
        report(outcomes[-1])
    skipped = [item for outcome in outcomes for item in outcome.skipped]
    passed = sum(len(outcome.passed) for outcome in outcomes)
    failed = sum(len(outcome.failed) for outcome in outcomes)
    print()
    for test, why in skipped:
        print(f"  skipped {test}: {why}")
    for outcome in outcomes:
        for test, why in outcome.failed:
            print(f"  failed  {outcome.name}: {test}: {why}")
    if arguments.filters and passed + failed + len(skipped) == 0:
        print(f"./dev test: nothing matches {' '.join(arguments.filters)}\n  next: ./dev test, or part of a name that it prints", file=sys.stderr)
        return 2
    print(f"{passed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""), flush=True)
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
