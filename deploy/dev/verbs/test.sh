#!/usr/bin/env bash
# builds everything and runs the tests: units, both engines, end to end, short campaigns
#
# ./dev test [FILTER…]
# ./dev test full [FILTER…]
#
#   FILTER              part of the name of a test program (platform_iam) or script (e2e/main_job): those run alone;
#                       matching none, it is taken as part of the name of a GoogleTest test
#   full                adds ASan+UBSan (shared, platform), TSan (db, the runner, mux) and the long campaigns
#
# A real PostgreSQL 15 is started for the time of the run, unless HOUSE_TEST_POSTGRES names one. Each program has ten
# minutes (an hour in full). What failed is shown; everything is in build/test/. The last line is `N passed, N failed`, and `, N skipped`
# when something was, each with its reason above. Exit: 0 nothing failed, 1 something did, 2 the filter matches nothing.
#
# example: ./dev test shared_db e2e/main_job
# shellcheck shell=bash

# sanitized PRESET GLOB…: builds the test programs of those modules in that preset and names them.
sanitized() {
  local preset=$1 known
  shift
  build_lock
  configure "$preset"
  known=$(ninja -C "build/$preset" -t targets all | sed -n 's/^\([a-z0-9_]*_test\): phony$/\1/p')
  local targets=() name
  for name in $known; do
    # shellcheck disable=SC2254  # the globs are meant as patterns
    for pattern in "$@"; do case $name in $pattern) targets+=("$name") ;; esac; done
  done
  if ((${#targets[@]})); then
    local begun
    begun=$(now_ms)
    ninja_build "$preset" "${targets[@]}"
    line build "$preset: ${#targets[@]} test programs" $(($(now_ms) - begun))
    for name in "${targets[@]}"; do programs+=("build/$preset/tests/$name"); done
  fi
  build_unlock
}

run_verb() {
  local scale=short programs=() scripts=() script
  if [[ ${1:-} == full ]]; then
    scale=full
    shift
  fi
  export HOUSE_SCALE=$scale HOUSE_KEEP=$HOUSE_ROOT/build/test
  ensure_packages build run test
  build_all
  [[ $scale == short ]] || { sanitized asan 'shared_*' 'platform_*'; sanitized tsan shared_db_test cmd_house_test shared_mux_test; }
  trap stop_postgres EXIT
  trap 'exit 130' INT TERM
  start_postgres
  for script in build/release/tests/*_test; do [[ -x $script && -f $script ]] && programs+=("$script"); done
  for script in tests/e2e/* tests/faults/*; do [[ -x $script && -f $script ]] && scripts+=("$script"); done
  printf '\n'
  rm -rf build/test
  mkdir -p build/test
  python3 deploy/dev/run_tests.py --keep build/test --programs "${programs[@]}" --scripts "${scripts[@]}" --filters "$@"
}
