#!/usr/bin/env bash
# lays out a new module or verb (not there yet)
#
# ./dev new
#
# Not there yet: module and verb skeletons that pass every rule of the guard. It comes with issue 5; doc/design/example is the module to copy until then. Until then it exits with 2.
#
# example: ./dev new
# shellcheck shell=bash

run_verb() {
  not_yet "module and verb skeletons that pass every rule of the guard" "issue 5; doc/design/example is the module to copy until then"
}
