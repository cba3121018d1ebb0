#!/usr/bin/env bash
# random requests through the runner, on a file layer that loses unsynced writes
#
# ./dev sim [--seed S | --seeds N] [--first S] [--synchronous OFF] [--play FILE]
#
#   --seed S            replay one seed, and print what it does
#   --seeds N           so many seeds that count (default: 50)
#   --first S           beginning with this one (default: 1)
#   --synchronous OFF   with SQLite's syncs left out: to see that it notices
#   --play FILE         play the cases of a file
#
# A seed counts only if it formed a shared commit of at least two and lost unsynced bytes inside it; both counts are
# printed. Exit: 0 nothing acknowledged was lost, 1 a seed failed: it is printed, and replays the failure.
#
# example: ./dev sim --seeds 500
# shellcheck shell=bash

run_verb() {
  local seeds=50 first=1 more=()
  while (($#)); do
    case $1 in
      --seed | --seeds | --first) [[ ${2:-} =~ ^[0-9]+$ ]] || wrong_usage "$1 wants a number" "./dev sim --help" ;;
      --synchronous) [[ ${2:-} == FULL || ${2:-} == OFF ]] || wrong_usage "--synchronous wants FULL or OFF" "./dev sim --help" ;;
      --play) [[ -f ${2:-} ]] || wrong_usage "--play wants a file, not '${2:-}'" "./dev sim --help" ;;
      *) wrong_usage "unknown argument '$1'" "./dev sim --help" ;;
    esac
    case $1 in
      --seed) seeds=1 first=$2 more+=(--trace) ;;
      --seeds) seeds=$2 ;;
      --first) first=$2 ;;
      *) more+=("$1" "$2") ;;
    esac
    shift 2
  done
  ensure_packages build run
  build_lock
  configure release
  if ! ninja -C build/release -t query gpuaas-sim >/dev/null 2>&1; then
    not_yet 'the program gpuaas-sim' 'the simulator'"'"'s slice of the first issue'
  fi
  ninja_build release gpuaas-sim
  build_unlock
  "$HOUSE_BIN/gpuaas-sim" --seeds "$seeds" --first "$first" "${more[@]}"
}
