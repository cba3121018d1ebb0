"""wrk, and what it said: rate, delays, and how many answers were refused."""

import json
import pathlib
import subprocess
import tempfile

# What comes at the end of each script: the figures as one line of JSON.
SUMMARY = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('\\nfigures {"requests":%d,"seconds":%.6f,"refused":%d,"lost":%d,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f}\\n',
    summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
"""

# One connection waits this long (uniform, its mean given) after an answer before it asks again.
THINKING = """
local mean = %d
setup = function(thread) seed = (seed or 0) + 1; thread:set("seed", seed) end
init = function(args) math.randomseed(seed * 7919) end
delay = function() return math.random(1, 2 * mean - 1) end
"""

# Each request is one of its own: a name and a key that nobody used before.
UNIQUE_POSTS = """
local path, token, run = "%s", "%s", "%s"
setup = function(thread) number = (number or 0) + 1; thread:set("number", number) end
init = function(args)
  count = 0
  heads = {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}
end
request = function()
  count = count + 1
  local name = string.format("%%s-%%d-%%d", run, number, count)
  heads["Idempotency-Key"] = name
  return wrk.format("POST", path, heads, '{"name":"' .. name .. '"}')
end
"""


def run(url, connections=64, seconds=5, headers=None, script="", threads=2):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script + SUMMARY)
        file.flush()
        command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s", "-s", file.name]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    line = next(line for line in said.splitlines() if line.startswith("figures "))
    figures = json.loads(line.removeprefix("figures "))
    figures["rate"] = (figures["requests"] - figures["refused"]) / figures["seconds"]
    return figures
