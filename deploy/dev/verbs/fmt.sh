#!/usr/bin/env bash
# formats C++ in place
#
# ./dev fmt [PATH…]
#
#   PATH                files or folders (default: everything that git knows or would add)
#
# example: ./dev fmt platform/iam
# shellcheck shell=bash

run_verb() {
  ensure_packages build run test
  local patterns=('*.cpp' '*.hpp') path files
  if (($#)); then
    patterns=()
    for path in "$@"; do
      [[ -e $path ]] || failed "there is no $path" "./dev fmt --help"
      if [[ -d $path ]]; then patterns+=("${path%/}/*.cpp" "${path%/}/*.hpp"); else patterns+=("$path"); fi
    done
  fi
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- "${patterns[@]}" | while read -r path; do [[ ! -f $path || $path == *_fuzz.seeds/* ]] || printf '%s\n' "$path"; done)
  ((${#files[@]})) || failed "no C++ there" "./dev fmt --help"
  local before
  before=$(sha256sum "${files[@]}")
  printf '%s\n' "${files[@]}" | xargs -d '\n' clang-format-19 -i
  line format "$(diff <(printf '%s\n' "$before") <(sha256sum "${files[@]}") | grep -c '^>' || true) of ${#files[@]} files changed"
}
