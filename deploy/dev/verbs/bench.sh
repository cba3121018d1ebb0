#!/usr/bin/env bash
# measures us and a peer in the same run, and prints the table
#
# ./dev bench [NAME…]
#
#   NAME                an executable of bench/; without one, those that there are are listed
#
# Each writes bench/results/NAME.json: a list of {"row", "unit", "ours", "peer", "peer_value", "ratio", "target", "met",
# "machine", "commit", "date"}; a missing peer has "peer_value": null and a "note". No figure fails anything. A real
# PostgreSQL 15 is started for the time of the run, unless HOUSE_TEST_POSTGRES names one.
#
# example: ./dev bench http change
# shellcheck shell=bash

run_verb() {
  local name known=() names=() status=0
  for name in bench/*; do [[ -f $name && -x $name ]] && known+=("${name#bench/}"); done
  if (($# == 0)); then
    ((${#known[@]})) || not_yet 'any bench in bench/' 'the slices that they measure'
    printf 'benches: %s\nexample: ./dev bench %s\n' "${known[*]}" "${known[0]}"
    return
  fi
  for name in "$@"; do
    [[ -f bench/$name && -x bench/$name ]] || wrong_usage "there is no bench/$name" "./dev bench lists them"
    names+=("$name")
  done
  ensure_packages build run test
  build_all
  trap stop_postgres EXIT
  trap 'exit 130' INT TERM
  start_postgres
  mkdir -p bench/results build/test
  export HOUSE_KEEP=$HOUSE_ROOT/build/test
  for name in "${names[@]}"; do
    printf '\n%s\n' "$name"
    "bench/$name" || { printf '  bench/%s failed\n' "$name" >&2; status=1; }
  done
  return "$status"
}
