#!/usr/bin/env bash
# checks layers, links, SQL ownership and routes (not there yet)
#
# ./dev guard
#
# Not there yet: the guard program and guard/layers.yaml. It comes with issue 5. Until then it exits with 2.
#
# example: ./dev guard
# shellcheck shell=bash

run_verb() {
  not_yet "the guard program and guard/layers.yaml" "issue 5"
}
