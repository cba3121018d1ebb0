#!/usr/bin/env bash
# checks what is written: format, clang-tidy, shell scripts, the contract, the guard's rules, the pages
#
# ./dev check [--all] [PART…]
#
#   PART                format, tidy, shell, contract, guard, pages (default: all of them)
#   --all               clang-tidy over every file; without it, over those that differ from the last commit
#
# Exit: 0 clean, 1 not, 2 wrong usage.
#
# example: ./dev check format shell
# shellcheck shell=bash

# house_files PATTERN…: tracked and new files, without what is generated and what fuzzers begin with.
house_files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [[ ! -f $file || $file == *_fuzz.seeds/* ]] || printf '%s\n' "$file"; done; }

check_format() {
  house_files '*.cpp' '*.hpp' | xargs -r -d '\n' clang-format-19 --dry-run -Werror 2>build/log/format.log && return
  grep -o '^[^:]*:[0-9]*' build/log/format.log | sort -u -t: -k1,1 | sed 's/^/  not formatted: /'
  printf '  next: ./dev fmt\n'
  return 1
}

check_shell() {
  local scripts=()
  mapfile -t scripts < <(house_files | while read -r file; do
    [[ $file == *.sh || $(head -c 30 "$file" | head -n 1 | tr -d '\0') =~ ^#!.*(bash|/sh) ]] && printf '%s\n' "$file"
  done)
  shellcheck -x --severity=warning "${scripts[@]}"
}

check_tidy() {
  local files=() all=$1
  if [[ -n $all ]]; then
    mapfile -t files < <(house_files '*.cpp')
  else
    mapfile -t files < <(git diff --name-only --diff-filter=d HEAD -- '*.cpp'; git ls-files --others --exclude-standard -- '*.cpp')
  fi
  ((${#files[@]})) || { printf '  nothing differs from the last commit\n'; return 0; }
  configure release
  # -warnings-as-errors stands in .clang-tidy; the precompiled header is clang's own, so its timestamps agree.
  # A test may take what is not there, and throw before main: it fails then, which is what it is for.
  local tidy=(xargs -r -d '\n' -n 4 -P 2 clang-tidy-19 --quiet -p build/release) wrong=0
  printf '%s\n' "${files[@]}" | grep -v '_test\.cpp$' | "${tidy[@]}" 2>build/log/tidy.log || wrong=1
  printf '%s\n' "${files[@]}" | grep '_test\.cpp$' | "${tidy[@]}" --checks=-bugprone-unchecked-optional-access,-cert-err58-cpp 2>>build/log/tidy.log || wrong=1
  return $wrong
}

check_contract() { "$HOUSE_ROOT/dev" contract; }

check_guard() { "$HOUSE_ROOT/dev" guard; }

# The pages that carry the claims are what they would be if they were made now.
check_pages() {
  build_lock
  ninja_build release gpuaas-guard
  build_unlock
  "$HOUSE_BIN/gpuaas-guard" pages --check && return
  printf '  next: ./dev prove --pages, and read the difference\n'
  return 1
}

run_verb() {
  local all='' parts=() part failures=0 begun
  while (($#)); do
    case $1 in
      --all) all=yes ;;
      format | tidy | shell | contract | guard | pages) parts+=("$1") ;;
      *) wrong_usage "unknown part '$1'" "./dev check --help" ;;
    esac
    shift
  done
  ((${#parts[@]})) || parts=(format shell tidy contract guard pages)
  ensure_packages build run test
  for part in "${parts[@]}"; do
    begun=$(now_ms)
    if "check_$part" "$all"; then
      line "$part" clean $(($(now_ms) - begun))
    else
      line "$part" 'NOT CLEAN' $(($(now_ms) - begun))
      failures=$((failures + 1))
    fi
  done
  ((failures == 0))
}
