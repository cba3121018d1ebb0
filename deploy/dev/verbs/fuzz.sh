#!/usr/bin/env bash
# runs a libFuzzer target under AddressSanitizer
#
# ./dev fuzz [NAME] [--seconds N]
#
#   NAME                of NAME_fuzz.cpp anywhere in the tree; without one, those that there are are listed
#   --seconds N         for how long (default: 60)
#
# Begins with the files of NAME_fuzz.seeds beside it; what it learned stays in build/fuzz/corpus/NAME, a crashing input in
# build/fuzz/crash-*. Exit: 0 no crash, 1 a crash, whose input is named.
#
# example: ./dev fuzz json --seconds 30
# shellcheck shell=bash

run_verb() {
  local name='' seconds=60 source
  while (($#)); do
    case $1 in
      --seconds) (($# > 1)) || wrong_usage "--seconds wants a number" "./dev fuzz --help"; seconds=$2; shift 2 ;;
      -*) wrong_usage "unknown argument '$1'" "./dev fuzz --help" ;;
      *) name=$1; shift ;;
    esac
  done
  [[ $seconds =~ ^[0-9]+$ ]] || wrong_usage "--seconds wants a number, not '$seconds'" "./dev fuzz --help"
  local -A known=()
  while read -r source; do known[$(basename "$source" _fuzz.cpp)]=$source; done < <(git ls-files --cached --others --exclude-standard -- '*_fuzz.cpp')
  if [[ -z $name ]]; then
    ((${#known[@]})) || not_yet 'any *_fuzz.cpp' 'the parsers that they attack'
    printf 'fuzz targets: %s\nexample: ./dev fuzz %s\n' "${!known[*]}" "$(printf '%s\n' "${!known[@]}" | head -n 1)"
    return
  fi
  [[ -n ${known[$name]:-} ]] || wrong_usage "there is no ${name}_fuzz.cpp" "./dev fuzz lists them"
  ensure_packages build run test
  build_lock
  ninja_build fuzz "${name}_fuzz"
  build_unlock
  local corpus=build/fuzz/corpus/$name seeds=${known[$name]%.cpp}.seeds
  mkdir -p "$corpus"
  local folders=("$corpus")
  [[ ! -d $seeds ]] || folders+=("$seeds")
  build/fuzz/bin/"${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/ "${folders[@]}" || failed "${name}_fuzz found something" "the input is the file named above in build/fuzz/; add it to $seeds and fix it"
}
