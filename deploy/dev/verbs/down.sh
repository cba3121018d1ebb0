#!/usr/bin/env bash
# ends server, node and workloads of a data directory; its state stays
#
# ./dev down [--data DIR]
#
#   --data DIR          as given to ./dev up (default: data)
#
# Exit: 0 nothing of it runs any more, also when nothing ran; 1 failed.
#
# example: ./dev down --data /tmp/try
# shellcheck shell=bash

run_verb() {
  local data='' was='nothing ran'
  while (($#)); do
    case $1 in
      --data) (($# > 1)) || wrong_usage "--data wants a directory" "./dev down --help"; data=$2; shift 2 ;;
      *) wrong_usage "unknown argument '$1'" "./dev down --help" ;;
    esac
  done
  data=$(data_argument "$data")
  [[ -d $data ]] || failed "there is no $(shown "$data")" "./dev down --data DIR, with the directory that ./dev up was given"
  if running "$data" server >/dev/null || running "$data" node >/dev/null; then was='server and node ended'; fi
  end_process "$data" node 10
  end_workloads "$data"
  end_process "$data" server 10
  rm -f "$data/run/join.token"
  line down "$was; $HOUSE_ENDED workloads ended; the state stays in $(shown "$data")"
}
