#!/usr/bin/env bash
# fills a platform with a believable organization (not there yet)
#
# ./dev demo
#
# Not there yet: a month of history of a made-up organization. It comes with a later issue. Until then it exits with 2.
#
# example: ./dev demo
# shellcheck shell=bash

run_verb() {
  not_yet "a month of history of a made-up organization" "a later issue"
}
