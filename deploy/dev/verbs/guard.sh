#!/usr/bin/env bash
# checks layers, links, SQL ownership and routes
#
# ./dev guard [--mode MODE] [--rule ID] [--format FORMAT] [--baseline-base COMMIT]
# ./dev guard explain A B
# ./dev guard affected BASE
# ./dev guard new-module PATH
#
#   --mode MODE         report, warn, enforce or strict, for every rule that is not off (default: each rule's own)
#   --rule ID           that rule only; may be given again
#   --format FORMAT     text, json, sarif, markdown (boundary report; --since COMMIT: with what changed), mermaid, dot
#   explain A B         why A may or may not include B; each a file or a module
#   affected BASE       what differs from commit BASE, what depends on it, which tests it needs
#   new-module PATH     lays out a module that passes every rule
#
# The rules stand in guard/layers.yaml, what stands for now in guard/baseline.yaml. The program is built first, and CMake is
# asked for its targets. Exit: 0 clean, 1 violations, 2 could not check.
#
# example: ./dev guard explain platform/iam platform/billing/ledger
# shellcheck shell=bash

# What is said of it goes to stderr: stdout is the guard's alone, and may be a file.
prepare_guard() {
  ensure_packages build
  build_lock
  ninja_build release gpuaas-guard
  build_unlock
}

run_verb() {
  prepare_guard >&2
  "$HOUSE_BIN/gpuaas-guard" "$@"
}
