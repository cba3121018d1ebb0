#!/usr/bin/env bash
# compares the generated contract with the one checked in
#
# ./dev contract [--bless]
#
#   --bless             write contract/openapi.json and contract/access.cases anew, to be read and committed
#
# The server prints both from its route table: OpenAPI 3.1, and the table role x route -> allow or deny.
# Exit: 0 they agree, 1 they differ (the difference is shown), 2 wrong usage.
#
# example: ./dev contract --bless && git diff contract
# shellcheck shell=bash

contract_part() { # FLAG FILE
  local file=contract/$2 made=build/contract/$2
  "$HOUSE_BIN/gpuaas-server" "$1" --products products >"$made" || failed "gpuaas-server $1 failed" "read its words above"
  if [[ -n $bless ]]; then
    if cmp -s "$made" "$file"; then line contract "$file unchanged"; else cp "$made" "$file" && line contract "$file blessed: read git diff $file"; fi
  elif cmp -s "$made" "$file"; then
    line contract "$file agrees"
  else
    diff -u "$file" "$made" 2>&1 | head -n 60 || true
    line contract "$file DIFFERS; if that is meant: ./dev contract --bless"
    differs=yes
  fi
}

run_verb() {
  local bless='' differs=''
  while (($#)); do
    case $1 in
      --bless) bless=yes ;;
      *) wrong_usage "unknown argument '$1'" "./dev contract --help" ;;
    esac
    shift
  done
  ensure_packages build run
  build_lock
  ninja_build release gpuaas-server
  build_unlock
  mkdir -p contract build/contract
  contract_part --print-contract openapi.json
  contract_part --print-access-cases access.cases
  [[ -z $differs ]]
}
