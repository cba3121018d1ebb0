#!/usr/bin/env bash
# prints export lines: gpuaas on PATH, signed in as the admin of a running platform
#
# ./dev env [--data DIR]
#
#   --data DIR          as given to ./dev up (default: data)
#
# Prints PATH, GPUAAS_URL and GPUAAS_TOKEN. The token is an API key that lies in DIR/admin.token, readable by its owner alone.
#
# example: eval "$(./dev env)" && gpuaas project list
# shellcheck shell=bash

run_verb() {
  local data=''
  while (($#)); do
    case $1 in
      --data) (($# > 1)) || wrong_usage "--data wants a directory" "./dev env --help"; data=$2; shift 2 ;;
      *) wrong_usage "unknown argument '$1'" "./dev env --help" ;;
    esac
  done
  data=$(data_argument "$data")
  running "$data" server >/dev/null || failed "no platform runs on $(shown "$data")" "./dev up --data $(shown "$data")"
  [[ -r $data/admin.token ]] || failed "$(shown "$data")/admin.token cannot be read" "ask who started the platform; only the owner may read it"
  # shellcheck disable=SC2016  # the reader's shell expands it
  printf 'export PATH=%q:"$PATH"\n' "$HOUSE_BIN"
  printf 'export GPUAAS_URL=%q\n' "$(jq -r .url "$data/run/server.json")"
  printf 'export GPUAAS_TOKEN=%q\n' "$(<"$data/admin.token")"
}
