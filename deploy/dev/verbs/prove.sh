#!/usr/bin/env bash
# runs the proofs behind each claim (not there yet)
#
# ./dev prove
#
# Not there yet: guard/claims.yaml and the runner of proofs. It comes with issue 5. Until then it exits with 2.
#
# example: ./dev prove
# shellcheck shell=bash

run_verb() {
  not_yet "guard/claims.yaml and the runner of proofs" "issue 5"
}
